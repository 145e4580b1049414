// What a call costs by the size of one argument (rates.tsv). Pure; the views are static.
#pragma once
#include <optional>
#include <string_view>

namespace awaitd::analysis {

struct Rate {
  int position = -1;
  std::string_view keyword;
  bool length = false;      // of the argument, else its value
  double milliseconds = 0;  // a unit
};
std::optional<Rate> rate_of(std::string_view callable);

}  // namespace awaitd::analysis
