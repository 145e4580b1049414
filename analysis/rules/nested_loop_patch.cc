// AWD511: nest_asyncio and the like: loops that run inside loops hide the call that should have been awaited.
#include "analysis/rules/loop_calls.h"
#include "analysis/rules/notebooks.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

void check(const UnitView& view, Report& report) {
  if (in_notebook(view)) return;
  for (const LoopCall& call : view.loop_calls()) {
    if (call.as(LoopRole::patch) == nullptr) continue;
    Finding& finding = report.add(call.call->callee, "`" + std::string(view.text(call.call->callee)) +
                                                         "()` lets event loops run inside event loops: other tasks run "
                                                         "in the middle of what looks synchronous; await instead.");
    finding.origin = call.origin;
  }
}

}  // namespace

extern constinit const Rule nested_loop_patch = {
    .code = "AWD511",
    .name = "nested-loop-patch",
    .summary = "A patch that lets event loops run inside event loops",
    .severity = Severity::hint,
    .enabled = false,
    .check = check,
};

}  // namespace awaitd::analysis
