#include "analysis/effects/reading.h"

#include <utility>

#include "analysis/knowledge/words.h"

namespace awaitd::analysis {
namespace {

constexpr int kMaxDepth = 6;  // of wrappers around one iterable

bool read_at(const Facts& facts, NodeId node, int depth);

bool name_is_read(const Facts& facts, std::string_view name, FunctionId function, int depth) {
  const Unit& unit = *facts.unit;
  for (const Loop& loop : facts.loops) {
    if (loop.function == function && loop.iterable != kNoNode && unit.text_of(loop.iterable) == name) return true;
  }
  for (const Call& call : facts.calls) {
    const Argument* first = facts.positional(call, 0);
    if (call.function != function || first == nullptr || unit.text_of(first->value) != name) continue;
    if (read_at(facts, first->value, depth + 1)) return true;
  }
  return false;
}

bool read_at(const Facts& facts, NodeId node, int depth) {
  if (depth > kMaxDepth) return false;
  const Unit& unit = *facts.unit;
  NodeId outer = outside_parentheses(unit, node), parent = unit[outer].parent;
  if (parent == kNoNode) return false;
  switch (unit[parent].kind) {
    case Kind::for_statement:
    case Kind::for_in_clause: return unit[outer].field == Field::right;
    case Kind::list_splat:
    case Kind::comparison_operator: return true;
    case Kind::argument_list: {
      const Call* call = facts.call_at(unit[parent].parent);
      if (call == nullptr || call->callee == kNoNode) return false;
      std::string_view callee = unit.text_of(call->callee);
      if (unit[call->callee].kind == Kind::identifier) return reads_argument(callee);
      return callee.ends_with(".join") || callee.ends_with(".extend") || callee.ends_with(".update");
    }
    case Kind::assignment:
    case Kind::named_expression:
      for (const Binding& b : facts.bindings) {
        if (b.value != outer && b.value != node) continue;
        if (b.index != -1 || name_is_read(facts, b.name, facts.function_id_of(node), depth + 1)) return true;
      }
      return false;
    default: return false;
  }
}

// Who takes this value hands it to another thread, or nobody reads it here.
bool goes_elsewhere(const Facts& facts, NodeId value, int depth) {
  const Unit& unit = *facts.unit;
  const NodeId outer = outside_parentheses(unit, value), parent = unit[outer].parent;
  if (parent == kNoNode || depth > kMaxDepth) return false;
  if (unit[parent].kind == Kind::return_statement) return true;
  const bool alone = unit[parent].kind == Kind::call && unit[outer].field == Field::arguments;  // list(x for x in y)
  if (alone || unit[parent].kind == Kind::argument_list) {
    const Call* call = facts.call_at(alone ? parent : unit[parent].parent);
    if (call == nullptr || call->callee == kNoNode) return false;
    std::string_view callee = unit.text_of(call->callee);
    if (is_word_for("wraps", callee)) return goes_elsewhere(facts, call->node, depth + 1);
    return is_word_for("hands_over", callee.substr(callee.rfind('.') + 1));
  }
  if (unit[parent].kind != Kind::assignment || unit[outer].field != Field::right) return false;
  const NodeId name = unit.child(parent, Field::left);
  if (name == kNoNode || unit[name].kind != Kind::identifier) return false;
  const ScopeId scope = facts.scope_of[name];
  if (facts.scopes[scope].kind != ScopeKind::function || facts.bindings_in(scope, unit.text_of(name)).size() != 1)
    return false;
  for (NodeId n = 0; n < unit.nodes.size(); ++n) {
    const bool other = n == name || unit[n].kind != Kind::identifier || unit.text_of(n) != unit.text_of(name);
    if (other || unit[n].field == Field::attribute) continue;
    if (!goes_elsewhere(facts, n, depth + 1)) return false;
  }
  return true;
}

}  // namespace

bool is_read_elsewhere(const Facts& facts, NodeId node) {
  const Unit& unit = *facts.unit;
  NodeId child = node;
  for (NodeId n = unit[node].parent; n != kNoNode; child = n, n = unit[n].parent) {
    const Kind kind = unit[n].kind;
    if (kind == Kind::function_definition || kind == Kind::lambda || kind == Kind::block) return false;
    if (kind != Kind::generator_expression) continue;
    if (unit.child(n, Kind::for_in_clause) == child) {
      const NodeId first = unit.child(child, Field::right);
      if (first <= node && node < first + unit[first].size) continue;
    }
    if (goes_elsewhere(facts, n, 0)) return true;
  }
  return false;
}

bool reads_argument(std::string_view builtin) { return is_word_for("reads", builtin); }

std::string_view method_asked(std::string_view builtin) {
  constexpr std::pair<std::string_view, std::string_view> kAsked[] = {
      {"len", "__len__"}, {"str", "__str__"}, {"repr", "__repr__"}, {"bytes", "__bytes__"}, {"bool", "__bool__"},
      {"hash", "__hash__"}, {"iter", "__iter__"}, {"float", "__float__"}, {"int", "__int__"}};
  for (const auto& [name, method] : kAsked) {
    if (name == builtin) return method;
  }
  return {};
}

std::string_view operator_method(std::string_view op) {
  constexpr std::pair<std::string_view, std::string_view> kTable[] = {
      {"+", "__add__"},      {"-", "__sub__"}, {"*", "__mul__"}, {"/", "__truediv__"}, {"//", "__floordiv__"},
      {"%", "__mod__"},      {"|", "__or__"},  {"&", "__and__"}, {"^", "__xor__"},     {"**", "__pow__"},
      {"@", "__matmul__"},   {"<<", "__lshift__"}, {">>", "__rshift__"}};
  for (const auto& [symbol, method] : kTable) {
    if (symbol == op) return method;
  }
  return {};
}

bool is_read(const Facts& facts, NodeId expression) { return read_at(facts, expression, 0); }

}  // namespace awaitd::analysis
