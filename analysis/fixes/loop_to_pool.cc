#include "analysis/fixes/loop_to_pool.h"

#include <algorithm>

#include "analysis/fixes/extract.h"
#include "analysis/fixes/pool.h"
#include "analysis/fixes/region.h"
#include "analysis/knowledge/processes.h"
#include "analysis/knowledge/timeouts.h"
#include "analysis/knowledge/words.h"

namespace awaitd::analysis {
namespace {

bool is_builtin(const Value& v) {
  const bool made = v.kind == ValueKind::instance || v.kind == ValueKind::external;
  return made && v.name.starts_with("builtins.");
}

// Numbers, text and the like: what has the name elsewhere keeps its value whatever is done with it here.
bool never_changes(const ValueSet& values) {
  constexpr std::string_view kPlain = "builtins.int builtins.float builtins.str builtins.bool builtins.bytes "
                                      "builtins.complex builtins.tuple builtins.range builtins.frozenset";
  return !values.unknown && !values.values.empty() &&
         std::all_of(values.values.begin(), values.values.end(), [&](const Value& v) {
           return v.kind == ValueKind::none || (v.kind == ValueKind::instance && has_word(kPlain, v.name));
         });
}

class Mover {
 public:
  Mover(const UnitView& view, const LoopCost& loop)
      : view_(view), unit_(view.unit()), facts_(view.facts()), scope_(facts_.functions[loop.function].scope) {
    region_.function = loop.function;
    region_.statements = {loop.node};
    take_preparations();
  }

  bool prepare() {
    auto flow = flow_of(view_, region_);
    if (!flow || flow->returns) return false;
    for (NodeId n = region_.begin(); n < region_.end(unit_); ++n) {
      if (!may_move(n)) return false;
    }
    for (std::string_view name : flow->rebound) {
      if (!may_come_back(name)) return false;
    }
    results_ = std::move(flow->results);
    results_.insert(results_.end(), flow->rebound.begin(), flow->rebound.end());
    return true;
  }

  const Region& region() const { return region_; }
  const std::vector<std::string_view>& results() const { return results_; }
  const std::vector<std::string_view>& inputs() const { return inputs_; }

 private:
  bool mentions(std::string_view name) const {
    for (NodeId n = region_.begin(); n < region_.end(unit_); ++n) {
      if (unit_[n].kind == Kind::identifier && unit_.text_of(n) == name && reads_name(unit_, n)) return true;
    }
    return false;
  }

  // found = [], total = 0 in the lines before.
  void take_preparations() {
    std::vector<NodeId> before;
    for (NodeId s : children(unit_, unit_[region_.begin()].parent)) {
      if (s >= region_.begin()) break;
      if (unit_[s].kind != Kind::comment) before.push_back(s);
    }
    for (auto s = before.rbegin(); s != before.rend() && is_preparation(*s); ++s)
      region_.statements.insert(region_.statements.begin(), *s);
  }

  bool is_preparation(NodeId statement) const {
    if (unit_[statement].kind != Kind::expression_statement) return false;
    const NodeId assignment = unit_.first_child(statement);
    if (assignment == kNoNode || unit_[assignment].kind != Kind::assignment) return false;
    const NodeId left = unit_.child(assignment, Field::left), right = unit_.child(assignment, Field::right);
    if (left == kNoNode || right == kNoNode || unit_[left].kind != Kind::identifier) return false;
    switch (unit_[right].kind) {
      case Kind::integer:
      case Kind::float_:
      case Kind::string:
      case Kind::true_:
      case Kind::false_:
      case Kind::none:
        return mentions(unit_.text_of(left));
      default:
        return is_fresh(right) && mentions(unit_.text_of(left));
    }
  }

  // A container that nobody else has.
  bool is_fresh(NodeId value) const {
    if (value == kNoNode) return false;
    value = inside_parentheses(unit_, value);
    switch (unit_[value].kind) {
      case Kind::list:
      case Kind::set:
      case Kind::dictionary:
      case Kind::list_comprehension:
      case Kind::set_comprehension:
      case Kind::dictionary_comprehension:
        return true;
      case Kind::call: {
        const ValueSet made = view_.values(value);
        const bool one = !made.unknown && made.values.size() == 1 && made.values[0].kind == ValueKind::instance;
        const std::string_view name = one ? std::string_view(made.values[0].name) : std::string_view();
        return name == "builtins.list" || name == "builtins.dict" || name == "builtins.set" ||
               name == "builtins.bytearray" || name.starts_with("collections.");
      }
      case Kind::binary_operator:  // [0] * n
        return is_fresh(unit_.child(value, Field::left));
      default:
        return false;
    }
  }

  bool is_local(std::string_view name) const { return !facts_.bindings_in(scope_, name).empty(); }

