#include "analysis/effects/uses.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "analysis/effects/circumstances.h"
#include "analysis/effects/reading.h"
#include "analysis/knowledge/words.h"
#include "analysis/terms/term_builder.h"

namespace awaitd::analysis {
namespace {

class UseBuilder {
 public:
  explicit UseBuilder(const Facts& facts)
      : facts_(facts), unit_(*facts.unit), terms_(facts, uses_.terms), circumstances_(facts, terms_, uses_.terms) {}

  Uses build() {
    for (const Argument& a : facts_.arguments) {
      if (unit_[a.value].kind == Kind::identifier) handed_.insert(unit_.text_of(a.value));
    }
    for (std::uint32_t i = 0; i < facts_.calls.size(); ++i) call(i);
    for (const Loop& loop : facts_.loops) simple(UseKind::iterate, loop.iterable, loop.function, loop.async);
    for (const WithItem& item : facts_.with_items) simple(UseKind::enter, item.value, item.function, item.async);
    for (const Return& y : facts_.yields) {
      bool from = y.value != kNoNode && unit_.text_of(y.node).starts_with("yield from");
      if (from) simple(UseKind::consume, y.value, y.function, false);
    }
    for (NodeId n = 0; n < unit_.nodes.size(); ++n) node(n);
    leave_to_others();
    std::stable_sort(uses_.uses.begin(), uses_.uses.end(), [](const Use& a, const Use& b) { return a.node < b.node; });
    uses_.costs = build_costs(facts_, terms_, uses_.terms);
    std::vector<std::uint32_t> use_of(facts_.calls.size(), kNone);
    for (std::uint32_t u = 0; u < uses_.uses.size(); ++u) {
      if (uses_.uses[u].call != kNone) use_of[uses_.uses[u].call] = u;
    }
    for (CallCost& cost : uses_.costs.calls) cost.use = use_of[cost.call];
    uses_.terms.shrink_to_fit();
    uses_.uses.shrink_to_fit();
    uses_.handed.shrink_to_fit();
    return std::move(uses_);
  }

 private:
  // What stands in a generator expression runs where that is read. Of a sync function nobody can tell who does: what it
  // returns is taken for read there.
  void leave_to_others() {
    const bool any = std::any_of(unit_.nodes.begin(), unit_.nodes.end(),
                                 [](const Node& node) { return node.kind == Kind::generator_expression; });
    if (!any) return;
    for (Use& use : uses_.uses) {
      if (facts_.functions[use.function].async && is_read_elsewhere(facts_, use.node)) use.guarded = true;
    }
  }

  void call(std::uint32_t id) {
    const Call& c = facts_.calls[id];
    if (c.callee == kNoNode) return;
    Use use;
    use.kind = UseKind::call;
    use.target = terms_.expression(c.callee);
    use.function = c.function;
    use.node = c.callee;
    use.call = id;
    use.awaited = c.awaited;
    use.consumed = is_read(facts_, c.node);
    circumstances_.add(use, c.node);
    // What is handed to somebody as well - a thread, most likely - is called here for a reason.
    if (unit_[c.callee].kind == Kind::identifier && handed_.count(unit_.text_of(c.callee)) != 0) use.asks = true;
    use.first_handed = static_cast<std::uint32_t>(uses_.handed.size());
    int position = 0;
    for (const Argument& a : facts_.arguments_of(c)) {
      if (a.stars != 0) continue;
      Handed handed;
      if (a.name.empty()) handed.position = position++;
      handed.keyword = a.name;
      handed.node = inside_parentheses(unit_, a.value);
      Kind kind = unit_[handed.node].kind;
      if (kind != Kind::identifier && kind != Kind::attribute && kind != Kind::lambda && kind != Kind::call) continue;
      handed.value = terms_.expression(handed.node);
      uses_.handed.push_back(handed);
    }
    use.handed_count = static_cast<std::uint32_t>(uses_.handed.size()) - use.first_handed;
    uses_.uses.push_back(use);
    builtin(c, use.target);
  }

  // list(x) reads x; len(x) asks it.
  void builtin(const Call& c, TermId callee) {
    if (unit_[c.callee].kind == Kind::attribute) return method(c);
    if (unit_[c.callee].kind != Kind::identifier || uses_.terms[callee].kind != TermKind::free_name) return;
    const Argument* first = facts_.positional(c, 0);
    if (first == nullptr) return;
    std::string_view name = unit_.text_of(c.callee);
    if (reads_argument(name)) consume(first->value, c.function);
    if (std::string_view method = method_asked(name); !method.empty()) special(first->value, first->value, method, c.function);
  }

  // stack.enter_context(x) enters x, ", ".join(x) reads it.
  void method(const Call& c) {
    const Argument* first = facts_.positional(c, 0);
    const NodeId object = unit_.child(c.callee, Field::object), name = unit_.child(c.callee, Field::attribute);
    if (first == nullptr || object == kNoNode || name == kNoNode) return;
    if (is_word_for("enters", unit_.text_of(name))) simple(UseKind::enter, inside_parentheses(unit_, first->value), c.function, false);
    if (unit_[object].kind == Kind::string && unit_.text_of(name) == "join") consume(first->value, c.function);
  }

  void consume(NodeId node, FunctionId function) {
    node = inside_parentheses(unit_, node);
    Kind kind = unit_[node].kind;
    if (kind == Kind::call || kind == Kind::identifier || kind == Kind::attribute) simple(UseKind::consume, node, function, false);
  }

