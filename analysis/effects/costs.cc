#include "analysis/effects/costs.h"

#include <unordered_map>

#include "analysis/effects/sizes.h"

namespace awaitd::analysis {
namespace {

// Of CPython 3.11 on a server's core, in nanoseconds; the order of magnitude is what counts.
constexpr double kRound = 25;  // fetching the next element and storing it

double nanoseconds(Kind kind) {
  switch (kind) {
    case Kind::call:
      return 70;
    case Kind::string:
      return 0;
    case Kind::interpolation:
      return 80;
    case Kind::binary_operator:
      return 30;
    case Kind::augmented_assignment:
      return 30;
    case Kind::subscript:
      return 25;
    case Kind::comparison_operator:
      return 25;
    case Kind::list:
    case Kind::tuple:
    case Kind::set:
    case Kind::dictionary:
      return 30;
    case Kind::attribute:
      return 15;
    case Kind::assignment:
    case Kind::boolean_operator:
    case Kind::not_operator:
    case Kind::conditional_expression:
    case Kind::unary_operator:
      return 10;
    case Kind::yield:
      return 40;
    case Kind::identifier:
      return 3;
    default:
      return 0;
  }
}

bool is_comprehension(Kind kind) {
  return kind == Kind::list_comprehension || kind == Kind::set_comprehension ||
         kind == Kind::dictionary_comprehension || kind == Kind::generator_expression;
}

class CostBuilder {
 public:
  CostBuilder(const Facts& facts, TermBuilder& terms, const Terms& arena)
      : facts_(facts), unit_(*facts.unit), sizes_(facts, terms, arena, out_) {}

  Costs build() {
    inner_.assign(unit_.nodes.size(), -1);
    for (NodeId n = 1; n < unit_.nodes.size(); ++n) visit(n);
    for (std::uint32_t c = 0; c < facts_.calls.size(); ++c) call(c);
    if (!out_.loops.empty() || !out_.calls.empty()) parameters();
    return std::move(out_);
  }

 private:
  // Nodes come in preorder: what is said of the parent is known.
  void visit(NodeId n) {
    NodeId parent = unit_[n].parent;
    Kind kind = unit_[n].kind, around = unit_[parent].kind;
    int loop = inner_[parent];
    if (kind == Kind::block && around == Kind::for_statement && unit_[n].field == Field::body) loop = own_[parent];
    if (around == Kind::while_statement && unit_[n].field != Field::alternative) loop = own_[parent];
    if (is_comprehension(around)) loop = inside_comprehension(parent, n);
    if (around == Kind::function_definition || around == Kind::lambda) loop = -1;
    inner_[n] = loop;
    if (kind == Kind::for_statement) for_statement(n);
    if (kind == Kind::while_statement) while_statement(n);
    if (is_comprehension(kind)) comprehension(n);
    if (loop < 0) return;
    out_.loops[static_cast<std::size_t>(loop)].nanoseconds += nanoseconds(kind);
    bool yields = kind == Kind::yield && facts_.functions[facts_.function_id_of(n)].async;
    if (kind == Kind::await || kind == Kind::kw_async || yields) mark(loop, &LoopCost::suspends);
    if (kind == Kind::return_statement || kind == Kind::raise_statement) mark(loop, &LoopCost::ends_early);
    if (kind == Kind::break_statement) out_.loops[static_cast<std::size_t>(statement_loop(loop))].ends_early = true;
  }

  int statement_loop(int loop) const {
    const LoopCost& l = out_.loops[static_cast<std::size_t>(loop)];
    return l.form == LoopCost::Form::comprehension && l.outer >= 0 ? statement_loop(l.outer) : loop;
  }

  void mark(int loop, bool LoopCost::* what) {
    for (; loop >= 0; loop = out_.loops[static_cast<std::size_t>(loop)].outer)
      out_.loops[static_cast<std::size_t>(loop)].*what = true;
  }

  int add(NodeId node, NodeId iterable, LoopCost::Form form, int outer) {
    LoopCost loop;
    loop.node = node;
    loop.iterable = iterable;
    loop.function = facts_.function_id_of(node);
    loop.outer = outer;
    loop.form = form;
    loop.nanoseconds = kRound;
    if (iterable != kNoNode) loop.size = sizes_.length(iterable);
    out_.loops.push_back(loop);
    return static_cast<int>(out_.loops.size()) - 1;
  }

