#include "server/files/token_scan.h"

#include <algorithm>

namespace awaitd::server {

namespace {

constexpr std::array<bool, 256> identifier_bytes() {
  std::array<bool, 256> table{};
  for (int c = 0; c < 256; ++c) {
    table[static_cast<std::size_t>(c)] =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
  }
  return table;
}
constexpr auto kIdentifier = identifier_bytes();

}  // namespace

TokenScan::TokenScan(std::span<const std::string_view> words) {
  for (const std::string_view word : words) {
    if (!word.empty()) by_first_byte_[static_cast<unsigned char>(word.front())].push_back(word);
  }
}

bool TokenScan::found_in(std::string_view text) const {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  std::size_t i = 0;
  while (i < text.size()) {
    if (!kIdentifier[byte(i)]) {
      ++i;
      continue;
    }
    const std::size_t start = i;
    while (i < text.size() && kIdentifier[byte(i)]) ++i;
    const std::string_view word = text.substr(start, i - start);
    const auto& same_start = by_first_byte_[byte(start)];
    if (std::find(same_start.begin(), same_start.end(), word) != same_start.end()) return true;
  }
  return false;
}

}  // namespace awaitd::server
