// AWD913: `while True` with a round in which nothing is awaited: it may spin, and nobody else runs.
#include <algorithm>

#include "analysis/rules/guaranteed.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

bool is_endless(const Unit& unit, NodeId loop) {
  NodeId condition = unit.child(loop, Field::condition);
  if (condition == kNoNode) return false;
  condition = inside_parentheses(unit, condition);
  return unit[condition].kind == Kind::true_ || unit.text_of(condition) == "1";
}

bool can_spin(const UnitView& view, NodeId loop, FunctionId function) {
  const Flow& flow = view.flow(function);
  if (!flow.complete) return false;
  NodeId body = view.unit().child(loop, Field::body);
  EventId first = kNone;
  for (EventId e : flow.inside(view.unit(), body)) first = std::min(first, e);
  return first != kNone && unchecked_round(flow, first);
}

void check(const UnitView& view, Report& report) {
  const Unit& unit = view.unit();
  if (unit.text.find("while") == std::string::npos) return;
  for (NodeId n = 0; n < unit.nodes.size(); ++n) {
    if (unit[n].kind != Kind::while_statement || !is_endless(unit, n)) continue;
    FunctionId function = view.facts().function_id_of(n);
    if (!promises_checkpoints(view, function) || !can_spin(view, n, function)) continue;
    report.add(unit.child(n, Field::condition),
               "A round of this endless loop can pass without a checkpoint: then no other task runs and no "
               "cancellation arrives; await something in every round.");
  }
}

}  // namespace

extern constinit const Rule endless_loop_without_guaranteed_checkpoint = {
    .code = "AWD913",
    .name = "endless-loop-without-guaranteed-checkpoint",
    .summary = "A round of an endless loop without a checkpoint (trio, anyio)",
    .severity = Severity::info,
    .enabled = false,
    .check = check,
};

}  // namespace awaitd::analysis
