#include "analysis/rules/fate.h"

#include <algorithm>

#include "analysis/fixes/region.h"
#include "analysis/rules/loop_calls.h"

namespace awaitd::analysis {
namespace {

// The call `x.mark(...)` of a value x, if x is all that the call has to do with.
const Call* marking_call(const UnitView& view, NodeId value) {
  const Unit& unit = view.unit();
  NodeId attribute = unit[value].parent;
  if (attribute == kNoNode || unit[attribute].kind != Kind::attribute || unit[value].field != Field::object)
    return nullptr;
  NodeId name = unit.child(attribute, Field::attribute), around = unit[attribute].parent;
  if (name == kNoNode || around == kNoNode || unit[attribute].field != Field::function) return nullptr;
  if (!view.knowledge().is_loop_word(unit.text_of(name))) return nullptr;
  const Call* call = view.facts().call_at(around);
  if (call == nullptr || loop_fact(view.callee(*call), view, LoopRole::mark) == nullptr) return nullptr;
  return call;
}

Fate bound(const UnitView& view, NodeId value, NodeId assignment, Fate fate) {
  const Unit& unit = view.unit();
  const Facts& facts = view.facts();
  NodeId left = unit.child(assignment, Field::left);
  if (unit[value].field != Field::right || left == kNoNode || unit[left].kind != Kind::identifier) return {};
  if (unit[unit[assignment].parent].kind != Kind::expression_statement) return {};  // a = b = ...
  for (std::uint32_t b = 0; b < facts.bindings.size(); ++b) {
    const Binding& binding = facts.bindings[b];
    if (binding.target != left || binding.kind != BindingKind::assign) continue;
    if (facts.scopes[binding.scope].kind != ScopeKind::function) return {};
    for (std::uint32_t other : facts.bindings_in(binding.scope, binding.name)) {
      BindingKind kind = facts.bindings[other].kind;
      if (kind == BindingKind::global || kind == BindingKind::nonlocal) return {};
    }
    fate.goes = Goes::local;
    fate.at = left;
    fate.binding = b;
    return fate;
  }
  return {};
}

// True if the value of the conditional expression can be that of its operand.
bool is_branch(const Unit& unit, NodeId operand, NodeId conditional) {
  std::vector<NodeId> parts;
  for (NodeId c : children(unit, conditional)) {
    if (unit[c].kind != Kind::comment) parts.push_back(c);
  }
  return parts.size() == 3 && operand != parts[1];
}

}  // namespace

Fate fate_of(const UnitView& view, NodeId value) {
  const Unit& unit = view.unit();
  Fate fate;
  for (NodeId node = outside_parentheses(unit, value);;) {
    NodeId parent = unit[node].parent;
    if (parent == kNoNode) return {};
    switch (unit[parent].kind) {
      case Kind::expression_statement:
        fate.goes = Goes::dropped;
        fate.at = parent;
        return fate;
      case Kind::conditional_expression:
        if (!is_branch(unit, node, parent)) return {};
        break;
      case Kind::boolean_operator:
        if (unit[node].field != Field::right) return {};
        break;
      case Kind::tuple:
      case Kind::list:
      case Kind::set:
        fate.collected = true;
        break;
      case Kind::list_comprehension:
      case Kind::set_comprehension:
        if (unit[node].field != Field::body) return {};
        fate.collected = true;
        break;
      case Kind::attribute: {
        const Call* mark = marking_call(view, node);
        if (mark == nullptr || fate.collected) return {};
        fate.marked = mark;
        parent = mark->node;
        break;
      }
      case Kind::lambda:
        if (unit[node].field != Field::body) return {};
        fate.goes = Goes::lambda;
        fate.at = parent;
        return fate;
      case Kind::assignment:
        return fate.marked == nullptr ? bound(view, node, parent, fate) : Fate{};
      default:
        return {};
    }
    node = outside_parentheses(unit, parent);
  }
}

LocalUse local_use(const UnitView& view, std::uint32_t id) {
  const Unit& unit = view.unit();
  const Facts& facts = view.facts();
  const Binding& binding = facts.bindings[id];
  auto candidates = facts.bindings_in(binding.scope, binding.name);
  const FunctionId function = facts.scopes[binding.scope].function;
  LocalUse use;
  const NodeId owner = facts.functions[function].node;
  for (NodeId n = owner; n < owner + unit[owner].size; ++n) {
    if (unit[n].kind != Kind::identifier || unit.text_of(n) != binding.name || !reads_name(unit, n)) continue;
    bool target = std::any_of(candidates.begin(), candidates.end(), [&](std::uint32_t b) {
      return facts.bindings[b].target == n && facts.bindings[b].kind != BindingKind::augmented;
    });
    if (target) continue;
    if (facts.function_id_of(n) == function) {
      auto reaching = reaching_bindings(facts, candidates, n);
      if (std::find(reaching.begin(), reaching.end(), id) == reaching.end()) continue;
    }
    const Call* mark = marking_call(view, n);
    if (mark != nullptr && mark->statement) {
      use.marks.push_back(mark);
    } else {
      use.reads.push_back(n);
    }
  }
  return use;
}

NodeId suspension_after(const UnitView& view, FunctionId function, std::uint32_t offset) {
  const Unit& unit = view.unit();
  NodeId first = kNoNode;
  auto consider = [&](NodeId node, FunctionId in) {
    if (in == function && node != kNoNode && unit[node].start >= offset && node < first) first = node;
  };
  for (const Return& a : view.facts().awaits) consider(a.node, a.function);
  for (const Return& y : view.facts().yields) consider(y.node, y.function);
  for (const WithItem& item : view.facts().with_items) {
    if (item.async) consider(item.value, item.function);
  }
  for (const Loop& loop : view.facts().loops) {
    if (loop.async) consider(loop.iterable, loop.function);
  }
  return first;
}

}  // namespace awaitd::analysis
