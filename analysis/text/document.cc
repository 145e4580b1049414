#include "analysis/text/document.h"

#include <algorithm>
#include <cstring>

#include "analysis/text/chunker.h"

namespace awaitd::analysis {
namespace {

bool all_ascii(std::string_view text) {
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + i, 8);
    if (word & 0x8080808080808080u) return false;
  }
  for (; i < text.size(); ++i) {
    if (static_cast<unsigned char>(text[i]) >= 0x80) return false;
  }
  return true;
}

ChunkPtr make_chunk(std::string_view text) {
  auto chunk = std::make_shared<Chunk>();
  chunk->text = text;
  chunk->ascii = all_ascii(text);
  chunk->line_starts.push_back(0);
  const char* data = text.data();
  const std::size_t size = text.size();
  const bool lone_cr = size > 0 && std::memchr(data, '\r', size) != nullptr;
  for (std::size_t i = 0; i < size;) {
    if (lone_cr) {
      while (i < size && data[i] != '\n' && data[i] != '\r') ++i;
      if (i + 1 < size && data[i] == '\r' && data[i + 1] == '\n') ++i;
    } else {
      const void* hit = std::memchr(data + i, '\n', size - i);
      i = hit ? static_cast<std::size_t>(static_cast<const char*>(hit) - data) : size;
    }
    if (++i < size) chunk->line_starts.push_back(static_cast<std::uint32_t>(i));
  }
  return chunk;
}

bool ends_with_newline(const Chunk& chunk) {
  return !chunk.text.empty() && (chunk.text.back() == '\n' || chunk.text.back() == '\r');
}

