#include "server/convert/edits.h"

#include <string_view>
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

constexpr const char* kElsewhere = "elsewhere";  // the annotation of edits in other files

// The edits of one sheet, made when the first one comes.
protocol::DocumentEdits& edits_of(const Sheet& sheet, std::vector<protocol::DocumentEdits>& documents) {
  for (protocol::DocumentEdits& one : documents) {
    if (one.uri == sheet.uri) return one;
  }
  return documents.emplace_back(protocol::DocumentEdits{sheet.uri, sheet.version, {}});
}

// False if an edit is in no sheet of its own.
bool add_edits(std::vector<protocol::DocumentEdits>& out, const analysis::FileEdits& file, const ClientText& text,
               analysis::Range stop) {
  std::uint32_t shift = 0;  // of what stands behind the edits so far; wraps, and so do the sums
  for (const analysis::Edit& edit : file.edits) {
    const Sheet* sheet = text.holding(edit.range);
    if (sheet == nullptr) return false;
    const auto size = static_cast<std::uint32_t>(edit.text.size());
    const std::uint32_t start = edit.range.start + shift;
    const bool here = stop.start < stop.end && start <= stop.start && stop.end <= start + size;
    edits_of(*sheet, out)
        .edits.push_back({text.in(*sheet).range(edit.range),
                          here ? snippet(edit.text, {stop.start - start, stop.end - start}) : edit.text,
                          here,
                          {}});
    shift += size - (edit.range.end - edit.range.start);
  }
  return true;
}

void annotate(protocol::WorkspaceEdit& edit, std::size_t first, const std::string& title) {
  for (std::size_t i = first; i < edit.documents.size(); ++i) {
    for (protocol::TextEdit& one : edit.documents[i].edits) one.annotation = kElsewhere;
  }
  edit.annotations[kElsewhere] = {"Edits in other files", title, true};
}

}  // namespace

std::optional<protocol::WorkspaceEdit> to_workspace_edit(const analysis::Fix& fix, const FindTarget& find,
                                                         const Client& client) {
  protocol::WorkspaceEdit out;
  out.as_document_changes = client.can.workspace_edit.document_changes;
  const bool snippets = out.as_document_changes && client.can.workspace_edit.snippets;
  const bool annotations = out.as_document_changes && client.can.workspace_edit.change_annotations &&
                           client.can.code_action.honors_change_annotations;
  for (const analysis::FileEdits& file : fix.files) {
    const std::optional<EditTarget> target = find(file.file);
    if (!target || !target->text) return std::nullopt;
    const bool own = file.file.empty();
    const std::size_t first = out.documents.size();
    const ClientText text(*target->text, target->sheets, client.encoding);
    if (!add_edits(out.documents, file, text, own && snippets ? fix.tab_stop : analysis::Range{})) return std::nullopt;
    if (!own && annotations) annotate(out, first, fix.title);
  }
  return out;
}

}  // namespace awaitd::server
