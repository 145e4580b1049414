// The little language of the `unless` column: words like "0/blocking=False", "1/options~os.WNOHANG", "0/fp:io.BytesIO",
// "/cadata=*", "0/host=!" (not given), "^0/maxsize=!" (of the constructor), ".setblocking=False" (of the receiver).
#include <charconv>

#include "analysis/knowledge/knowledge.h"

namespace awaitd::analysis {
namespace {

bool parse(std::string_view word, Condition& out) {
  if (word.starts_with('^')) {
    out.of = Condition::Of::constructor;
    word.remove_prefix(1);
  }
  const std::size_t test = word.find_first_of("=~:");
  if (test == std::string_view::npos || test + 1 == word.size()) return false;
  std::string_view who = word.substr(0, test);
  out.value = word.substr(test + 1);
  if (who.starts_with('.')) {
    out.of = Condition::Of::receiver;
    out.name = who.substr(1);
  } else {
    const std::size_t slash = who.find('/');
    if (slash == std::string_view::npos) return false;
    out.name = who.substr(slash + 1);
    if (slash > 0) {
      const auto [end, error] = std::from_chars(who.data(), who.data() + slash, out.position);
      if (error != std::errc() || end != who.data() + slash) return false;
    }
  }
  switch (word[test]) {
    case '~':
      out.test = Condition::Test::mentions;
      break;
    case ':':
      out.test = Condition::Test::typed;
      break;
    default:
      out.test = out.value == "!"   ? Condition::Test::missing
                 : out.value == "*" ? Condition::Test::given
                                    : Condition::Test::equals;
  }
  return out.position >= 0 || !out.name.empty();
}

}  // namespace

std::vector<Condition> conditions(std::string_view unless) {
  std::vector<Condition> all;
  while (!unless.empty()) {
    const std::size_t space = unless.find(' ');
    const std::string_view word = unless.substr(0, space);
    unless.remove_prefix(space == std::string_view::npos ? unless.size() : space + 1);
    Condition condition;
    if (parse(word, condition)) all.push_back(condition);
  }
  return all;
}

}  // namespace awaitd::analysis