std::string_view without_line_end(std::string_view line) {
  if (!line.empty() && line.back() == '\n') line.remove_suffix(1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

// The part of a row that an edit touches, as one growing text, and its new chunks.
class Rescan {
 public:
  Rescan(const Document& old, std::uint32_t start, std::uint32_t end, std::string_view replacement);
  void run();

  std::vector<ChunkPtr> fresh;
  std::size_t first = 0;  // old chunks [first, last) give way to fresh
  std::size_t last = 0;

 private:
  bool grow();
  // The old chunk that starts at this place of text_, or the number of chunks.
  std::size_t old_chunk_at(std::uint32_t cut) const;

  const Document& old_;
  std::uint32_t base_;      // of text_ in the old and the new document
  std::uint32_t edit_end_;  // in text_, after the replacement
  std::uint32_t old_end_;   // of the edit, in the old document
  std::size_t taken_;       // old chunks [first, taken_) are in text_
  std::string text_;
};

Rescan::Rescan(const Document& old, std::uint32_t start, std::uint32_t end, std::string_view replacement)
    : old_(old), old_end_(end) {
  // Cuts further back than the scan looks ahead cannot have changed.
  first = old.chunk_at(start > kCutLookahead ? start - kCutLookahead : 0);
  base_ = old.chunk_start(first);
  const std::size_t touched = old.chunk_at(end);
  taken_ = touched + 1;
  text_ = old.text(base_, start);
  text_ += replacement;
  edit_end_ = static_cast<std::uint32_t>(text_.size());
  text_ += old.text(end, old.chunk_start(taken_));
  last = taken_;
}

// Appends old chunks: as much again as is there, so that a swallowing quote costs linear time.
bool Rescan::grow() {
  const std::size_t count = old_.chunks().size();
  if (taken_ == count) return false;
  const std::size_t want = std::max<std::size_t>(text_.size() * 2, text_.size() + 2 * kChunkMax);
  while (taken_ < count && text_.size() < want) text_ += old_.chunks()[taken_++]->text;
  return true;
}

std::size_t Rescan::old_chunk_at(std::uint32_t cut) const {
  const std::size_t count = old_.chunks().size();
  if (cut < edit_end_) return count;
  const std::uint32_t place = old_end_ + (cut - edit_end_);
  const std::size_t chunk = old_.chunk_at(place);
  return chunk < count && old_.chunk_start(chunk) == place ? chunk : count;
}

void Rescan::run() {
  const std::size_t count = old_.chunks().size();
  grow();
  for (std::uint32_t from = 0; from < text_.size();) {
    std::uint32_t cut = next_cut(text_, from);
    while (cut + kCutLookahead > text_.size() && grow()) cut = next_cut(text_, from);
    fresh.push_back(make_chunk(std::string_view(text_).substr(from, cut - from)));
    from = cut;
    if (cut == text_.size()) {
      last = taken_;
      return;
    }
    const std::size_t same = old_chunk_at(cut);
    if (same < count) {
      last = same;
      return;
    }
  }
  last = taken_;
}

}  // namespace

Document::Document(std::string_view text) {
  auto row = std::make_shared<Row>();
  for (std::uint32_t from = 0; from < text.size();) {
    const std::uint32_t cut = next_cut(text, from);
    append(*row, make_chunk(text.substr(from, cut - from)));
    from = cut;
  }
  finish(*row);
  row_ = std::move(row);
}

void Document::append(Row& row, ChunkPtr chunk) {
  row.offsets.push_back(row.chunks.empty() ? 0 : row.offsets.back());
  row.lines.push_back(row.chunks.empty() ? 0 : row.lines.back());
  row.offsets.back() += row.chunks.empty() ? 0 : static_cast<std::uint32_t>(row.chunks.back()->text.size());
  row.lines.back() += row.chunks.empty() ? 0 : static_cast<std::uint32_t>(row.chunks.back()->line_starts.size());
  row.chunks.push_back(std::move(chunk));
}

// The size and the line count behind the last chunk.
void Document::finish(Row& row) {
  if (row.chunks.empty()) append(row, make_chunk({}));
  const Chunk& last = *row.chunks.back();
  row.offsets.push_back(row.offsets.back() + static_cast<std::uint32_t>(last.text.size()));
  row.lines.push_back(row.lines.back() + static_cast<std::uint32_t>(last.line_starts.size()));
  if (ends_with_newline(last)) ++row.lines.back();
}

Document Document::edited(std::uint32_t start, std::uint32_t end, std::string_view replacement) const {
  start = std::min(start, size());
  end = std::clamp(end, start, size());
  Rescan scan(*this, start, end, replacement);
  scan.run();
  const Row& old = *row_;
  const auto first = static_cast<std::ptrdiff_t>(scan.first), last = static_cast<std::ptrdiff_t>(scan.last);
  auto row = std::make_shared<Row>();
  row->chunks.reserve(old.chunks.size() + scan.fresh.size() + scan.first - scan.last + 1);
  row->offsets.reserve(row->chunks.capacity() + 1);
  row->lines.reserve(row->chunks.capacity() + 1);
  row->chunks.assign(old.chunks.begin(), old.chunks.begin() + first);
  row->offsets.assign(old.offsets.begin(), old.offsets.begin() + first);
  row->lines.assign(old.lines.begin(), old.lines.begin() + first);
  for (std::size_t i = 0; i < scan.fresh.size(); ++i) {
    // The scan began a little early: a chunk before the edit may have come out as it was.
    const std::size_t at = scan.first + i;
    const bool same =
        at < old.chunks.size() && old.offsets[at + 1] <= start && old.chunks[at]->text == scan.fresh[i]->text;
    append(*row, same && at == row->chunks.size() ? old.chunks[at] : scan.fresh[i]);
  }
  if (scan.last == old.chunks.size()) {
    finish(*row);
    return Document(std::move(row));
  }
  // What follows has moved, and is not looked at.
  append(*row, old.chunks[scan.last]);
  const std::uint32_t moved = row->offsets.back() - old.offsets[scan.last];  // may wrap around
  const std::uint32_t lines = row->lines.back() - old.lines[scan.last];
  row->chunks.insert(row->chunks.end(), old.chunks.begin() + last + 1, old.chunks.end());
  for (std::size_t i = scan.last + 1; i < old.offsets.size(); ++i) {
    row->offsets.push_back(old.offsets[i] + moved);
    row->lines.push_back(old.lines[i] + lines);
  }
  return Document(std::move(row));
}

std::uint32_t Document::size() const { return row_->offsets.back(); }
std::uint32_t Document::line_count() const { return row_->lines.back(); }

std::size_t Document::chunk_at(std::uint32_t offset) const {
  if (offset >= size()) return row_->chunks.size() - 1;
  return std::upper_bound(row_->offsets.begin(), row_->offsets.end(), offset) - row_->offsets.begin() - 1;
}

std::size_t Document::chunk_of_line(std::uint32_t line) const {
  const auto it = std::upper_bound(row_->lines.begin(), row_->lines.end() - 1, line);
  return it - row_->lines.begin() - 1;
}

std::uint32_t Document::line_start(std::uint32_t line) const {
  if (line >= line_count()) return size();
  const std::size_t chunk = chunk_of_line(line);
  const std::uint32_t in_chunk = line - row_->lines[chunk];
  const auto& starts = row_->chunks[chunk]->line_starts;
  return in_chunk < starts.size() ? row_->offsets[chunk] + starts[in_chunk] : size();
}

std::uint32_t Document::line_of(std::uint32_t offset) const {
  if (offset >= size()) return line_count() - 1;
  const std::size_t chunk = chunk_at(offset);
  const auto& starts = row_->chunks[chunk]->line_starts;
  const auto it = std::upper_bound(starts.begin(), starts.end(), offset - row_->offsets[chunk]);
  return row_->lines[chunk] + static_cast<std::uint32_t>(it - starts.begin() - 1);
}

std::string_view Document::line_text(std::uint32_t line) const {
  if (line >= line_count()) return {};
  const std::size_t chunk = chunk_of_line(line);
  const std::uint32_t in_chunk = line - row_->lines[chunk];
  const Chunk& c = *row_->chunks[chunk];
  if (in_chunk >= c.line_starts.size()) return {};  // the empty line after the last line end
  const std::uint32_t from = c.line_starts[in_chunk];
  const std::size_t to = in_chunk + 1 < c.line_starts.size() ? c.line_starts[in_chunk + 1] : c.text.size();
  return without_line_end(std::string_view(c.text).substr(from, to - from));
}

bool Document::line_is_ascii(std::uint32_t line) const {
  if (line >= line_count()) return true;
  return row_->chunks[chunk_of_line(line)]->ascii || all_ascii(line_text(line));
}

std::string Document::text() const { return text(0, size()); }

std::string Document::text(std::uint32_t start, std::uint32_t end) const {
  end = std::min(end, size());
  start = std::min(start, end);
  std::string result;
  result.reserve(end - start);
  for (std::size_t i = chunk_at(start); i < row_->chunks.size() && row_->offsets[i] < end; ++i) {
    const std::uint32_t from = std::max(start, row_->offsets[i]) - row_->offsets[i];
    const std::uint32_t to = std::min(end, row_->offsets[i + 1]) - row_->offsets[i];
    result.append(row_->chunks[i]->text, from, to - from);
  }
  return result;
}

std::string_view Document::line_ending() const {
  for (const ChunkPtr& chunk : row_->chunks) {
    const std::size_t i = chunk->text.find_first_of("\r\n");
    if (i == std::string::npos) continue;
    return std::string_view(chunk->text).substr(i, chunk->text.compare(i, 2, "\r\n") == 0 ? 2 : 1);
  }
  return "\n";
}

}  // namespace awaitd::analysis
