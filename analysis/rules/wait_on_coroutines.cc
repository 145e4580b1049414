// AWD709: asyncio.wait() takes tasks; coroutines are a TypeError from Python 3.11 on. What a plain
// loop over as_completed() gets are coroutines, each of which waits for the next one that is done.
#include "analysis/fixes/extract.h"
#include "analysis/rules/loop_calls.h"
#include "analysis/rules/result_use.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

constexpr PythonVersion kRefused{3, 11};

bool is_coroutine(const UnitView& view, NodeId node) {
  ValueSet values = view.values(node);
  if (values.unknown || values.values.empty()) return false;
  for (const Value& v : values.values) {
    if (v.kind != ValueKind::coroutine) return false;
  }
  return true;
}

// The expressions in a list, tuple, set or comprehension that are coroutines.
std::vector<NodeId> coroutines_in(const UnitView& view, NodeId node) {
  const Unit& unit = view.unit();
  node = inside_parentheses(unit, node);
  std::vector<NodeId> found;
  switch (unit[node].kind) {
    case Kind::list_comprehension:
    case Kind::set_comprehension:
    case Kind::generator_expression: {
      NodeId body = unit.child(node, Field::body);
      if (body != kNoNode && is_coroutine(view, body)) found.push_back(body);
      return found;
    }
    case Kind::list:
    case Kind::tuple:
    case Kind::set:
      for (NodeId c : children(unit, node)) {
        if (unit[c].kind != Kind::comment && unit[c].kind != Kind::list_splat && is_coroutine(view, c))
          found.push_back(c);
      }
      return found;
    default:
      return found;
  }
}

// `for done in as_completed(tasks):` hands out coroutines that wait for the next task.
struct Rounds {
  NodeId loop = kNoNode, target = kNoNode, body = kNoNode;
  std::vector<const Call*> asked;  // done.result(): a coroutine has no such method
  bool results = true;             // that is all they ask for
  bool waits = false;              // some round does something else with it
};

std::optional<Rounds> rounds_over(const UnitView& view, const LoopCall& call) {
  const Unit& unit = view.unit();
  const Facts& facts = view.facts();
  const NodeId iterable = outside_parentheses(unit, call.call->node);
  Rounds found;
  found.loop = unit[iterable].parent;
  if (found.loop == kNoNode || unit[found.loop].kind != Kind::for_statement || unit[iterable].field != Field::right ||
      unit.child(found.loop, Kind::kw_async) != kNoNode)
    return std::nullopt;
  found.target = unit.child(found.loop, Field::left);
  found.body = unit.child(found.loop, Field::body);
  if (found.target == kNoNode || found.body == kNoNode || unit[found.target].kind != Kind::identifier)
    return std::nullopt;
  for (std::uint32_t b = 0; b < facts.bindings.size(); ++b) {
    if (facts.bindings[b].target != found.target) continue;
    const NameUses uses = uses_of_binding(facts, b);
    if (!uses.all) return std::nullopt;
    for (NodeId node : uses.nodes) {
      const UseOfResult use = use_of_result(facts, node);
      const NodeId called = use.use == ResultUse::attribute ? unit[use.node].parent : kNoNode;
      const Call* asks = called == kNoNode ? nullptr : facts.call_at(called);
      const bool result = asks != nullptr && asks->callee == use.node && (use.member == "result" || use.member == "exception");
      found.results &= !result || use.member == "result";
      if (result)
        found.asked.push_back(asks);
      else
        found.waits = true;
    }
  }
  return found;
}

std::string leaves(const UnitView& view, const Rounds& rounds) {
  const std::string target(view.text(rounds.target));
  return "Nothing in this loop awaits `" + target + "`, so it waits for no task: each `" + target +
         "` is a coroutine that gives the next result; `await " + target + "` in every round.";
}

