#include "analysis/knowledge/linters.h"

#include <algorithm>

#include "analysis/knowledge/embedded.h"
#include "analysis/knowledge/line.h"
#include "analysis/knowledge/timeouts.h"

namespace awaitd::analysis {
namespace {

template <typename Each>
void for_each_rule(Each&& each) {
  for (unsigned i = 0; i < knowledge_files_count; ++i) {
    if (knowledge_files[i].name != "linters.tsv") continue;
    for_each_line(knowledge_files[i].text, [&](int, std::string_view text) { each(Line(text, "linters")); });
  }
}

// "requests.*" is every function of the module, not what its classes have.
bool matches(std::string_view pattern, std::string_view origin) {
  if (pattern == "*" || pattern == origin) return true;
  if (!pattern.ends_with(".*")) return false;
  const std::string_view module = pattern.substr(0, pattern.size() - 1);
  return origin.starts_with(module) && origin.find('.', module.size()) == std::string_view::npos;
}

}  // namespace

std::vector<std::string_view> codes_of_linter(std::string_view linter) {
  std::vector<std::string_view> codes;
  for_each_rule([&](const Line& line) {
    if (has_word(line.text(1), linter)) codes.push_back(line.text(0));
  });
  return codes;
}

bool linter_sees(std::string_view code, std::string_view origin) {
  bool seen = false;
  for_each_rule([&](const Line& line) {
    if (line.text(0) != code) return;
    for (std::string_view rest = line.text(3); !rest.empty();) {
      const std::size_t space = std::min(rest.find(' '), rest.size());
      seen |= matches(rest.substr(0, space), origin);
      rest.remove_prefix(std::min(space + 1, rest.size()));
    }
  });
  return seen;
}

}  // namespace awaitd::analysis
