#include "analysis/effects/sizes.h"

#include <cmath>
#include <cstdlib>
#include <string>

namespace awaitd::analysis {
namespace {

constexpr int kMaxDepth = 24;
constexpr int kMaxSteps = 200;  // of one question: names that lead to names that lead to names

struct Deeper {
  explicit Deeper(int& depth) : depth_(depth) { ++depth_; }
  ~Deeper() { --depth_; }
  Deeper(const Deeper&) = delete;
  Deeper& operator=(const Deeper&) = delete;
  int& depth_;
};

double parse_number(std::string_view text) {
  std::string digits;
  for (char c : text) {
    if (c != '_') digits += c;
  }
  if (digits.size() > 2 && digits[0] == '0' && (digits[1] == 'b' || digits[1] == 'B'))
    return static_cast<double>(std::strtoull(digits.c_str() + 2, nullptr, 2));
  if (digits.size() > 2 && digits[0] == '0' && (digits[1] == 'o' || digits[1] == 'O'))
    return static_cast<double>(std::strtoull(digits.c_str() + 2, nullptr, 8));
  return std::strtod(digits.c_str(), nullptr);
}

bool is_comprehension(Kind kind) {
  return kind == Kind::list_comprehension || kind == Kind::set_comprehension ||
         kind == Kind::dictionary_comprehension || kind == Kind::generator_expression;
}

std::size_t count_elements(const Unit& unit, NodeId node, bool& spread) {
  std::size_t count = 0;
  for (NodeId c : children(unit, node)) {
    Kind kind = unit[c].kind;
    if (kind == Kind::comment) continue;
    spread |= kind == Kind::list_splat || kind == Kind::dictionary_splat;
    ++count;
  }
  return count;
}

}  // namespace

SizeId SizeBuilder::add(Size size) {
  out_.sizes.push_back(size);
  return static_cast<SizeId>(out_.sizes.size() - 1);
}

SizeId SizeBuilder::number(double n) {
  Size size;
  size.kind = SizeKind::number;
  size.number = n;
  return add(size);
}

SizeId SizeBuilder::combine(SizeKind kind, SizeId a, SizeId b) {
  if (a == 0 || b == 0) return 0;
  Size size;
  size.kind = kind;
  size.a = a;
  size.b = b;
  return add(size);
}

bool SizeBuilder::calls(const Call& call, std::string_view builtin) {
  if (call.callee == kNoNode || unit_[call.callee].kind != Kind::identifier) return false;
  if (unit_.text_of(call.callee) != builtin) return false;
  return arena_[terms_.expression(call.callee)].kind == TermKind::free_name;
}

// A name, attribute or the like that other places give its meaning.
SizeId SizeBuilder::elsewhere(NodeId node) {
  TermId term = terms_.expression(node);
  TermKind kind = arena_[term].kind;
  if (kind != TermKind::free_name && kind != TermKind::attribute && kind != TermKind::from_import) return 0;
  Size size;
  size.kind = SizeKind::term;
  size.term = term;
  return add(size);
}

SizeId SizeBuilder::name(NodeId node, Ask what) {
  std::string_view text = unit_.text_of(node);
  ScopeId start = facts_.scope_of[node];
  FunctionId user = facts_.scopes[start].function;
  for (ScopeId s = start; s != kNone; s = facts_.scopes[s].parent) {
    const Scope& scope = facts_.scopes[s];
    if (scope.kind == ScopeKind::cls && s != start) continue;
    if (scope.kind == ScopeKind::module) break;
    auto found = facts_.bindings_in(s, text);
    if (found.empty()) continue;
    std::vector<std::uint32_t> reaching(found.begin(), found.end());
    if (scope.function == user && scope.kind != ScopeKind::comprehension && found.size() > 1)
      reaching = reaching_bindings(facts_, found, node);
    if (reaching.size() != 1) return 0;
    const Binding& b = facts_.bindings[reaching[0]];
    if (b.kind == BindingKind::global) break;
    if (b.kind == BindingKind::parameter && scope.function == user) {
      Size size;
      size.kind = what == Ask::value ? SizeKind::value : SizeKind::length;
      size.name = b.name;
      return add(size);
    }
    bool plain = (b.kind == BindingKind::assign || b.kind == BindingKind::walrus) && b.index == -1;
    return plain && b.value != kNoNode ? ask(b.value, what) : 0;
  }
  return what == Ask::value ? elsewhere(node) : 0;
}

SizeId SizeBuilder::value(NodeId node) {
  if (depth_ == 0) steps_ = 0;
  if (node == kNoNode || depth_ >= kMaxDepth || ++steps_ > kMaxSteps) return 0;
  Deeper deeper(depth_);
  node = inside_parentheses(unit_, node);
  switch (unit_[node].kind) {
    case Kind::integer:
    case Kind::float_:
      return number(parse_number(unit_.text_of(node)));
    case Kind::identifier:
      return name(node, Ask::value);
    case Kind::attribute:
      return elsewhere(node);
    case Kind::binary_operator: {
      NodeId op = unit_.child(node, Field::operator_);
      if (op == kNoNode) return 0;
      SizeKind kind = SizeKind::unknown;
      switch (unit_[op].kind) {
        case Kind::op_plus:
          kind = SizeKind::add;
          break;
        case Kind::op_minus:
          kind = SizeKind::subtract;
          break;
        case Kind::op_star:
          kind = SizeKind::multiply;
          break;
        case Kind::op_slash:
        case Kind::op_double_slash:
          kind = SizeKind::divide;
          break;
        case Kind::op_double_star:
        case Kind::op_shift_left:
          kind = SizeKind::power;
          break;
        default:
          return 0;
      }
      SizeId a = value(unit_.child(node, Field::left)), b = value(unit_.child(node, Field::right));
      if (unit_[op].kind == Kind::op_shift_left)
        return combine(SizeKind::multiply, a, combine(SizeKind::power, number(2), b));
      return combine(kind, a, b);
    }
    case Kind::call: {
      const Call* call = facts_.call_at(node);
      return call == nullptr ? 0 : value_of_call(*call);
    }
    default:
      return 0;
  }
}

SizeId SizeBuilder::value_of_call(const Call& call) {
  const Argument* first = facts_.positional(call, 0);
  if (first == nullptr) return 0;
  if (calls(call, "len")) return length(first->value);
  for (std::string_view same : {"int", "float", "round", "abs"}) {
    if (calls(call, same)) return value(first->value);
  }
  const Argument* second = facts_.positional(call, 1);
  if (second == nullptr || call.argument_count != 2) return 0;
  if (calls(call, "min")) return combine(SizeKind::least, value(first->value), value(second->value));
  if (calls(call, "max")) return combine(SizeKind::most, value(first->value), value(second->value));
  return 0;
}

SizeId SizeBuilder::length(NodeId node) {
  if (depth_ == 0) steps_ = 0;
  if (node == kNoNode || depth_ >= kMaxDepth || ++steps_ > kMaxSteps) return 0;
  Deeper deeper(depth_);
  node = inside_parentheses(unit_, node);
  Kind kind = unit_[node].kind;
  if (is_comprehension(kind)) return length_of_comprehension(node);
  switch (kind) {
    case Kind::list:
    case Kind::tuple:
    case Kind::set:
    case Kind::dictionary: {
      bool spread = false;
      std::size_t count = count_elements(unit_, node, spread);
      // What starts empty is filled later.
      return spread || count == 0 ? 0 : number(static_cast<double>(count));
    }
    case Kind::string:
      return number(static_cast<double>(unit_.text_of(node).size()));
    case Kind::identifier:
      return name(node, Ask::length);
    case Kind::binary_operator: {  // [0] * n
      NodeId op = unit_.child(node, Field::operator_), left = unit_.child(node, Field::left),
             right = unit_.child(node, Field::right);
      if (op == kNoNode || left == kNoNode || right == kNoNode) return 0;
      if (unit_[op].kind == Kind::op_plus) return combine(SizeKind::add, length(left), length(right));
      Kind of = unit_[left].kind;
      if (unit_[op].kind != Kind::op_star || (of != Kind::list && of != Kind::tuple && of != Kind::string)) return 0;
      return combine(SizeKind::multiply, length(left), value(right));
    }
    case Kind::call: {
      const Call* call = facts_.call_at(node);
      return call == nullptr ? 0 : length_of_call(*call);
    }
    default:
      return 0;
  }
}

SizeId SizeBuilder::length_of_call(const Call& call) {
  if (calls(call, "range")) return range_length(call);
  const Argument* first = facts_.positional(call, 0);
  if (first == nullptr) {
    // A mapping's views: as long as the mapping.
    if (call.callee == kNoNode || unit_[call.callee].kind != Kind::attribute || call.argument_count != 0) return 0;
    NodeId method = unit_.child(call.callee, Field::attribute);
    if (method == kNoNode) return 0;
    std::string_view text = unit_.text_of(method);
    bool view = text == "items" || text == "keys" || text == "values" || text == "copy";
    return view ? length(unit_.child(call.callee, Field::object)) : 0;
  }
  for (std::string_view same : {"list", "tuple", "set", "frozenset", "sorted", "reversed", "enumerate", "iter"}) {
    if (calls(call, same)) return length(first->value);
  }
  const Argument* second = facts_.positional(call, 1);
  if (second == nullptr || call.argument_count != 2) return 0;
  if (calls(call, "map") || calls(call, "filter")) return length(second->value);
  if (calls(call, "zip")) return combine(SizeKind::least, length(first->value), length(second->value));
  return 0;
}

SizeId SizeBuilder::range_length(const Call& call) {
  const Argument* first = facts_.positional(call, 0);
  const Argument* second = facts_.positional(call, 1);
  const Argument* third = facts_.positional(call, 2);
  if (first == nullptr) return 0;
  if (second == nullptr) return value(first->value);
  SizeId span = combine(SizeKind::subtract, value(second->value), value(first->value));
  return third == nullptr ? span : combine(SizeKind::divide, span, value(third->value));
}

// What conditions leave out is not counted.
SizeId SizeBuilder::length_of_comprehension(NodeId node) {
  SizeId all = 0;
  for (NodeId clause : children(unit_, node)) {
    if (unit_[clause].kind != Kind::for_in_clause) continue;
    SizeId one = length(unit_.child(clause, Field::right));
    all = all == 0 ? one : combine(SizeKind::multiply, all, one);
    if (all == 0) return 0;
  }
  return all;
}

}  // namespace awaitd::analysis
