// AWD911: an async generator that can come from one yield to the next, or to its end, without a checkpoint.
#include "analysis/rules/guaranteed.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

void report_from(const UnitView& view, Report& report, const Unchecked& ways, NodeId node, const std::string& where) {
  if (!ways.any()) return;
  Finding& finding = report.add(
      node, where +
                " this async generator can go on to its next `yield` or its end without a checkpoint: a loop over it "
                "lets no other task run; await something in between.");
  for (NodeId place : ways.places)
    finding.notes.push_back({"", view.range(place), "comes here without a checkpoint", -1});
}

void check(const UnitView& view, Report& report) {
  for (FunctionId f = 0; f < view.facts().functions.size(); ++f) {
    const Function& fn = view.facts().functions[f];
    if (!fn.generator || fn.name == kNoNode || !promises_checkpoints(view, f) || view.in_test(f)) continue;
    const Flow& flow = view.flow(f);
    if (!flow.complete) continue;
    report_from(view, report, unchecked_from_start(flow), fn.name, "From its start");
    NodeId last = kNoNode;
    for (EventId e = 0; e < flow.events.size(); ++e) {
      // Copies of a finally block have the same node.
      if (flow.events[e].kind != EventKind::yield || flow.events[e].node == last) continue;
      last = flow.events[e].node;
      report_from(view, report, unchecked_from(flow, e), last, "From this `yield`");
    }
  }
}

}  // namespace

extern constinit const Rule yield_without_checkpoint = {
    .code = "AWD911",
    .name = "yield-without-checkpoint",
    .summary = "A way between two yields of an async generator without a checkpoint (trio, anyio)",
    .severity = Severity::info,
    .enabled = false,
    .check = check,
};

}  // namespace awaitd::analysis
