#include "analysis/rules/result_use.h"

#include <algorithm>
#include <optional>

#include "analysis/terms/term_builder.h"

namespace awaitd::analysis {
namespace {

// What a coroutine object has itself (language reference 8.8.1, inspect's table of attributes).
bool is_coroutine_member(std::string_view name) {
  return name == "send" || name == "throw" || name == "close" || name.starts_with("cr_") || name.starts_with("__");
}

class Walk {
 public:
  Walk(const Facts& facts, NodeId expression) : facts_(facts), unit_(*facts.unit), node_(expression) {}

  UseOfResult run() {
    for (;;) {
      node_ = outside_parentheses(unit_, node_);
      parent_ = unit_[node_].parent;
      if (parent_ == kNoNode) return found(ResultUse::unknown);
      auto use = step();
      if (use) return *use;
    }
  }

 private:
  UseOfResult found(ResultUse use) const {
    UseOfResult out;
    out.use = use;
    out.node = parent_;
    out.value = node_;
    return out;
  }

  // The use, or nothing if the parent gives the same value on.
  std::optional<UseOfResult> step() {
    Field field = unit_[node_].field;
    switch (unit_[parent_].kind) {
      case Kind::await:
        return found(ResultUse::awaited);
      case Kind::expression_statement:
        return unit_[parent_].size > unit_[node_].size + 1 ? found(ResultUse::unknown) : found(ResultUse::dropped);
      case Kind::return_statement:
        return found(ResultUse::returned);
      case Kind::assignment:
        return assignment();
      case Kind::augmented_assignment:
      case Kind::binary_operator:
      case Kind::unary_operator:
        return found(ResultUse::operand);
      case Kind::if_statement:
      case Kind::elif_clause:
      case Kind::while_statement:
        return found(field == Field::condition ? ResultUse::condition : ResultUse::unknown);
      case Kind::assert_statement:
        return found(first() ? ResultUse::condition : ResultUse::unknown);
      case Kind::if_clause:
      case Kind::not_operator:
        return found(ResultUse::condition);
      case Kind::boolean_operator:
        if (field == Field::left) return found(ResultUse::condition);
        return up();
      case Kind::conditional_expression:
        return conditional();
      case Kind::named_expression:
        if (field == Field::name) return found(ResultUse::unknown);
        return up();
      case Kind::comparison_operator:
        return comparison();
      case Kind::attribute:
        return attribute();
      case Kind::subscript:
        return found(field == Field::value ? ResultUse::item : ResultUse::unknown);
      case Kind::call:
        return found(field == Field::function ? ResultUse::called : ResultUse::unknown);
      case Kind::argument_list:
        return argument(parent_);
      case Kind::keyword_argument:
        return argument(unit_[parent_].parent);
      case Kind::generator_expression:
      case Kind::list_comprehension:
      case Kind::set_comprehension:
        return element();
      case Kind::for_statement:
      case Kind::for_in_clause:
        return found(field == Field::right ? ResultUse::iterated : ResultUse::unknown);
      case Kind::list_splat:
      case Kind::dictionary_splat:
        return found(ResultUse::iterated);
      case Kind::interpolation:
        return interpolation();
      case Kind::with_item:
        return found(ResultUse::entered);
      case Kind::as_pattern: {
        NodeId outer = unit_[parent_].parent;
        bool with = outer != kNoNode && unit_[outer].kind == Kind::with_item && first();
        return found(with ? ResultUse::entered : ResultUse::unknown);
      }
      default:
        return found(ResultUse::unknown);
    }
  }

  std::optional<UseOfResult> up() {
    node_ = parent_;
    return std::nullopt;
  }

  bool first() const {
    for (NodeId c : children(unit_, parent_)) {
      if (unit_[c].kind != Kind::comment) return c == node_;
    }
    return false;
  }

  // Children of `a if c else b`: a, c, b.
  std::optional<UseOfResult> conditional() {
    int index = 0;
    for (NodeId c : children(unit_, parent_)) {
      if (unit_[c].kind == Kind::comment) continue;
      if (c == node_) break;
      ++index;
    }
    if (index == 1) return found(ResultUse::condition);
    return up();
  }

  UseOfResult assignment() {
    NodeId outer = unit_[parent_].parent;
    bool chained = outer != kNoNode && unit_[outer].kind == Kind::assignment;
    NodeId left = unit_.child(parent_, Field::left);
    if (unit_[node_].field != Field::right || left == kNoNode || chained) return found(ResultUse::unknown);
    Kind kind = unit_[left].kind;
    if (kind == Kind::pattern_list || kind == Kind::tuple_pattern || kind == Kind::list_pattern)
      return found(ResultUse::unpacked);
    if (kind != Kind::identifier) return found(ResultUse::unknown);
    UseOfResult out = found(ResultUse::named);
    for (std::uint32_t b = 0; b < facts_.bindings.size(); ++b) {
      if (facts_.bindings[b].target == left) out.binding = b;
    }
    if (out.binding == kNone) out.use = ResultUse::unknown;
    return out;
  }

