#include "server/with/mirror.h"

#include <algorithm>

#include "protocol/uri.h"
#include "server/convert/coordinates.h"

namespace awaitd::server::with {

namespace {

using protocol::Position;

Position moved(Position at, const Shift& shift) {  // at is not before old_end
  const std::uint32_t character =
      at.line == shift.old_end.line ? at.character - shift.old_end.character + shift.new_end.character : at.character;
  return {at.line - shift.old_end.line + shift.new_end.line, character};
}

// The part of the old text that a whole new one replaces.
analysis::Range differing(std::string_view old, std::string_view now) {
  const auto shorter = static_cast<std::ptrdiff_t>(std::min(old.size(), now.size()));
  const auto prefix = std::mismatch(old.begin(), old.begin() + shorter, now.begin()).first - old.begin();
  const auto suffix = std::mismatch(old.rbegin(), old.rbegin() + (shorter - prefix), now.rbegin()).first - old.rbegin();
  return {static_cast<std::uint32_t>(prefix),
          static_cast<std::uint32_t>(old.size()) - static_cast<std::uint32_t>(suffix)};
}

}  // namespace

std::optional<protocol::Range> shifted(protocol::Range range, const Shift& shift) {
  const bool inserts = shift.start == shift.old_end;
  protocol::Range out = range;
  if (!(range.start < shift.old_end)) {
    const bool stays = range.start == shift.start && !inserts;
    if (!stays) out.start = moved(range.start, shift);
  } else if (shift.start < range.start) {
    out.start = shift.new_end;
  }
  if (shift.start < range.end) {
    out.end = range.end < shift.old_end ? shift.start : moved(range.end, shift);
  }
  if (out.end < out.start) return std::nullopt;
  if (out.end == out.start && range.start < range.end) return std::nullopt;
  return out;
}

void Mirror::open(const protocol::TextDocumentItem& item) {
  documents_[item.uri] = {item.uri, item.language_id, item.version, analysis::Document(item.text), {}};
}

Shift Mirror::apply(Document& document, const protocol::ContentChange& change) const {
  analysis::Range range;
  std::string_view text = change.text;
  if (change.range) {
    range = Coordinates(document.text, encoding_).offsets(*change.range);
  } else {
    const std::string old = document.text.text();
    range = differing(old, text);
    text = text.substr(range.start, text.size() - range.start - (old.size() - range.end));
  }
  const Coordinates before(document.text, encoding_);
  Shift shift{before.position(range.start), before.position(range.end), {}};
  document.text = document.text.edited(range.start, range.end, text);
  const auto end = range.start + static_cast<std::uint32_t>(text.size());
  shift.new_end = Coordinates(document.text, encoding_).position(end);
  return shift;
}

const std::vector<Shift>* Mirror::change(const protocol::DidChangeTextDocumentParams& params) {
  const auto found = documents_.find(params.text_document.uri);
  if (found == documents_.end()) return nullptr;
  Document& document = found->second;
  std::vector<Shift> shifts;
  for (const protocol::ContentChange& change : params.content_changes) shifts.push_back(apply(document, change));
  document.version = params.text_document.version.value_or(document.version + 1);
  document.edits.emplace_back(document.version, std::move(shifts));
  if (document.edits.size() > kRemembered) document.edits.pop_front();
  return &document.edits.back().second;
}

const Mirror::Document* Mirror::find(const std::string& uri) const {
  const auto found = documents_.find(uri);
  return found == documents_.end() ? nullptr : &found->second;
}

const Mirror::Document* Mirror::find_any_spelling(const std::string& uri) const {
  if (const Document* exact = find(uri)) return exact;
  const auto path = protocol::uri_to_path(uri);
  if (!path) return nullptr;
  for (const auto& [spelling, document] : documents_) {
    if (protocol::uri_to_path(spelling) == path) return &document;
  }
  return nullptr;
}

std::optional<std::vector<Shift>> Mirror::since(const Document& document, std::int32_t version) {
  std::vector<Shift> out;
  if (version >= document.version) return out;
  // Versions may jump: the newest one that is not newer than `version` must be among the known ones.
  bool reaches = false;
  for (auto it = document.edits.rbegin(); it != document.edits.rend() && !reaches; ++it) {
    reaches = it->first <= version;
    if (!reaches) out.insert(out.begin(), it->second.begin(), it->second.end());
  }
  if (!reaches && document.edits.size() >= kRemembered) return std::nullopt;
  return out;
}

}  // namespace awaitd::server::with
