// AWD709: asyncio.wait() takes tasks; coroutines are a TypeError from Python 3.11 on. as_completed() gives awaitables.
#include "analysis/fixes/fix_list.h"
#include "analysis/rules/loop_calls.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

constexpr PythonVersion kRefused{3, 11};

bool is_coroutine(const UnitView& view, NodeId node) {
  ValueSet values = view.values(node);
  if (values.unknown || values.values.empty()) return false;
  for (const Value& v : values.values) {
    if (v.kind != ValueKind::coroutine) return false;
  }
  return true;
}

// The expressions in a list, tuple, set or comprehension that are coroutines.
std::vector<NodeId> coroutines_in(const UnitView& view, NodeId node) {
  const Unit& unit = view.unit();
  node = inside_parentheses(unit, node);
  std::vector<NodeId> found;
  switch (unit[node].kind) {
    case Kind::list_comprehension:
    case Kind::set_comprehension:
    case Kind::generator_expression: {
      NodeId body = unit.child(node, Field::body);
      if (body != kNoNode && is_coroutine(view, body)) found.push_back(body);
      return found;
    }
    case Kind::list:
    case Kind::tuple:
    case Kind::set:
      for (NodeId c : children(unit, node)) {
        if (unit[c].kind != Kind::comment && unit[c].kind != Kind::list_splat && is_coroutine(view, c))
          found.push_back(c);
      }
      return found;
    default:
      return found;
  }
}

void check(const UnitView& view, Report& report) {
  for (const LoopCall& call : view.loop_calls()) {
    const LoopFact* fact = call.as(LoopRole::wait);
    const Argument* argument = fact == nullptr ? nullptr : argument_of(view, *call.call, *fact);
    if (argument == nullptr) continue;
    std::vector<NodeId> coroutines = coroutines_in(view, argument->value);
    if (coroutines.empty()) continue;
    const bool raises = view.options().target >= kRefused;
    std::string name = "`" + std::string(view.text(call.call->callee)) + "()`";
    Finding& finding = report.add(
        coroutines.front(),
        name +
            (raises ? " raises TypeError for a coroutine" : " raises TypeError for a coroutine from Python 3.11 on") +
            ": it takes tasks; wrap it in `asyncio.create_task()`.");
    finding.origin = call.origin;
    finding.confidence = call.definite ? Confidence::definite : Confidence::probable;
    if (!raises) finding.severity = Severity::warning;
    finding.fixable = true;
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const LoopCall& call : view.loop_calls()) {
    const LoopFact* fact = call.as(LoopRole::wait);
    const Argument* argument = fact == nullptr ? nullptr : argument_of(view, *call.call, *fact);
    if (argument == nullptr) continue;
    std::vector<NodeId> coroutines = coroutines_in(view, argument->value);
    if (coroutines.empty() || !(view.document_range(coroutines.front()) == finding.range)) continue;
    EditBuilder edits(view, fixes.probe());
    auto name = edits.name_for(std::string(call.facts.front().library) + ".create_task", call.call->node);
    if (!name) return;
    for (NodeId node : coroutines) edits.replace(node, *name + "(" + std::string(view.text(node)) + ")");
    fixes.add(edits.finish("Make tasks of the coroutines", Safety::safe), true);
    return;
  }
}

}  // namespace

extern constinit const Rule wait_on_coroutines = {
    .code = "AWD709",
    .name = "wait-on-coroutines",
    .summary = "asyncio.wait() on coroutines instead of tasks",
    .severity = Severity::error,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
