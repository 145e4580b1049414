#include "server/documents/text_sync.h"

#include <algorithm>

#include "server/convert/coordinates.h"

namespace awaitd::server {

namespace {

void apply(OpenDocument& document, analysis::Range range, std::string_view text) {
  if (std::size_t{document.text.size()} + text.size() > kMaxMirrored) {
    document.text = analysis::Document();
    document.lost = true;
    return;
  }
  document.text = document.text.edited(range.start, range.end, text);
  const TextEdit edit{range.start, range.end, static_cast<std::uint32_t>(text.size())};
  document.last_good.edited(edit);
  document.drift.edited(edit);
}

// A whole new text as the smallest edit, so that the work stays in proportion to the change (Vim's ALE sends the full
// text for every change). The borders may lie inside a code point: an edit is bytes.
bool replace_all(OpenDocument& document, std::string_view text) {
  const std::string old = document.text.text();
  const std::size_t shorter = std::min(old.size(), text.size());
  const std::size_t prefix = static_cast<std::size_t>(
      std::mismatch(old.begin(), old.begin() + static_cast<std::ptrdiff_t>(shorter), text.begin()).first - old.begin());
  if (prefix == old.size() && prefix == text.size()) return false;
  std::size_t suffix = 0;
  while (suffix < shorter - prefix && old[old.size() - 1 - suffix] == text[text.size() - 1 - suffix]) ++suffix;
  apply(document, {static_cast<std::uint32_t>(prefix), static_cast<std::uint32_t>(old.size() - suffix)},
        text.substr(prefix, text.size() - suffix - prefix));
  return true;
}

}  // namespace

bool apply_changes(OpenDocument& document, const std::vector<protocol::ContentChange>& changes,
                   protocol::PositionEncoding encoding) {
  bool changed = false;
  for (const protocol::ContentChange& change : changes) {
    if (document.lost && change.range) continue;
    if (!change.range) {
      document.lost = false;
      changed = replace_all(document, change.text) || changed;
      continue;
    }
    const analysis::Range range = Coordinates(document.text, encoding).offsets(*change.range);
    if (range.start == range.end && change.text.empty()) continue;  // Neovim sends such
    apply(document, range, change.text);
    changed = true;
  }
  return changed;
}

}  // namespace awaitd::server
