// What a task loses when another one has passed the same check.
#include "analysis/knowledge/words.h"
#include "analysis/rules/races.h"

namespace awaitd::analysis {
namespace {

// The expression that a local name stands for, if one was stored in it.
NodeId behind_name(const UnitView& view, NodeId value) {
  if (view.unit()[value].kind != Kind::identifier) return value;
  const Facts& facts = view.facts();
  const auto bound = facts.bindings_in(facts.function_of(value).scope, view.text(value));
  if (bound.size() != 1) return value;
  const Binding& b = facts.bindings[bound.front()];
  const bool whole = b.kind == BindingKind::assign && b.index == -1 && b.value != kNoNode;
  return whole ? inside_parentheses(view.unit(), b.value) : value;
}

// What the maker is called tells connections from data; it decides how loud, not whether.
bool opens(const UnitView& view, NodeId call) {
  const Unit& unit = view.unit();
  NodeId callee = unit[call].kind == Kind::call ? unit.child(call, Field::function) : kNoNode;
  if (callee == kNoNode) return false;
  if (unit[callee].kind == Kind::attribute) callee = unit.child(callee, Field::attribute);
  return callee != kNoNode && holds_word_for("opens", unit.text_of(callee));
}

}  // namespace

Loss loss_of(const UnitView& view, NodeId value) {
  const Unit& unit = view.unit();
  value = inside_parentheses(unit, value);
  for (const Value& v : view.values(value).values) {
    if (v.kind == ValueKind::object) {
      for (std::string_view method : words_for("ends")) {
        if (!view.linker().member_functions(v, method).empty()) return Loss::resource;
      }
    }
    if (v.kind == ValueKind::instance && (v.name == "asyncio.Task" || v.name == "asyncio.Future")) return Loss::task;
  }
  value = behind_name(view, value);
  if (unit[value].kind == Kind::await) {
    NodeId inner = unit.first_child(value);
    for (NodeId c : children(unit, value)) inner = c;
    value = inner == kNoNode ? value : inside_parentheses(unit, inner);
  }
  if (opens(view, value)) return Loss::resource;
  // wait_for(connect(), timeout=3)
  const Call* call = view.facts().call_at(value);
  const Argument* first = call == nullptr || !call->awaited ? nullptr : view.facts().positional(*call, 0);
  return first != nullptr && opens(view, first->value) ? Loss::resource : Loss::value;
}

}  // namespace awaitd::analysis
