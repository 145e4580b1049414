// Identifiers in source text, without parsing it: what stands in strings and comments counts, too.
#pragma once
#include <array>
#include <cstddef>
#include <string_view>

namespace awaitd::server {

constexpr std::array<bool, 256> identifier_bytes() {
  std::array<bool, 256> table{};
  for (int c = 0; c < 256; ++c) {
    table[static_cast<std::size_t>(c)] =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
  }
  return table;
}
inline constexpr std::array<bool, 256> kIdentifierBytes = identifier_bytes();

// The first identifier (or number) at or behind `at`, which becomes the place behind it; empty at the end.
inline std::string_view next_identifier(std::string_view text, std::size_t& at) {
  const auto is_part = [text](std::size_t i) { return kIdentifierBytes[static_cast<unsigned char>(text[i])]; };
  while (at < text.size() && !is_part(at)) ++at;
  const std::size_t start = at;
  while (at < text.size() && is_part(at)) ++at;
  return text.substr(start, at - start);
}

}  // namespace awaitd::server
