#include "analysis/effects/uses.h"

#include <algorithm>
#include <set>

#include "analysis/terms/term_builder.h"

namespace awaitd::analysis {
namespace {

class UseBuilder {
 public:
  explicit UseBuilder(const Facts& facts) : facts_(facts), unit_(*facts.unit), terms_(facts, uses_.terms) {}

  Uses build() {
    statement_.resize(unit_.nodes.size());
    for (NodeId n = 0; n < unit_.nodes.size(); ++n) {
      NodeId parent = unit_[n].parent;
      bool statement = parent == kNoNode || unit_[parent].kind == Kind::block || unit_[parent].kind == Kind::module;
      statement_[n] = statement ? n : statement_[parent];
    }
    find_askers();
    for (std::uint32_t i = 0; i < facts_.calls.size(); ++i) call(i);
    for (const Loop& loop : facts_.loops) simple(UseKind::iterate, loop.iterable, loop.function, loop.async);
    for (const WithItem& item : facts_.with_items) simple(UseKind::enter, item.value, item.function, item.async);
    for (NodeId n = 0; n < unit_.nodes.size(); ++n) {
      if (unit_[n].kind == Kind::attribute) attribute(n);
    }
    std::stable_sort(uses_.uses.begin(), uses_.uses.end(), [](const Use& a, const Use& b) { return a.node < b.node; });
    uses_.costs = build_costs(facts_, terms_, uses_.terms);
    std::vector<std::uint32_t> use_of(facts_.calls.size(), kNone);
    for (std::uint32_t u = 0; u < uses_.uses.size(); ++u) {
      if (uses_.uses[u].call != kNone) use_of[uses_.uses[u].call] = u;
    }
    for (CallCost& cost : uses_.costs.calls) cost.use = use_of[cost.call];
    return std::move(uses_);
  }

 private:
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
    circumstances(use, c.node);
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
  }

  void simple(UseKind kind, NodeId node, FunctionId function, bool async) {
    if (node == kNoNode) return;
    Use use;
    use.kind = kind;
    use.target = terms_.expression(node);
    use.function = function;
    use.node = node;
    use.async = async;
    circumstances(use, node);
    uses_.uses.push_back(use);
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
    circumstances(use, node);
    uses_.uses.push_back(use);
  }

  // Functions that look for a running loop (CPython docs, asyncio-eventloop; sniffio) know what they do with it.
  void find_askers() {
    asks_.resize(facts_.functions.size());
    for (const Argument& a : facts_.arguments) {
      if (unit_[a.value].kind == Kind::identifier) handed_.insert(unit_.text_of(a.value));
    }
    for (const Call& c : facts_.calls) {
      if (c.callee == kNoNode) continue;
      std::string_view name = unit_.text_of(c.callee);
      name = name.substr(name.rfind('.') + 1);
      for (std::string_view probe :
           {"get_running_loop", "_get_running_loop", "is_running", "current_async_library", "current_task"})
        if (name == probe) asks_[c.function] = true;
    }
  }

  // What the ifs and handlers around say of when this runs.
  void circumstances(Use& use, NodeId node) const {
    use.asks = asks_[use.function];
    NodeId child = statement_[node];
    for (NodeId n = unit_[child].parent; n != kNoNode; child = n, n = unit_[n].parent) {
      Kind kind = unit_[n].kind;
      if (kind == Kind::function_definition || kind == Kind::lambda) return;
      bool branch = unit_[child].field == Field::consequence || unit_[child].field == Field::alternative;
      if ((kind == Kind::if_statement || kind == Kind::elif_clause) && branch) {
        std::string_view condition = unit_.text_of(unit_.child(n, Field::condition));
        bool first = unit_[child].field == Field::consequence;
        if (first && (condition.ends_with("TYPE_CHECKING") || condition.starts_with("__name__ =="))) use.guarded = true;
        if (first && fills(child, condition)) use.once = true;
        if (condition.find("isinstance(") != std::string_view::npos && names_parameter(condition, use.function))
          use.by_type = true;
      }
      if (kind == Kind::try_statement && unit_[child].field == Field::body) {
        if (handles(n, "BlockingIOError")) use.tried = true;
        if (handles(n, "RuntimeError")) use.asks = true;  // what starting a loop inside a loop raises
      }
      if (kind == Kind::except_clause && mentions_running_loop(unit_[n].parent)) use.guarded = true;
    }
  }

