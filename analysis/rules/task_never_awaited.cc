// AWD702: a task in a local name that the coroutine never looks at again. While the coroutine runs the name keeps it;
// that it failed is seen by nobody.
#include "analysis/fixes/start_in_group.h"
#include "analysis/fixes/task_outcome.h"
#include "analysis/rules/fate.h"
#include "analysis/rules/loop_calls.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

void check(const UnitView& view, Report& report) {
  for (const LoopCall& call : view.loop_calls()) {
    const LoopFact* spawn = call.as(LoopRole::spawn);
    if (spawn == nullptr || !view.facts().functions[call.call->function].async) continue;
    Fate fate = fate_of(view, call.call->node);
    if (fate.goes != Goes::local) continue;
    const Binding& binding = view.facts().bindings[fate.binding];
    if (binding.name == "_") continue;
    LocalUse use = local_use(view, fate.binding);
    if (!use.reads.empty() || !use.marks.empty()) continue;  // a done callback sees how it ends
    if (suspension_after(view, call.call->function, view.unit()[call.call->node].end) == kNoNode) continue;  // AWD701
    const std::string function = "`" + view.function_name(call.call->function) + "()`";
    Finding& finding = report.add(
        fate.at, function + " never looks at `" + std::string(binding.name) + "` again: if " +
                     coroutine_name(view, *call.call, *spawn) + " fails nobody sees it, and when " + function +
                     " returns nothing waits for it or stops it; await it, or start it in a task group.");
    finding.origin = call.origin;
    finding.confidence = call.definite ? Confidence::definite : Confidence::probable;
    finding.fixable = await_at_the_end(view, call, true) || start_in_group(view, call, true);
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const LoopCall& call : view.loop_calls()) {
    const LoopFact* spawn = call.as(LoopRole::spawn);
    if (spawn == nullptr) continue;
    const Fate fate = fate_of(view, call.call->node);
    if (fate.goes != Goes::local || view.document_range(fate.at) != finding.range) continue;
    fixes.add(await_at_the_end(view, call, fixes.probe()), true);
    if (!fixes.enough()) fixes.add(start_in_group(view, call, fixes.probe()));
    return;
  }
}

}  // namespace

extern constinit const Rule task_never_awaited = {
    .code = "AWD702",
    .name = "task-never-awaited",
    .summary = "A task in a local name that is never awaited, cancelled or handed on",
    .severity = Severity::warning,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
