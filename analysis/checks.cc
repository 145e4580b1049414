#include "analysis/analysis_state.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

bool enabled(const Rule& rule, const Options& options) {
  if (options.disabled.count(rule.code) != 0) return false;
  return rule.enabled || options.enabled.count(rule.code) != 0;
}

bool overlaps(const Unit& unit, const Range& range) {
  // A finding inside a statement that does not parse is a guess.
  for (NodeId n = 0; n < unit.nodes.size(); ++n) {
    if ((unit[n].flags & (kError | kMissing)) != 0 && unit[n].start < range.end && unit[n].end > range.start) return true;
  }
  return false;
}

}  // namespace

std::vector<Finding> check_unit(const UnitView& view, const Options& options) {
  std::vector<Finding> findings;
  if (view.unit().incomplete) return findings;
  for (const Rule* rule : all_rules()) {
    if (rule->check == nullptr || !enabled(*rule, options)) continue;
    Report report(view, *rule, findings);
    rule->check(view, report);
  }
  if (view.unit().has_error) {
    std::erase_if(findings, [&](const Finding& f) { return overlaps(view.unit(), f.statement); });
  }
  return findings;
}

}  // namespace awaitd::analysis
