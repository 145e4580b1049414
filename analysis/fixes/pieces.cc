#include "analysis/fixes/pieces.h"

namespace awaitd::analysis {

Pieces::Pieces(std::string original) : original_(std::move(original)) {
  if (!original_.empty()) pieces_.push_back({{0, static_cast<std::uint32_t>(original_.size())}, {}});
}

std::string Pieces::text() const {
  std::string out;
  for (const Piece& p : pieces_) {
    if (p.kept())
      out.append(original_, p.range.start, p.range.end - p.range.start);
    else
      out += p.added;
  }
  return out;
}

// The index of the piece that begins at offset, after cutting the one around it.
std::size_t Pieces::split(std::uint32_t offset) {
  std::uint32_t at = 0;
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    if (at == offset) return i;
    const std::uint32_t size = pieces_[i].size(), inside = offset - at;
    at += size;
    if (inside >= size) continue;
    Piece behind = pieces_[i];
    if (behind.kept()) {
      behind.range.start += inside;
      pieces_[i].range.end = behind.range.start;
    } else {
      behind.added = behind.added.substr(inside);
      pieces_[i].added.resize(inside);
    }
    pieces_.insert(pieces_.begin() + static_cast<std::ptrdiff_t>(i) + 1, std::move(behind));
    return i + 1;
  }
  return pieces_.size();
}

void Pieces::apply(const std::vector<Edit>& edits) {
  for (auto edit = edits.rbegin(); edit != edits.rend(); ++edit) {
    const auto first = static_cast<std::ptrdiff_t>(split(edit->range.start));
    const auto last = static_cast<std::ptrdiff_t>(split(edit->range.end));
    pieces_.erase(pieces_.begin() + first, pieces_.begin() + last);
    if (!edit->text.empty()) pieces_.insert(pieces_.begin() + first, {{}, edit->text});
  }
}

std::vector<Edit> Pieces::edits() const {
  std::vector<Edit> out;
  std::uint32_t at = 0;
  std::string added;
  auto until = [&](std::uint32_t start) {
    if (start > at || !added.empty()) out.push_back({{at, start}, std::move(added)});
    added.clear();
  };
  for (const Piece& p : pieces_) {
    if (!p.kept()) {
      added += p.added;
      continue;
    }
    until(p.range.start);
    at = p.range.end;
  }
  until(static_cast<std::uint32_t>(original_.size()));
  return out;
}

std::uint32_t Pieces::now(std::uint32_t original) const {
  std::uint32_t at = 0, before = 0;
  for (const Piece& p : pieces_) {
    if (p.kept() && original < p.range.end) {
      return p.range.start <= original ? at + (original - p.range.start) : before;
    }
    at += p.size();
    if (p.kept()) before = at;
  }
  return original < original_.size() ? before : at;
}

}  // namespace awaitd::analysis
