#include <algorithm>
#include <string>

#include "analysis/knowledge/embedded.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {

#define AWAITD_RULE(id) extern const Rule id;
#include "analysis/rules/rules.def"
#undef AWAITD_RULE

namespace {
constexpr const Rule* kRules[] = {
#define AWAITD_RULE(id) &id,
#include "analysis/rules/rules.def"
#undef AWAITD_RULE
};
}  // namespace

std::span<const Rule* const> all_rules() { return kRules; }

const Rule* find_rule(std::string_view code_or_name) {
  std::string upper(code_or_name);
  for (char& c : upper) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  for (const Rule* rule : kRules) {
    if (rule->code == upper || rule->name == code_or_name) return rule;
  }
  return nullptr;
}

std::string_view rule_page(const Rule& rule) {
  std::string file(rule.name);
  std::replace(file.begin(), file.end(), '-', '_');
  file += ".md";
  for (unsigned i = 0; i < rule_pages_count; ++i) {
    if (rule_pages[i].name == file) return rule_pages[i].text;
  }
  return {};
}

}  // namespace awaitd::analysis
