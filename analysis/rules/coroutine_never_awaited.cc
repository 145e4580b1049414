// AWD801: a call statement that makes a coroutine and drops it: its body never runs.
#include "analysis/rules/coroutine_advice.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

void check(const UnitView& view, Report& report) {
  for (const CoroutineEvent& event : view.coroutines()) {
    if (event.use.use != ResultUse::dropped) continue;
    std::string message = written_call(view, event.node);
    message += event.lazy_object ? " is dropped before anybody awaits it, so nothing happens; "
                                 : " only makes a coroutine, and nobody awaits it: its code never runs; ";
    report_lost(view, report, event, message);
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) { fix_lost(view, finding, Safety::safe, fixes); }

}  // namespace

extern constinit const Rule coroutine_never_awaited = {
    .code = "AWD801",
    .name = "coroutine-never-awaited",
    .summary = "A call of a coroutine function as a statement: the coroutine is dropped and never runs",
    .severity = Severity::error,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
