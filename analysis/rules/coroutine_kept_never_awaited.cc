// AWD802: a coroutine that is given a name, and the name is never used.
#include "analysis/rules/coroutine_advice.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

bool forgotten(const UnitView& view, const CoroutineEvent& event) {
  if (event.use.use != ResultUse::named) return false;
  NameUses uses = uses_of_binding(view.facts(), event.use.binding);
  return uses.all && uses.nodes.empty();
}

void check(const UnitView& view, Report& report) {
  for (const CoroutineEvent& event : view.coroutines()) {
    if (!forgotten(view, event)) continue;
    std::string name = "`" + std::string(view.facts().bindings[event.use.binding].name) + "`";
    std::string message = name + " holds the coroutine of " + written_call(view, event.node) +
                          ", and nobody awaits it: its code never runs; ";
    Finding& finding = report.add(event.node, message + await_advice(view, event) + ".");
    finding.origin = event.origin;
    finding.fixable = can_await(view, event.node) || (!event.lazy_object && can_fix_by_run(view, event));
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  const CoroutineEvent* event = coroutine_event_at(view, finding.range);
  if (event == nullptr) return;
  fix_by_await(view, *event, Safety::suggested, fixes);
  fix_by_run(view, *event, fixes);
}

}  // namespace

extern constinit const Rule coroutine_kept_never_awaited = {
    .code = "AWD802",
    .name = "coroutine-kept-never-awaited",
    .summary = "A coroutine given a name that is never used: it never runs",
    .severity = Severity::error,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
