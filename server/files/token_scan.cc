#include "server/files/token_scan.h"

#include <algorithm>

#include "server/files/identifiers.h"

namespace awaitd::server {

TokenScan::TokenScan(std::span<const std::string_view> words) {
  for (const std::string_view word : words) {
    if (!word.empty()) by_first_byte_[static_cast<unsigned char>(word.front())].push_back(word);
  }
}

bool TokenScan::found_in(std::string_view text) const {
  for (std::size_t at = 0;;) {
    const std::string_view word = next_identifier(text, at);
    if (word.empty()) return false;
    const auto& same_start = by_first_byte_[static_cast<unsigned char>(word.front())];
    if (std::find(same_start.begin(), same_start.end(), word) != same_start.end()) return true;
  }
}

}  // namespace awaitd::server