  // A name that holds, in here, containers that were made in here.
  bool holds_fresh(std::string_view name) const {
    const auto bindings = facts_.bindings_in(scope_, name);
    return !bindings.empty() && std::all_of(bindings.begin(), bindings.end(), [&](std::uint32_t id) {
             const Binding& b = facts_.bindings[id];
             const bool here = region_.holds(unit_, b.target) && b.kind == BindingKind::assign && b.index == -1;
             return here && b.value != kNoNode && is_fresh(b.value);
           });
  }

  NodeId root_of_chain(NodeId node) const {
    for (NodeId inner = node;; node = inner) {
      node = inside_parentheses(unit_, node);
      const Kind kind = unit_[node].kind;
      inner = kind == Kind::attribute   ? unit_.child(node, Field::object)
              : kind == Kind::subscript ? unit_.child(node, Field::value)
                                        : kNoNode;
      if (inner == kNoNode) return node;
    }
  }

  bool changes_own(NodeId target) const {
    if (unit_[target].kind == Kind::attribute) return false;
    const NodeId root = root_of_chain(target);
    return unit_[root].kind == Kind::identifier && holds_fresh(unit_.text_of(root));
  }

  bool may_move(NodeId n) {
    switch (unit_[n].kind) {
      case Kind::function_definition:
      case Kind::lambda:
      case Kind::named_expression:
      case Kind::with_statement:
        return false;
      case Kind::attribute:
      case Kind::subscript:
        return (unit_[n].field != Field::left || !is_target(n)) || changes_own(n);
      case Kind::call:
        return may_call(n);
      case Kind::identifier:
        return !reads_name(unit_, n) || may_read(n);
      default:
        return true;
    }
  }

  bool is_target(NodeId n) const {
    const Kind kind = unit_[unit_[n].parent].kind;
    return kind == Kind::assignment || kind == Kind::augmented_assignment || kind == Kind::for_statement;
  }

  bool may_call(NodeId n) const {
    const Call* call = facts_.call_at(n);
    if (call == nullptr || call->callee == kNoNode) return false;
    const NodeId callee = call->callee;
    if (unit_[callee].kind == Kind::attribute) {
      const NodeId root = root_of_chain(callee);
      const NodeId attribute = unit_.child(callee, Field::attribute);
      if (attribute == kNoNode) return false;
      const std::string_view method = unit_.text_of(attribute);
      const bool named = unit_[root].kind == Kind::identifier;
      if (named && is_local(unit_.text_of(root)) && holds_fresh(unit_.text_of(root))) return true;
      if (is_word_for("mutates", method)) return false;
    }
    const ValueSet what = view_.callee(*call);
    return !what.unknown && !what.values.empty() && std::all_of(what.values.begin(), what.values.end(), is_harmless);
  }

  // It works on its arguments, in any process: a builtin, a function of the module or of a library.
  static bool is_harmless(const Value& v) {
    if (v.kind == ValueKind::function) return v.id == 1 && v.inner == nullptr;
    if (v.kind == ValueKind::cls) return true;
    constexpr std::string_view kNames = "builtins.setattr builtins.delattr builtins.input builtins.next";
    return v.kind == ValueKind::external && !has_word(kNames, v.name) && (v.inner == nullptr || is_builtin(v));
  }

  bool may_read(NodeId n) {
    const std::string_view name = unit_.text_of(n);
    ScopeId s = facts_.scope_of[n];
    while (s != kNone && facts_.bindings_in(s, name).empty()) s = facts_.scopes[s].parent;
    if (s != kNone && facts_.scopes[s].kind == ScopeKind::comprehension) return true;
    if (s != scope_) return of_module(name, n);
    for (std::uint32_t id : reaching_bindings(facts_, facts_.bindings_in(s, name), n)) {
      if (!region_.holds(unit_, facts_.bindings[id].target)) return may_go_along(name, n);
    }
    return true;
  }

  // What another process finds in its own copy of the module.
  bool of_module(std::string_view name, NodeId n) const {
    const auto* members = view_.linker().index().tables->globals.find(name);
    if (members == nullptr && view_.knowledge().is_builtin_name(name)) return true;
    if (members == nullptr || !view_.is_global_at(name, n)) return false;
    const ValueSet values = view_.meaning(name, n);
    const bool code = !values.unknown && !values.values.empty() &&
                      std::all_of(values.values.begin(), values.values.end(), [](const Value& v) {
                        return v.kind == ValueKind::function || v.kind == ValueKind::cls ||
                               v.kind == ValueKind::external || v.kind == ValueKind::module;
                      });
    return code || (members->size() == 1 && never_changes(values));
  }

