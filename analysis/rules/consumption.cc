#include "analysis/rules/consumption.h"

#include <algorithm>

namespace awaitd::analysis {
namespace {

// What the call calls if that is sure: "builtins.sorted".
std::string sure_callee(const UnitView& view, const Call& call) {
  if (call.callee == kNoNode) return {};
  ValueSet callee = view.callee(call);
  if (callee.unknown || callee.values.size() != 1 || callee.values[0].kind != ValueKind::external) return {};
  return callee.values[0].name;
}

template <std::size_t N>
bool among(const std::string& name, const std::string_view (&names)[N]) {
  constexpr std::string_view kBuiltins = "builtins.";
  if (!std::string_view(name).starts_with(kBuiltins)) return false;
  return std::find(std::begin(names), std::end(names), std::string_view(name).substr(kBuiltins.size())) !=
         std::end(names);
}

bool consumed_at(const UnitView& view, NodeId node, int depth);

bool consumed_by(const UnitView& view, const Call& call, int depth) {
  constexpr std::string_view kReaders[] = {"next",       "str.join",    "list.extend",
                                           "set.update", "dict.update", "bytes.join"};
  constexpr std::string_view kWrappers[] = {"enumerate", "filter", "iter", "map", "zip"};
  if (reads_to_the_end(view, call)) return true;
  std::string name = sure_callee(view, call);
  return among(name, kReaders) || (among(name, kWrappers) && consumed_at(view, call.node, depth + 1));
}

bool name_is_read(const UnitView& view, std::string_view name, FunctionId function, int depth) {
  const Unit& unit = view.unit();
  for (const Loop& loop : view.facts().loops) {
    if (loop.function == function && loop.iterable != kNoNode && unit.text_of(loop.iterable) == name) return true;
  }
  for (const Call& call : view.facts().calls) {
    const Argument* first = view.facts().positional(call, 0);
    if (call.function == function && first != nullptr && unit.text_of(first->value) == name &&
        consumed_by(view, call, depth))
      return true;
  }
  return false;
}

bool consumed_at(const UnitView& view, NodeId node, int depth) {
  if (depth > 8) return false;
  const Unit& unit = view.unit();
  NodeId outer = outside_parentheses(unit, node), parent = unit[outer].parent;
  if (parent == kNoNode) return false;
  for (const Loop& loop : view.facts().loops) {
    if (loop.iterable == outer) return true;
  }
  switch (unit[parent].kind) {
    case Kind::list_splat:
    case Kind::comparison_operator:
      return true;
    case Kind::argument_list: {
      const Call* call = view.facts().call_at(unit[parent].parent);
      return call != nullptr && consumed_by(view, *call, depth);
    }
    case Kind::named_expression:
    case Kind::assignment:
      for (const Binding& b : view.facts().bindings) {
        if (b.value != outer && b.value != node) continue;
        FunctionId function = view.facts().function_id_of(node);
        if (b.index != -1 || name_is_read(view, b.name, function, depth + 1)) return true;  // a, *b = it reads it, too
      }
      return false;
    default:
      return false;
  }
}

}  // namespace

bool reads_to_the_end(const UnitView& view, const Call& call) {
  constexpr std::string_view kReaders[] = {"all", "any", "dict",   "frozenset", "list", "max",
                                           "min", "set", "sorted", "sum",       "tuple"};
  return among(sure_callee(view, call), kReaders);
}

bool is_consumed(const UnitView& view, const Call& call) { return consumed_at(view, call.node, 0); }

}  // namespace awaitd::analysis
