// Whether a text holds any of a few words (as whole identifiers), at about 1 GB/s: so that files without async code are
// never parsed. Immutable after construction; thread-safe. Points at the words, which must outlive it.
#pragma once
#include <array>
#include <span>
#include <string_view>
#include <vector>

namespace awaitd::server {

class TokenScan {
 public:
  explicit TokenScan(std::span<const std::string_view> words);
  bool found_in(std::string_view text) const;

 private:
  std::array<std::vector<std::string_view>, 256> by_first_byte_;
};

}  // namespace awaitd::server
