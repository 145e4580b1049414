// Columns of one line <-> byte offsets into it, in the three encodings of LSP. `line` holds the line's bytes without
// its line break. Everything is clamped: past the end is the end, inside a code point is its start. A byte that is no
// UTF-8 counts as one unit. In a line of pure ASCII all four numbers are equal: callers that know skip the call. Pure
// functions, safe on any thread. Positions in the protocol are 0-based.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace awaitd::protocol {

enum class PositionEncoding { Utf8, Utf16, Utf32 };

std::size_t byte_offset(std::string_view line, std::uint32_t column, PositionEncoding encoding);
std::uint32_t column(std::string_view line, std::size_t byte_offset, PositionEncoding encoding);

// The name in the protocol: utf-8, utf-16, utf-32.
std::string_view encoding_name(PositionEncoding encoding);

}  // namespace awaitd::protocol
