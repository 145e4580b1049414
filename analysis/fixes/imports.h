// What an import statement for a dotted name names. A pure function; the view is into its argument.
#pragma once
#include <string_view>

namespace awaitd::analysis {

// "my.db" of "my.db.Client.query"; of a longer name only the part before its class.
std::string_view importable(std::string_view dotted);

}  // namespace awaitd::analysis
