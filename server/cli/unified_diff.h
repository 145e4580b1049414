// The difference of two texts as `diff -u` writes it (three lines of context), for patch and git apply. Bytes are kept
// as they are, line ends included. Pure; time grows with the number of changed lines, not with the files.
#pragma once
#include <string>
#include <string_view>

namespace awaitd::server {

// Empty if the texts are equal. `name` stands in both header lines.
std::string unified_diff(std::string_view before, std::string_view after, std::string_view name);

}  // namespace awaitd::server
