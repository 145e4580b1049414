// AWD706: a loop that awaits one call after the other, none of which needs the one before. Off by default: whether the
// order or the pace matters is not in the code.
#include "analysis/rules/rule.h"
#include "analysis/unit_view.h"

namespace awaitd::analysis {
namespace {

// The awaited call that is all a loop's body does: `await f(x)`, `out.append(await f(x))`.
const Call* only_await(const UnitView& view, NodeId body) {
  const Unit& unit = view.unit();
  NodeId statement = kNoNode;
  for (NodeId c : children(unit, body)) {
    if (unit[c].kind == Kind::comment) continue;
    if (statement != kNoNode) return nullptr;
    statement = c;
  }
  if (statement == kNoNode || unit[statement].kind != Kind::expression_statement) return nullptr;
  NodeId inner = unit.first_child(statement);
  if (inner == kNoNode || (unit[inner].kind != Kind::await && unit[inner].kind != Kind::call)) return nullptr;
  const Call* found = nullptr;
  for (const Return& a : view.facts().awaits) {
    if (a.node < statement || a.node >= statement + unit[statement].size) continue;
    if (found != nullptr || a.value == kNoNode) return nullptr;
    found = view.facts().call_at(inside_parentheses(unit, a.value));
    if (found == nullptr) return nullptr;
  }
  return found;
}

bool mentions(const Unit& unit, NodeId root, std::string_view name) {
  for (NodeId n = root; n < root + unit[root].size; ++n) {
    if (unit[n].kind == Kind::identifier && unit.text_of(n) == name && unit[n].field != Field::attribute) return true;
  }
  return false;
}

void check(const UnitView& view, Report& report) {
  const Unit& unit = view.unit();
  for (const Loop& loop : view.facts().loops) {
    if (loop.async || unit[loop.node].kind != Kind::for_statement || !view.facts().functions[loop.function].async)
      continue;
    NodeId body = unit.child(loop.node, Field::body);
    if (body == kNoNode || loop.target == kNoNode || unit[loop.target].kind != Kind::identifier) continue;
    const Call* call = only_await(view, body);
    if (call == nullptr || call->arguments == kNoNode || !mentions(unit, call->node, unit.text_of(loop.target)))
      continue;
    report.add(call->callee, "`" + std::string(view.text(call->callee)) +
                                 "()` is awaited once for each element, one after the other; if the order does not "
                                 "matter, `asyncio.gather()` or a task group runs them side by side.");
  }
}

}  // namespace

extern constinit const Rule sequential_awaits = {
    .code = "AWD706",
    .name = "sequential-awaits",
    .summary = "Independent awaits one after the other in a loop",
    .severity = Severity::hint,
    .enabled = false,
    .check = check,
};

}  // namespace awaitd::analysis
