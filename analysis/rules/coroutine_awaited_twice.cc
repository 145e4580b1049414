// AWD805: one coroutine object awaited twice, or in a loop: it can run only once.
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

void check(const UnitView& view, Report& report) {
  const Facts& facts = view.facts();
  const Unit& unit = view.unit();
  for (const CoroutineEvent& event : view.coroutines()) {
    if (event.use.use != ResultUse::named || event.lazy_object) continue;
    const Binding& binding = facts.bindings[event.use.binding];
    NodeId first = kNoNode;
    for (NodeId node : uses_of_binding(facts, event.use.binding).nodes) {
      UseOfResult use = use_of_result(facts, node);
      if (use.use != ResultUse::awaited) continue;
      std::string name = "`" + std::string(binding.name) + "`";
      std::string again = "; call " + written_call(view, event.node) + " again for each, or make it a task.";
      NodeId loop = loop_around(facts, use.node, binding.target);
      bool second =
          first != kNoNode && inside(unit, block_of(unit, first), use.node) && !leaves_after(facts, first, use.node);
      const bool repeated =
          loop != kNoNode && (!leaves_after(facts, use.node, kNoNode) || tried_again(unit, use.node, loop));
      if (second || repeated) {
        std::string message =
            second
                ? name + " has been awaited already: a coroutine runs only once, and this await raises a `RuntimeError`"
                : name +
                      " is awaited in a loop, but a coroutine runs only once: the second round raises a `RuntimeError`";
        Finding& finding = report.add(use.node, message + again);
        finding.origin = event.origin;
        finding.notes.push_back({"", view.range(event.node), "the coroutine is made here", -1});
        break;
      }
      if (first == kNoNode) first = use.node;
    }
  }
}

}  // namespace

extern constinit const Rule coroutine_awaited_twice = {
    .code = "AWD805",
    .name = "coroutine-awaited-twice",
    .summary = "One coroutine object awaited twice or in a loop",
    .severity = Severity::error,
    .check = check,
};

}  // namespace awaitd::analysis