  // `is` between two objects is about identity, and a coroutine may be asked for; it is never None. It has no order,
  // and nothing is in it.
  UseOfResult comparison() const {
    bool identity = false, none = false, order = false;
    Kind before = Kind::none;
    for (NodeId c : children(unit_, parent_)) {
      Kind kind = unit_[c].kind;
      if (kind == Kind::comment) continue;
      if (c == node_ && (before == Kind::kw_in || before == Kind::kw_not_in)) return found(ResultUse::iterated);
      identity |= kind == Kind::kw_is || kind == Kind::kw_is_not;
      none |= kind == Kind::none;
      order |= kind == Kind::op_less || kind == Kind::op_greater || kind == Kind::op_less_equal ||
               kind == Kind::op_greater_equal;
      before = kind;
    }
    if (order) return found(ResultUse::operand);
    return found(identity && !none ? ResultUse::unknown : ResultUse::compared);
  }

  UseOfResult attribute() const {
    if (unit_[node_].field != Field::object) return found(ResultUse::unknown);
    UseOfResult out = found(ResultUse::attribute);
    NodeId name = unit_.child(parent_, Field::attribute);
    if (name != kNoNode) out.member = unit_.text_of(name);
    if (name == kNoNode || is_coroutine_member(out.member)) out.use = ResultUse::unknown;
    return out;
  }

  UseOfResult argument(NodeId list) const {
    UseOfResult out = found(ResultUse::argument);
    NodeId call = list == kNoNode ? kNoNode : unit_[list].parent;
    if (call == kNoNode || unit_[call].kind != Kind::call)
      out.use = ResultUse::unknown;
    else
      out.node = call;
    return out;
  }

  UseOfResult element() const {
    UseOfResult out = found(ResultUse::element);
    NodeId outer = unit_[parent_].parent;
    if (outer != kNoNode && unit_[outer].kind == Kind::argument_list) outer = unit_[outer].parent;
    bool handed = outer != kNoNode && unit_[outer].kind == Kind::call && unit_[parent_].field != Field::function;
    if (unit_[node_].field != Field::body || !handed)
      out.use = ResultUse::unknown;
    else
      out.node = outer;
    return out;
  }

  // f"{x!r}" and f"{x=}" show what it is, which may be wanted.
  UseOfResult interpolation() const {
    bool shown = unit_.child(parent_, Kind::type_conversion) != kNoNode;
    shown |= unit_.text.substr(unit_[node_].end, unit_[parent_].end - unit_[node_].end).find('=') != std::string::npos;
    return found(shown ? ResultUse::unknown : ResultUse::formatted);
  }

  const Facts& facts_;
  const Unit& unit_;
  NodeId node_;
  NodeId parent_ = kNoNode;
};

}  // namespace

namespace {

// `[f(x) for x in name]`: a comprehension of the scope reads the name there and then, unless it has one of its own.
bool read_by_comprehension(const Facts& facts, NodeId node, const Binding& bound) {
  ScopeId scope = facts.scope_of[node];
  for (; scope != bound.scope; scope = facts.scopes[scope].parent) {
    if (scope == kNone || facts.scopes[scope].kind != ScopeKind::comprehension) return false;
    if (!facts.bindings_in(scope, bound.name).empty()) return false;
  }
  return facts.unit->nodes[node].start > facts.unit->nodes[bound.target].start;
}

}  // namespace

UseOfResult use_of_result(const Facts& facts, NodeId expression) { return Walk(facts, expression).run(); }

bool fails(ResultUse use) {
  switch (use) {
    case ResultUse::operand:
    case ResultUse::attribute:
    case ResultUse::item:
    case ResultUse::called:
    case ResultUse::iterated:
    case ResultUse::unpacked:
    case ResultUse::entered:
      return true;
    default:
      return false;
  }
}

NameUses uses_of_binding(const Facts& facts, std::uint32_t binding) {
  NameUses out;
  const Unit& unit = *facts.unit;
  const Binding& bound = facts.bindings[binding];
  auto candidates = facts.bindings_in(bound.scope, bound.name);
  for (std::uint32_t id : candidates) {
    BindingKind kind = facts.bindings[id].kind;
    if (kind == BindingKind::global || kind == BindingKind::nonlocal) out.all = false;
  }
  if (facts.scopes[bound.scope].kind != ScopeKind::function) out.all = false;
  for (NodeId n = 0; n < unit.nodes.size(); ++n) {
    if (unit[n].kind != Kind::identifier || unit.text_of(n) != bound.name) continue;
    NodeId parent = unit[n].parent;
    bool member = parent != kNoNode && ((unit[parent].kind == Kind::attribute && unit[n].field == Field::attribute) ||
                                        (unit[parent].kind == Kind::keyword_argument && unit[n].field == Field::name));
    bool target = std::any_of(candidates.begin(), candidates.end(),
                              [&](std::uint32_t id) { return facts.bindings[id].target == n; });
    if (member || target) continue;
    if (facts.scope_of[n] != bound.scope && !read_by_comprehension(facts, n, bound)) {
      // Another function's or comprehension's name, perhaps its own; perhaps this one.
      out.all &= facts.function_id_of(n) != facts.scopes[bound.scope].function &&
                 !facts.bindings_in(facts.scope_of[n], bound.name).empty();
      continue;
    }
    std::vector<std::uint32_t> reaching = reaching_bindings(facts, candidates, n);
    bool here = std::find(reaching.begin(), reaching.end(), binding) != reaching.end();
    if (!here) continue;
    if (reaching.size() == 1) {
      out.nodes.push_back(n);
    } else {
      out.shared.push_back(n);
      out.all = false;
    }
  }
  return out;
}

}  // namespace awaitd::analysis
