// Decoding of UTF-8 that may be broken: every byte that is not part of a well-formed sequence stands for itself and
// counts as one U+FFFD. The JSON writer, the JSON repair and the positions share this one rule, so that all columns
// agree. Offsets are bytes. Pure functions, safe on any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace awaitd::protocol {

struct CodePoint {
  char32_t value = 0xFFFD;
  unsigned length = 1;  // bytes, 1 where invalid
  bool valid = false;
};

// The code point at `offset`, which must be < text.size(). Overlong forms, surrogates and > U+10FFFF are invalid.
CodePoint decode_utf8(std::string_view text, std::size_t offset);

inline constexpr std::string_view replacement_character = "\xEF\xBF\xBD";

}  // namespace awaitd::protocol
