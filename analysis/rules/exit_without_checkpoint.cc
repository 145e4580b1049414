// AWD910: an async function that can return without having passed a checkpoint: its caller awaits, and nobody else
// runs.
#include "analysis/rules/guaranteed.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

void check(const UnitView& view, Report& report) {
  for (FunctionId f = 0; f < view.facts().functions.size(); ++f) {
    const Function& fn = view.facts().functions[f];
    if (fn.generator || fn.name == kNoNode || !promises_checkpoints(view, f) || view.in_test(f)) continue;
    const Flow& flow = view.flow(f);
    if (!flow.complete) continue;
    Unchecked ways = unchecked_from_start(flow);
    if (!ways.any()) continue;
    Finding& finding =
        report.add(fn.name, "`" + view.function_name(f) +
                                "()` can return without a checkpoint: who awaits it lets no other task run "
                                "and notices no cancellation; await something on every way, such as a checkpoint.");
    for (NodeId place : ways.places)
      finding.notes.push_back({"", view.range(place), "returns here without a checkpoint", -1});
  }
}

}  // namespace

extern constinit const Rule exit_without_checkpoint = {
    .code = "AWD910",
    .name = "exit-without-checkpoint",
    .summary = "A way through an async function without a checkpoint (trio, anyio)",
    .severity = Severity::info,
    .enabled = false,
    .check = check,
};

}  // namespace awaitd::analysis
