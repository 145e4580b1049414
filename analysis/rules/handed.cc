#include "analysis/rules/handed.h"

namespace awaitd::analysis {
namespace {

bool is_handed_here(const UnitView& view, const Call& call, NodeId argument, const ContextFact& fact) {
  int position = 0;
  for (const Argument& a : view.facts().arguments_of(call)) {
    if (a.stars != 0) return false;
    if (a.value == argument)
      return a.name.empty() ? position == fact.position || fact.position == every_position : a.name == fact.keyword;
    if (a.name.empty()) ++position;
  }
  return false;
}

// A method of a class of the project or of somebody unknown: on_click(lambda: ...).
Receiver::Kind unknown_receiver(const UnitView& view, const Call& call, const ValueSet& callee) {
  for (const Value& v : callee.values) {
    if (v.kind == ValueKind::none) continue;
    if (v.kind == ValueKind::external && v.name.starts_with("builtins.")) return Receiver::Kind::may_use_result;
    const ContextFact* fact = v.kind == ValueKind::external ? view.knowledge().context(v.name) : nullptr;
    if (fact != nullptr) return Receiver::Kind::may_use_result;
    // A call whose own result is used may well be made of what the callable returns.
    if (v.kind != ValueKind::external && v.kind != ValueKind::function) return Receiver::Kind::may_use_result;
  }
  return call.statement ? Receiver::Kind::handler : Receiver::Kind::may_use_result;
}

}  // namespace

Receiver receiver_of(const UnitView& view, NodeId callable) {
  const Unit& unit = view.unit();
  Receiver receiver;
  NodeId node = outside_parentheses(unit, callable), parent = unit[node].parent;
  if (parent == kNoNode) return receiver;
  if (unit[parent].kind == Kind::assignment && unit[node].field == Field::right) {
    NodeId left = unit.child(parent, Field::left);
    if (left != kNoNode && unit[left].kind == Kind::attribute) receiver.kind = Receiver::Kind::handler;
    return receiver;
  }
  if (unit[parent].kind == Kind::keyword_argument) parent = unit[parent].parent;
  if (parent == kNoNode || unit[parent].kind != Kind::argument_list) return receiver;
  const Call* call = view.facts().call_at(unit[parent].parent);
  if (call == nullptr || call->callee == kNoNode) return receiver;
  receiver.call = call;
  NodeId attribute = unit.child(call->callee, Field::attribute);
  receiver.name = std::string(view.text(attribute == kNoNode ? call->callee : attribute)) + "()";
  ValueSet callee = view.callee(*call);
  for (const Value& v : callee.values) {
    const ContextFact* fact = v.kind == ValueKind::external ? view.knowledge().context(v.name) : nullptr;
    if (fact == nullptr || !is_handed_here(view, *call, node, *fact)) continue;
    receiver.fact = fact;
    receiver.kind = fact->role == Role::schedule_sync && fact->sync_on_loop ? Receiver::Kind::drops_result
                                                                            : Receiver::Kind::may_use_result;
    return receiver;
  }
  receiver.kind = unknown_receiver(view, *call, callee);
  return receiver;
}

}  // namespace awaitd::analysis
