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

}  // namespace

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
