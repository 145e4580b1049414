#include "server/convert/edits.h"

#include <string_view>

#include "server/convert/coordinates.h"

namespace awaitd::server {

namespace {

// Snippet syntax (LSP 3.18, "Snippet Syntax"): these three are escaped with a backslash.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '$' || c == '}') out += '\\';
    out += c;
  }
  return out;
}

// stop: offsets of text.
std::string snippet(std::string_view text, analysis::Range stop) {
  return escaped(text.substr(0, stop.start)) + "${1:" + escaped(text.substr(stop.start, stop.end - stop.start)) + "}" +
         escaped(text.substr(stop.end));
}

void add_edits(protocol::DocumentEdits& out, const analysis::FileEdits& file, const Coordinates& at,
               analysis::Range stop) {
  std::uint32_t shift = 0;  // of what stands behind the edits so far; wraps, and so do the sums
  for (const analysis::Edit& edit : file.edits) {
    const auto size = static_cast<std::uint32_t>(edit.text.size());
    const std::uint32_t start = edit.range.start + shift;
    const bool here = stop.start < stop.end && start <= stop.start && stop.end <= start + size;
    out.edits.push_back({at.range(edit.range),
                         here ? snippet(edit.text, {stop.start - start, stop.end - start}) : edit.text, here});
    shift += size - (edit.range.end - edit.range.start);
  }
}

}  // namespace

std::optional<protocol::WorkspaceEdit> to_workspace_edit(const analysis::Fix& fix, const FindTarget& find,
                                                         const Client& client) {
  protocol::WorkspaceEdit out;
  out.as_document_changes = client.can.workspace_edit.document_changes;
  const bool snippets = out.as_document_changes && client.can.workspace_edit.snippets;
  for (const analysis::FileEdits& file : fix.files) {
    const std::optional<EditTarget> target = find(file.file);
    if (!target || !target->text) return std::nullopt;
    protocol::DocumentEdits& edits = out.documents.emplace_back();
    edits.uri = target->uri;
    edits.version = target->version;
    const bool stops_here = snippets && file.file.empty();
    add_edits(edits, file, Coordinates(*target->text, client.encoding), stops_here ? fix.tab_stop : analysis::Range{});
  }
  return out;
}

}  // namespace awaitd::server