  bool may_go_along(std::string_view name, NodeId n) {
    if (name == "self" || name == "cls") return false;
    for (const Value& v : view_.meaning(name, n).values) {
      const bool data = v.kind == ValueKind::none || (v.kind == ValueKind::instance && is_builtin(v));
      if (!data || !unpicklable(v.name).empty() || v.name == "builtins.generator") return false;
    }
    if (std::find(inputs_.begin(), inputs_.end(), name) == inputs_.end()) inputs_.push_back(name);
    return true;
  }

  // Its old value goes in, the new one comes out: it has one on every way here, and nobody shares it.
  bool may_come_back(std::string_view name) {
    bool bound = false;
    for (std::uint32_t id : facts_.bindings_in(scope_, name)) {
      const Binding& b = facts_.bindings[id];
      if (region_.holds(unit_, b.target)) continue;
      const NodeId block = b.statement == kNoNode ? kNoNode : unit_[b.statement].parent;
      const bool around = block != kNoNode && block < region_.begin() && region_.begin() < block + unit_[block].size;
      bound |= b.kind == BindingKind::parameter || (b.kind == BindingKind::assign && b.target < region_.begin() && around);
    }
    if (!bound || !never_changes(view_.meaning(name, region_.begin()))) return false;
    if (std::find(inputs_.begin(), inputs_.end(), name) == inputs_.end()) inputs_.push_back(name);
    return true;
  }

  const UnitView& view_;
  const Unit& unit_;
  const Facts& facts_;
  const ScopeId scope_;
  Region region_;
  std::vector<std::string_view> inputs_, results_;
};

std::string joined(const std::vector<std::string_view>& names) {
  std::string all;
  for (std::string_view name : names) all += (all.empty() ? "" : ", ") + std::string(name);
  return all;
}

// The lines, one step in instead of `indent`; nothing if one begins otherwise or lies in a string.
std::optional<std::string> body(const Unit& unit, Range lines, const std::string& indent, const std::string& step) {
  for (const Node& node : unit.nodes) {
    const bool here = node.start >= lines.start && node.end <= lines.end;
    if (here && node.kind == Kind::string && unit.text.find('\n', node.start) < node.end) return std::nullopt;
  }
  std::string text;
  for (std::uint32_t at = lines.start; at < lines.end;) {
    const std::uint32_t next = std::min(next_line(unit, static_cast<std::uint32_t>(std::min<std::size_t>(
                                                            unit.text.find_first_of("\r\n", at), lines.end))),
                                        lines.end);
    const bool blank = unit.text.find_first_not_of(" \t\r\n", at) >= next;
    if (!blank && unit.text.compare(at, indent.size(), indent) != 0) return std::nullopt;
    const auto from = static_cast<std::uint32_t>(at + (blank ? 0 : indent.size()));
    text += (blank ? "" : step) + unit.text.substr(from, next - from);
    at = std::max(next, at + 1);
  }
  return text;
}

}  // namespace

std::optional<Fix> loop_to_pool(const UnitView& view, const LoopCost& loop, bool probe) {
  const Unit& unit = view.unit();
  const Function& fn = view.facts().functions[loop.function];
  const std::uint32_t start = view.place().to_document(0u);
  const bool plain = loop.function == 1 && fn.name != kNoNode && view.linker().unit(view.at()).cls == kNone &&
                     view.document().line_start(view.document().line_of(start)) == start;
  if (!plain || !can_await(view, loop.node)) return std::nullopt;
  Mover mover(view, loop);
  if (!mover.prepare()) return std::nullopt;
  const auto helper = free_name(view, "compute_" + std::string(unit.text_of(fn.name)));
  const NodeId first = mover.region().begin(), last = mover.region().statements.back();
  const auto lines = whole_lines(unit, first, last);
  const auto indent = indentation_of(unit, first);
  const std::string step = indentation_step(view, loop.function), eol(view.document().line_ending());
  const auto moved = helper && lines && indent ? body(unit, *lines, *indent, step) : std::nullopt;
  if (!moved) return std::nullopt;
  const std::string inputs = joined(mover.inputs()), results = joined(mover.results());
  EditBuilder edits(view, probe);
  std::string title;
  const auto call = pooled(edits, view, loop.node, *helper + (inputs.empty() ? "" : ", " + inputs), title);
  if (!call) return std::nullopt;
  std::string text = "def " + *helper + "(" + inputs + "):" + eol + *moved + eol;
  if (!results.empty()) text += step + "return " + results + eol;
  edits.insert(0, text + eol + eol);  // behind the pool, if that is made here as well
  edits.replace(*lines, *indent + (results.empty() ? "" : results + " = ") + "await " + *call);
  return edits.finish(std::move(title), Safety::suggested);
}

}  // namespace awaitd::analysis