  // `if self._x is None:` or `if not self._x:` over a block that assigns self._x; the same for a key `not in` a
  // mapping.
  bool fills(NodeId block, std::string_view condition) const {
    std::string_view subject;
    std::size_t none = condition.find(" is None"), absent = condition.find(" not in ");
    if (none != std::string_view::npos)
      subject = condition.substr(0, none);
    else if (absent != std::string_view::npos)
      subject = condition.substr(absent + 8);
    else if (condition.starts_with("not "))
      subject = condition.substr(4);
    while (subject.starts_with("(")) subject.remove_prefix(1);
    // A local would be filled anew in every call; what outlives the call hangs on something.
    if (subject.find_first_of("._[") == std::string_view::npos || subject.find(' ') != std::string_view::npos)
      return false;
    for (NodeId n = block; n < block + unit_[block].size; ++n) {
      if (unit_[n].kind != Kind::assignment) continue;
      NodeId left = unit_.child(n, Field::left);
      if (left != kNoNode && unit_.text_of(left).starts_with(subject)) return true;
    }
    return false;
  }

  bool names_parameter(std::string_view condition, FunctionId function) const {
    std::size_t open = condition.find("isinstance(");
    std::string_view rest = condition.substr(open + 11);
    std::string_view subject = rest.substr(0, rest.find_first_of(",)"));
    for (std::uint32_t b : facts_.bindings_in(facts_.functions[function].scope, subject)) {
      if (facts_.bindings[b].kind == BindingKind::parameter) return true;
    }
    return false;
  }

  // CPython docs, BlockingIOError: raised when an operation would block on an object set for non-blocking operation.
  bool handles(NodeId try_statement, std::string_view error) const {
    for (NodeId clause : children(unit_, try_statement)) {
      if (unit_[clause].kind != Kind::except_clause) continue;
      NodeId value = unit_.child(clause, Field::value);
      if (value != kNoNode && unit_.text_of(value).find(error) != std::string_view::npos) return true;
    }
    return false;
  }

  bool mentions_running_loop(NodeId try_statement) const {
    NodeId body = unit_.child(try_statement, Field::body);
    return body != kNoNode && unit_.text_of(body).find("get_running_loop") != std::string_view::npos;
  }

  const Facts& facts_;
  const Unit& unit_;
  std::set<std::string_view> handed_;  // names that stand among the arguments of some call
  std::vector<bool> asks_;             // by function
  std::vector<NodeId> statement_;      // by node: found in one pass, since expressions may be nested without end
  Uses uses_;
  TermBuilder terms_;
};

}  // namespace

Uses build_uses(const Facts& facts) { return UseBuilder(facts).build(); }

bool same_effect(const Uses& a, const Uses& b) {
  if (a.uses.size() != b.uses.size() || a.handed.size() != b.handed.size() || !(a.terms == b.terms)) return false;
  for (std::size_t i = 0; i < a.uses.size(); ++i) {
    const Use &x = a.uses[i], &y = b.uses[i];
    if (x.once != y.once || x.tried != y.tried || x.asks != y.asks || x.by_type != y.by_type || x.kind != y.kind ||
        x.target != y.target || x.name != y.name || x.function != y.function || x.awaited != y.awaited ||
        x.async != y.async || x.guarded != y.guarded || x.handed_count != y.handed_count) {
      return false;
    }
  }
  for (std::size_t i = 0; i < a.handed.size(); ++i) {
    const Handed &x = a.handed[i], &y = b.handed[i];
    if (x.value != y.value || x.position != y.position || x.keyword != y.keyword) return false;
  }
  return same_costs(a.costs, b.costs);
}

}  // namespace awaitd::analysis
