// Words that a user may have meant. A pure function of bytes.
#pragma once
#include <cstddef>
#include <string_view>

namespace awaitd::server {

// How many letters must change to make one word the other.
std::size_t distance(std::string_view a, std::string_view b);

}  // namespace awaitd::server