  void special(NodeId object, NodeId node, std::string_view method, FunctionId function) {
    if (object == kNoNode) return;
    Use use;
    use.kind = UseKind::special;
    use.target = terms_.expression(object);
    const TermKind kind = uses_.terms[use.target].kind;
    if (kind == TermKind::unknown || kind == TermKind::literal || kind == TermKind::container) return;
    use.name = method;
    use.function = function;
    use.node = node;
    circumstances_.add(use, node);
    uses_.uses.push_back(use);
  }

  void simple(UseKind kind, NodeId node, FunctionId function, bool async) {
    if (node == kNoNode) return;
    Use use;
    use.kind = kind;
    use.target = terms_.expression(node);
    use.function = function;
    use.node = node;
    use.async = async;
    circumstances_.add(use, node);
    uses_.uses.push_back(use);
  }

  void node(NodeId n) {
    switch (unit_[n].kind) {
      case Kind::attribute: return attribute(n);
      case Kind::subscript: return subscript(n);
      case Kind::binary_operator: {
        NodeId op = unit_.child(n, Field::operator_);
        if (op == kNoNode) return;
        std::string_view method = operator_method(unit_.text_of(op));
        if (!method.empty()) special(unit_.child(n, Field::left), n, method, facts_.function_id_of(n));
        return;
      }
      case Kind::comparison_operator: return membership(n);
      case Kind::list_splat: {
        NodeId value = kNoNode;  // behind the star
        for (NodeId c : children(unit_, n)) value = c;
        // tree-sitter binds the star of `f(*x.items())` to x alone.
        for (NodeId up = unit_[n].parent, inner = n; up != kNoNode; inner = up, up = unit_[up].parent) {
          const Field field = unit_[inner].field;
          if (field != Field::object && field != Field::function) break;
          value = up;
        }
        if (value != kNoNode) consume(value, facts_.function_id_of(n));
        return;
      }
      case Kind::assignment: {
        NodeId left = unit_.child(n, Field::left), right = unit_.child(n, Field::right);
        if (left == kNoNode || right == kNoNode) return;
        Kind kind = unit_[left].kind;
        bool unpacks = kind == Kind::pattern_list || kind == Kind::tuple_pattern || kind == Kind::list_pattern;
        if (unpacks) consume(right, facts_.function_id_of(n));
        return;
      }
      default: return;
    }
  }

  // Only where it is evaluated: types are subscripted, too.
  void subscript(NodeId n) {
    NodeId parent = unit_[n].parent;
    if (parent == kNoNode || unit_[parent].kind == Kind::type || unit_[n].field == Field::type) return;
    bool target = unit_[parent].kind == Kind::assignment && unit_[n].field == Field::left;
    std::string_view method = target ? "__setitem__" : unit_[parent].kind == Kind::delete_statement ? "__delitem__" : "__getitem__";
    special(unit_.child(n, Field::value), n, method, facts_.function_id_of(n));
  }

  void membership(NodeId n) {
    NodeId last = kNoNode;
    bool in = false;
    for (NodeId c : children(unit_, n)) {
      std::string_view text = unit_.text_of(c);
      if (unit_[c].field == Field::operators) in |= text == "in" || text == "not in" || text == "not";
      else last = c;
    }
    if (in) special(last, last, "__contains__", facts_.function_id_of(n));
  }

  // Reads and writes that could run a property: not callees (those are calls), not names of modules.
  void attribute(NodeId node) {
    NodeId parent = unit_[node].parent;
    if (parent != kNoNode && unit_[parent].kind == Kind::call && unit_[node].field == Field::function) return;
    NodeId object = unit_.child(node, Field::object), name = unit_.child(node, Field::attribute);
    if (object == kNoNode || name == kNoNode) return;
    Use use;
    bool target = parent != kNoNode && unit_[parent].kind == Kind::assignment && unit_[node].field == Field::left;
    use.kind = target ? UseKind::write : UseKind::read;
    use.target = terms_.expression(object);
    const Term& term = uses_.terms[use.target];
    if (term.kind == TermKind::unknown || term.kind == TermKind::import) return;
    use.name = unit_.text_of(name);
    use.function = facts_.function_id_of(node);
    use.node = node;
    circumstances_.add(use, node);
    uses_.uses.push_back(use);
  }

  const Facts& facts_;
  const Unit& unit_;
  std::set<std::string_view> handed_;  // names that stand among the arguments of some call
  Uses uses_;
  TermBuilder terms_;
  Circumstances circumstances_;
};

}  // namespace

Uses build_uses(const Facts& facts) { return UseBuilder(facts).build(); }

bool same_effect(const Uses& a, const Uses& b) {
  if (a.uses.size() != b.uses.size() || a.handed.size() != b.handed.size() || !(a.terms == b.terms)) return false;
  auto told = [](const Use& u) {
    return std::tie(u.kind, u.target, u.name, u.function, u.awaited, u.async, u.once, u.by_type, u.tried, u.asks, u.guarded, u.consumed,
                    u.some_platforms, u.python_below, u.condition, u.condition_holds, u.flag, u.flag_holds, u.flag_none, u.handed_count);
  };
  for (std::size_t i = 0; i < a.uses.size(); ++i) {
    if (told(a.uses[i]) != told(b.uses[i])) return false;
  }
  for (std::size_t i = 0; i < a.handed.size(); ++i) {
    const Handed &x = a.handed[i], &y = b.handed[i];
    if (x.value != y.value || x.position != y.position || x.keyword != y.keyword) return false;
  }
  return same_costs(a.costs, b.costs);
}

}  // namespace awaitd::analysis
