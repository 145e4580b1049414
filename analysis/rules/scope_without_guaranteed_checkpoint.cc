// AWD912: a timeout scope with a way through it on which nothing can time out.
#include "analysis/flow/flow.h"
#include "analysis/rules/checkpoint_calls.h"
#include "analysis/rules/guaranteed.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

// True if control can come from entering the with item to leaving it without a checkpoint.
bool can_pass(const Flow& flow, NodeId context) {
  std::vector<EventId> exits;
  EventId start = kNone;
  for (EventId e : flow.at(context)) {
    if (flow.events[e].kind == EventKind::enter && start == kNone) start = e;
    if (flow.events[e].kind == EventKind::exit) exits.push_back(e);
  }
  return start != kNone && passes(flow, start, exits);
}

void check_kind(const UnitView& view, Report& report, CheckpointFact::What what) {
  each_call_of(view, what, [&](const Call& call, const CheckpointFact& fact) {
    for (const WithItem& item : view.facts().with_items) {
      if (item.value != call.node || item.async || !promises_checkpoints(view, item.function)) continue;
      const Flow& flow = view.flow(item.function);
      if (!flow.complete || !can_pass(flow, item.value)) continue;
      Finding& finding = report.add(
          item.value,
          "There is a way through this scope without a checkpoint: on it nothing can time out; await something "
          "in the scope on every way.");
      finding.origin = fact.name;
    }
  });
}

void check(const UnitView& view, Report& report) {
  if (!has_checkpoints(view) || view.facts().with_items.empty()) return;
  check_kind(view, report, CheckpointFact::What::relative);
  check_kind(view, report, CheckpointFact::What::deadline);
}

}  // namespace

extern constinit const Rule scope_without_guaranteed_checkpoint = {
    .code = "AWD912",
    .name = "scope-without-guaranteed-checkpoint",
    .summary = "A way through a timeout scope without a checkpoint (trio, anyio)",
    .severity = Severity::info,
    .enabled = false,
    .check = check,
};

}  // namespace awaitd::analysis
