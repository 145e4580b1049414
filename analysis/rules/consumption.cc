#include "analysis/rules/consumption.h"

#include "analysis/knowledge/words.h"

namespace awaitd::analysis {
namespace {

// What the call calls if that is sure: "builtins.sorted".
std::string sure_callee(const UnitView& view, const Call& call) {
  if (call.callee == kNoNode) return {};
  ValueSet callee = view.callee(call);
  if (callee.unknown || callee.values.size() != 1 || callee.values[0].kind != ValueKind::external) return {};
  return callee.values[0].name;
}

// A builtin with that purpose in words.tsv.
bool is_builtin_that(std::string_view purpose, std::string_view name) {
  constexpr std::string_view kBuiltins = "builtins.";
  return name.starts_with(kBuiltins) && is_word_for(purpose, name.substr(kBuiltins.size()));
}

bool consumed_at(const UnitView& view, NodeId node, int depth);

bool consumed_by(const UnitView& view, const Call& call, int depth) {
  if (reads_to_the_end(view, call)) return true;
  std::string name = sure_callee(view, call);
  return is_builtin_that("reads_some", name) ||
         (is_builtin_that("wraps", name) && consumed_at(view, call.node, depth + 1));
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
  return is_builtin_that("reads_all", sure_callee(view, call));
}

bool is_consumed(const UnitView& view, const Call& call) { return consumed_at(view, call.node, 0); }

}  // namespace awaitd::analysis