  void for_statement(NodeId n) {
    int loop = add(n, unit_.child(n, Field::right), LoopCost::Form::statement, inner_[n]);
    own_[n] = loop;
    if (unit_.child(n, Kind::kw_async) != kNoNode) mark(loop, &LoopCost::suspends);
  }

  void while_statement(NodeId n) {
    NodeId condition = unit_.child(n, Field::condition);
    bool endless = condition != kNoNode && is_true(inside_parentheses(unit_, condition)) && !in_try(n);
    int loop = add(n, kNoNode, endless ? LoopCost::Form::endless : LoopCost::Form::statement, inner_[n]);
    own_[n] = loop;
    out_.loops[static_cast<std::size_t>(loop)].size = counted(n, condition);
  }

  bool is_true(NodeId condition) const {
    return unit_[condition].kind == Kind::true_ ||
           (unit_[condition].kind == Kind::integer && unit_.text_of(condition) == "1");
  }

  // An exception is a way out, too, where somebody here waits for one.
  bool in_try(NodeId n) const {
    for (NodeId child = n, p = unit_[n].parent; p != kNoNode; child = p, p = unit_[p].parent) {
      if (unit_[p].kind == Kind::function_definition) return false;
      if (unit_[p].kind == Kind::try_statement && unit_[child].field == Field::body) return true;
      if (unit_[p].kind == Kind::with_statement) return true;  // suppress()
    }
    return false;
  }

  // while i < n: ... i += 1
  SizeId counted(NodeId loop, NodeId condition) {
    if (condition == kNoNode) return 0;
    condition = inside_parentheses(unit_, condition);
    if (unit_[condition].kind != Kind::comparison_operator) return 0;
    NodeId left = kNoNode, right = kNoNode, op = unit_.child(condition, Field::operators);
    for (NodeId c : children(unit_, condition)) {
      if (unit_[c].field == Field::operators) continue;
      (left == kNoNode ? left : right) = c;
    }
    if (left == kNoNode || right == kNoNode || op == kNoNode || unit_[left].kind != Kind::identifier) return 0;
    if (unit_[op].kind != Kind::op_less && unit_[op].kind != Kind::op_less_equal) return 0;
    int steps = 0;
    for (const Binding& b : facts_.bindings) {
      if (b.kind != BindingKind::augmented || b.name != unit_.text_of(left) || b.value <= loop ||
          b.value >= loop + unit_[loop].size)
        continue;
      NodeId by = unit_.child(b.value, Field::right), how = unit_.child(b.value, Field::operator_);
      bool one = by != kNoNode && how != kNoNode && unit_[how].kind == Kind::op_plus_assign && unit_.text_of(by) == "1";
      steps += one ? 1 : 100;
    }
    return steps == 1 ? sizes_.value(right) : 0;
  }

  void comprehension(NodeId n) {
    int outer = inner_[n];
    bool lazy = false, early = false;
    if (unit_[n].kind == Kind::generator_expression) consumption(n, lazy, early);
    for (NodeId clause : children(unit_, n)) {
      if (unit_[clause].kind != Kind::for_in_clause) continue;
      outer = add(n, unit_.child(clause, Field::right), LoopCost::Form::comprehension, outer);
      LoopCost& loop = out_.loops[static_cast<std::size_t>(outer)];
      loop.lazy = lazy;
      loop.ends_early = early;
      own_[clause] = outer;
      if (unit_.child(clause, Kind::kw_async) != kNoNode) mark(outer, &LoopCost::suspends);
    }
    own_[n] = outer;
  }

  // The body and the conditions run in the innermost clause, a clause's iterable in the one before it.
  int inside_comprehension(NodeId comprehension, NodeId child) {
    if (unit_[child].kind != Kind::for_in_clause) return own_[comprehension];
    return out_.loops[static_cast<std::size_t>(own_[child])].outer;
  }

