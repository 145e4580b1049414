// The lexical scan that cuts a document into chunks: strings, brackets, comments, continuation lines, decorators,
// else/elif/except/finally. A function of the text alone; its state at a cut is always the initial one, so a scan may
// start at any old cut and stop at the first new cut that is also an old one. About 0.5 GB/s; byte offsets.
#pragma once
#include <cstdint>
#include <string_view>

namespace awaitd::analysis {

// Offset where the chunk that starts at `start` ends: a column-0 statement start, or the end of the text.
// Which statement starts are taken depends on a hash of the few bytes before them, not on a running size alone: so the
// cuts behind an edit fall where they fell before it. Chunks have about kChunkTarget bytes.
std::uint32_t next_cut(std::string_view text, std::uint32_t start);

// True if the text of a document's last chunk ends inside a triple-quoted string.
bool ends_in_triple_quotes(std::string_view text);

inline constexpr std::uint32_t kChunkTarget = 1536;
inline constexpr std::uint32_t kChunkMin = 512;
inline constexpr std::uint32_t kChunkMax = 4096;  // from here on every statement start is a cut
// A cut at p depends on no byte at or after p + kCutLookahead.
inline constexpr std::uint32_t kCutLookahead = 256;

}  // namespace awaitd::analysis
