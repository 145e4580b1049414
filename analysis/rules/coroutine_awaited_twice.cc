// AWD805: one coroutine object awaited twice, or in a loop: it can run only once.
#include "analysis/fixes/extract.h"
#include "analysis/rules/coroutine_values.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

NodeId block_of(const Unit& unit, NodeId node) {
  for (NodeId n = unit[node].parent; n != kNoNode; n = unit[n].parent) {
    if (unit[n].kind == Kind::block || unit[n].kind == Kind::module) return n;
  }
  return 0;
}

bool inside(const Unit& unit, NodeId outer, NodeId node) { return outer <= node && node < outer + unit[outer].size; }

bool leaves(Kind kind) {
  return kind == Kind::return_statement || kind == Kind::raise_statement || kind == Kind::break_statement ||
         kind == Kind::continue_statement;
}

// True if the await's statement, or one behind it in its own block that starts before `until`, leaves.
bool leaves_after(const Facts& facts, NodeId await, NodeId until) {
  const Unit& unit = *facts.unit;
  NodeId statement = facts.statement_of(await);
  for (NodeId s : children(unit, block_of(unit, await))) {
    if (s + unit[s].size > statement && s + unit[s].size <= until && leaves(unit[s].kind)) return true;
  }
  return false;
}

// The loop inside the function that runs the await again with the binding outside it.
NodeId loop_around(const Facts& facts, NodeId await, NodeId target) {
  const Unit& unit = *facts.unit;
  for (NodeId n = unit[await].parent; n != kNoNode; n = unit[n].parent) {
    Kind kind = unit[n].kind;
    if (kind == Kind::function_definition || kind == Kind::lambda) return kNoNode;
    if (kind != Kind::for_statement && kind != Kind::while_statement) continue;
    NodeId body = unit.child(n, Field::body);
    bool repeated = body != kNoNode && inside(unit, body, await);
    return repeated && !inside(unit, n, target) ? n : kNoNode;
  }
  return kNoNode;
}

bool ends_by_leaving(const Unit& unit, NodeId clause) {
  NodeId last = kNoNode;
  for (NodeId block : children(unit, clause)) {
    if (unit[block].kind != Kind::block) continue;
    for (NodeId s : children(unit, block)) {
      if (unit[s].kind != Kind::comment) last = s;
    }
  }
  return last != kNoNode && unit[last].kind != Kind::continue_statement && leaves(unit[last].kind);
}

// `for _ in range(3): try: return await job  except OSError: log()`: the next round comes when the await has failed.
bool tried_again(const Unit& unit, NodeId await, NodeId loop) {
  for (NodeId n = unit[await].parent; n != loop && n != kNoNode; n = unit[n].parent) {
    if (unit[n].kind != Kind::try_statement || !inside(unit, unit.child(n, Field::body), await)) continue;
    for (NodeId clause : children(unit, n)) {
      if (unit[clause].kind == Kind::except_clause && !ends_by_leaving(unit, clause)) return true;
    }
  }
  return false;
}

// The second await of a coroutine, or the one in a loop.
struct Again {
  NodeId name = kNoNode;  // what is awaited
  NodeId await = kNoNode;
  bool second = false;
  bool only = false;  // the name is used nowhere else
};

std::optional<Again> awaited_again(const UnitView& view, const CoroutineEvent& event) {
  const Facts& facts = view.facts();
  const Unit& unit = view.unit();
  if (event.use.use != ResultUse::named || event.lazy_object) return std::nullopt;
  const Binding& binding = facts.bindings[event.use.binding];
  const NameUses uses = uses_of_binding(facts, event.use.binding);
  NodeId first = kNoNode;
  for (NodeId node : uses.nodes) {
    const UseOfResult use = use_of_result(facts, node);
    if (use.use != ResultUse::awaited) continue;
    const NodeId loop = loop_around(facts, use.node, binding.target);
    const bool second =
        first != kNoNode && inside(unit, block_of(unit, first), use.node) && !leaves_after(facts, first, use.node);
    const bool repeated =
        loop != kNoNode && (!leaves_after(facts, use.node, kNoNode) || tried_again(unit, use.node, loop));
    if (second || repeated) return Again{node, use.node, second, uses.all && uses.nodes.size() == 1};
    if (first == kNoNode) first = use.node;
  }
  return std::nullopt;
}

// What the call is made of is the same where it would be made again.
bool can_be_repeated(const UnitView& view, const Call& call, NodeId name) {
  const Unit& unit = view.unit();
  const Facts& facts = view.facts();
  if (call.function != facts.function_id_of(name)) return false;
  for (NodeId n = call.node; n < call.node + unit[call.node].size; ++n) {
    const Kind kind = unit[n].kind;
    if (kind == Kind::await || kind == Kind::named_expression || kind == Kind::yield || kind == Kind::lambda)
      return false;
    if (kind != Kind::identifier || !reads_name(unit, n) || view.is_global_at(unit.text_of(n), n)) continue;
    if (facts.bindings_in(facts.functions[call.function].scope, unit.text_of(n)).size() != 1) return false;
  }
  return true;
}

// `await fetch()` instead of `await job`; the coroutine that would then never be awaited goes.
std::optional<Fix> call_again(const UnitView& view, const CoroutineEvent& event, const Again& again, bool probe) {
  const Unit& unit = view.unit();
  if (event.call == nullptr || !can_be_repeated(view, *event.call, again.name)) return std::nullopt;
  EditBuilder edits(view, probe);
  edits.replace(again.name, std::string(view.text(event.node)));
  if (!again.second) {
    const NodeId statement = view.facts().statement_of(event.node), assignment = unit[event.node].parent;
    const bool plain = again.only && unit[statement].kind == Kind::expression_statement &&
                       unit[assignment].kind == Kind::assignment && unit[assignment].parent == statement &&
                       unit[unit.child(assignment, Field::left)].kind == Kind::identifier;
    auto lines = plain ? whole_lines(unit, statement, statement) : std::nullopt;
    if (!lines) return std::nullopt;
    edits.replace(Range{lines->start, next_line(unit, lines->end)}, "");
  }
  return edits.finish("Call " + written_call(view, event.node) + " again", Safety::suggested);
}

void check(const UnitView& view, Report& report) {
  for (const CoroutineEvent& event : view.coroutines()) {
    const auto again = awaited_again(view, event);
    if (!again) continue;
    const std::string name = "`" + std::string(view.facts().bindings[event.use.binding].name) + "`";
    const std::string message =
        again->second
            ? name + " has been awaited already: a coroutine runs only once, and this await raises a `RuntimeError`"
            : name + " is awaited in a loop, but a coroutine runs only once: the second round raises a `RuntimeError`";
    Finding& finding = report.add(
        again->await, message + "; call " + written_call(view, event.node) + " again for each, or make it a task.");
    finding.origin = event.origin;
    finding.notes.push_back({"", view.range(event.node), "the coroutine is made here", -1});
    finding.fixable = call_again(view, event, *again, true).has_value();
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const CoroutineEvent& event : view.coroutines()) {
    const auto again = awaited_again(view, event);
    if (again && view.document_range(again->await) == finding.range)
      fixes.add(call_again(view, event, *again, fixes.probe()), true);
  }
}

}  // namespace

extern constinit const Rule coroutine_awaited_twice = {
    .code = "AWD805",
    .name = "coroutine-awaited-twice",
    .summary = "One coroutine object awaited twice or in a loop",
    .severity = Severity::error,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