  // Who runs through a generator expression: only what does so here counts.
  void consumption(NodeId n, bool& lazy, bool& early) {
    NodeId outer = outside_parentheses(unit_, n);
    NodeId parent = unit_[outer].parent;
    lazy = true;
    if (parent == kNoNode) return;
    if (unit_[parent].kind == Kind::for_statement && unit_[outer].field == Field::right) lazy = false;
    NodeId list = unit_[outer].field == Field::arguments ? outer : parent;
    if (unit_[list].parent == kNoNode || unit_[list].field != Field::arguments) return;
    const Call* call = facts_.call_at(unit_[list].parent);
    if (call == nullptr) return;
    for (std::string_view all : {"sum", "min", "max", "sorted", "list", "tuple", "set", "dict", "frozenset"}) {
      if (sizes_.calls(*call, all)) lazy = false;
    }
    if (sizes_.calls(*call, "any") || sizes_.calls(*call, "all")) {
      lazy = false;
      early = true;
    }
    NodeId callee = call->callee;  // "".join(...)
    NodeId object =
        callee != kNoNode && unit_[callee].kind == Kind::attribute ? unit_.child(callee, Field::object) : kNoNode;
    if (object != kNoNode && unit_[object].kind == Kind::string) lazy = false;
  }

  void call(std::uint32_t id) {
    const Call& c = facts_.calls[id];
    CallCost cost;
    cost.call = id;
    cost.function = c.function;
    cost.loop = inner_[c.node];
    cost.first = static_cast<std::uint32_t>(out_.arguments.size());
    int position = 0;
    for (const Argument& a : facts_.arguments_of(c)) {
      cost.complete &= a.stars == 0;
      SizeArgument argument;
      if (a.name.empty()) argument.position = position++;
      argument.keyword = a.name;
      if (!worth(a.value)) continue;
      argument.value = sizes_.value(a.value);
      argument.length = sizes_.length(a.value);
      if (argument.value != 0 || argument.length != 0) out_.arguments.push_back(argument);
    }
    cost.count = static_cast<std::uint32_t>(out_.arguments.size()) - cost.first;
    if (!facts_.functions[c.function].module) out_.calls.push_back(cost);
  }

  bool worth(NodeId argument) const {
    NodeId inner = inside_parentheses(unit_, argument);
    Kind kind = unit_[inner].kind;
    return kind == Kind::integer || kind == Kind::identifier || kind == Kind::attribute || kind == Kind::call ||
           kind == Kind::binary_operator || is_comprehension(kind);
  }

  void parameters() {
    for (const Binding& b : facts_.bindings) {
      if (b.kind != BindingKind::parameter) continue;
      SizeParameter p;
      p.function = facts_.scopes[b.scope].function;
      p.name = b.name;
      p.index = b.index;
      if (b.value != kNoNode && unit_[b.value].kind != Kind::none) {
        p.value = sizes_.value(b.value);
        p.length = sizes_.length(b.value);
      }
      out_.parameters.push_back(p);
    }
  }

  const Facts& facts_;
  const Unit& unit_;
  Costs out_;
  SizeBuilder sizes_;
  std::vector<int> inner_;               // by node: the loop in whose rounds it runs
  std::unordered_map<NodeId, int> own_;  // a loop statement's, clause's or (the innermost) comprehension's
};

}  // namespace

Costs build_costs(const Facts& facts, TermBuilder& terms, const Terms& arena) {
  return CostBuilder(facts, terms, arena).build();
}

bool same_costs(const Costs& a, const Costs& b) {
  if (!(a.sizes == b.sizes) || a.loops.size() != b.loops.size() || a.calls.size() != b.calls.size()) return false;
  if (!(a.arguments == b.arguments) || !(a.parameters == b.parameters)) return false;
  for (std::size_t i = 0; i < a.loops.size(); ++i) {
    const LoopCost &x = a.loops[i], &y = b.loops[i];
    if (x.function != y.function || x.outer != y.outer || x.form != y.form || x.size != y.size ||
        (x.size != 0 && x.nanoseconds != y.nanoseconds) || x.suspends != y.suspends || x.ends_early != y.ends_early ||
        x.lazy != y.lazy) {
      return false;
    }
  }
  for (std::size_t i = 0; i < a.calls.size(); ++i) {
    const CallCost &x = a.calls[i], &y = b.calls[i];
    if (x.call != y.call || x.function != y.function || x.loop != y.loop || x.complete != y.complete ||
        x.first != y.first || x.count != y.count)
      return false;
  }
  return true;
}

}  // namespace awaitd::analysis
