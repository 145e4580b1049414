// An immutable text snapshot as a row of chunks, cut at column-0 statement starts (architecture 3.1).
// Units: byte offsets from the start of the document, lines 0-based; line ends are \n, \r\n and \r (LSP 3.18).
// A value: copying shares the row. An edit shares every chunk it does not touch, so a chunk's address is a cache
// key. Cuts are a function of the text alone: Document(text) and any edit history that leads to text give equal rows.
// Thread-safe to read from any thread. Out-of-range offsets are clamped.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace awaitd::analysis {

// A run of whole top-level statements (or, in broken code, of whatever the scan could cut).
struct Chunk {
  std::string text;
  std::vector<std::uint32_t> line_starts;  // relative to text; [0] == 0; a trailing line end opens no line here
  bool ascii = true;
};
using ChunkPtr = std::shared_ptr<const Chunk>;

class Document {
 public:
  explicit Document(std::string_view text = {});

  // Replaces [start, end) by replacement.
  Document edited(std::uint32_t start, std::uint32_t end, std::string_view replacement) const;

  std::uint32_t size() const;
  std::uint32_t line_count() const;  // at least 1; "a\n" has two lines, the second empty
  std::uint32_t line_start(std::uint32_t line) const;
  std::uint32_t line_of(std::uint32_t offset) const;
  // The bytes of one line without its line end; valid as long as this document (or a copy) lives.
  std::string_view line_text(std::uint32_t line) const;
  bool line_is_ascii(std::uint32_t line) const;
  std::string text() const;
  std::string text(std::uint32_t start, std::uint32_t end) const;
  std::string_view line_ending() const;  // the first one in the text, "\n" if there is none

  const std::vector<ChunkPtr>& chunks() const { return row_->chunks; }
  std::uint32_t chunk_start(std::size_t chunk) const { return row_->offsets[chunk]; }
  std::size_t chunk_at(std::uint32_t offset) const;

 private:
  struct Row {
    std::vector<ChunkPtr> chunks;        // never empty
    std::vector<std::uint32_t> offsets;  // start of each chunk, and the size
    std::vector<std::uint32_t> lines;    // first line of each chunk, and the line count
  };
  explicit Document(std::shared_ptr<const Row> row) : row_(std::move(row)) {}
  static void append(Row& row, ChunkPtr chunk);
  static void finish(Row& row);
  std::size_t chunk_of_line(std::uint32_t line) const;

  std::shared_ptr<const Row> row_;
};

}  // namespace awaitd::analysis