void check_rounds(const UnitView& view, const LoopCall& call, Report& report) {
  const auto rounds = rounds_over(view, call);
  if (!rounds || (rounds->asked.empty() && rounds->waits)) return;
  const bool asked = !rounds->asked.empty();
  const std::string target(view.text(rounds->target));
  const NodeId place = asked ? rounds->asked.front()->callee : rounds->target;
  Finding& finding = report.add(place, asked ? "`" + std::string(view.text(place)) +
                                                   "()` raises AttributeError: `" + std::string(view.text(call.call->callee)) +
                                                   "()` gives coroutines, no tasks; use `await " + target + "`."
                                             : leaves(view, *rounds));
  finding.origin = call.origin;
  finding.confidence = call.definite ? Confidence::definite : Confidence::probable;
  finding.fixable = rounds->results && can_await(view, rounds->body);
}

void fix_rounds(const UnitView& view, const Rounds& rounds, FixList& fixes) {
  if (!rounds.results || !can_await(view, rounds.body)) return;
  const std::string target(view.text(rounds.target));
  EditBuilder edits(view, fixes.probe());
  for (const Call* asked : rounds.asked) edits.replace(asked->node, awaited(view.unit(), asked->node, target));
  if (rounds.asked.empty()) {
    const NodeId first = view.unit().first_child(rounds.body);
    const auto indent = indentation_of(view.unit(), first);
    if (!indent) return;
    edits.insert(view.unit()[first].start,
                 "await " + target + std::string(view.document().line_ending()) + *indent);
  }
  fixes.add(edits.finish("Await it", Safety::suggested), true);
}

void check(const UnitView& view, Report& report) {
  for (const LoopCall& call : view.loop_calls()) {
    if (call.as(LoopRole::each) != nullptr) check_rounds(view, call, report);
    const LoopFact* fact = call.as(LoopRole::wait);
    const Argument* argument = fact == nullptr ? nullptr : argument_of(view, *call.call, *fact);
    if (argument == nullptr) continue;
    std::vector<NodeId> coroutines = coroutines_in(view, argument->value);
    if (coroutines.empty()) continue;
    const bool raises = view.options().target >= kRefused;
    std::string name = "`" + std::string(view.text(call.call->callee)) + "()`";
    Finding& finding = report.add(
        coroutines.front(),
        name +
            (raises ? " raises TypeError for a coroutine" : " raises TypeError for a coroutine from Python 3.11 on") +
            ": it takes tasks; wrap it in `asyncio.create_task()`.");
    finding.origin = call.origin;
    finding.confidence = call.definite ? Confidence::definite : Confidence::probable;
    if (!raises) finding.severity = Severity::warning;
    finding.fixable = true;
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const LoopCall& call : view.loop_calls()) {
    if (const auto rounds = call.as(LoopRole::each) == nullptr ? std::nullopt : rounds_over(view, call)) {
      const NodeId place = rounds->asked.empty() ? rounds->target : rounds->asked.front()->callee;
      if (view.document_range(place) == finding.range) return fix_rounds(view, *rounds, fixes);
    }
    const LoopFact* fact = call.as(LoopRole::wait);
    const Argument* argument = fact == nullptr ? nullptr : argument_of(view, *call.call, *fact);
    if (argument == nullptr) continue;
    std::vector<NodeId> coroutines = coroutines_in(view, argument->value);
    if (coroutines.empty() || !(view.document_range(coroutines.front()) == finding.range)) continue;
    EditBuilder edits(view, fixes.probe());
    auto name = edits.name_for(std::string(call.facts.front().library) + ".create_task", call.call->node);
    if (!name) return;
    for (NodeId node : coroutines) edits.replace(node, *name + "(" + std::string(view.text(node)) + ")");
    fixes.add(edits.finish("Make tasks of the coroutines", Safety::safe), true);
    return;
  }
}

}  // namespace

extern constinit const Rule wait_on_coroutines = {
    .code = "AWD709",
    .name = "wait-on-coroutines",
    .summary = "asyncio.wait() on coroutines instead of tasks, and as_completed() without an await",
    .severity = Severity::error,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
