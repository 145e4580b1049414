// The lexical scan that cuts a document into chunks: strings, brackets, comments, continuation lines, decorators,
// else/elif/except/finally. A function of the text alone; its state at a cut is always the initial one, so a scan may
// start at any old cut and stop at the first new cut that is also an old one. About 0.25 GB/s.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

namespace awaitd::analysis {

// Offset where the chunk that starts at `start` ends: the first column-0 statement start at least
// kChunkTarget bytes on, or the end of the text.
std::uint32_t next_cut(std::string_view text, std::uint32_t start);
inline constexpr std::uint32_t kChunkTarget = 1536;

}  // namespace awaitd::analysis
