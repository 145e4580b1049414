// AWD709: asyncio.wait() takes tasks; coroutines are a TypeError from Python 3.11 on. What a plain
// loop over as_completed() gets are coroutines, each of which waits for the next one that is done.
#include "analysis/fixes/extract.h"
#include "analysis/rules/loop_calls.h"
#include "analysis/rules/needed_values.h"
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
  NodeId taken = kNoNode;          // the first place that takes it for a result
  bool results = true;             // .result() is all they ask for
  bool waits = false;              // some round does something else with it
};

// What a coroutine has itself.
bool is_of_coroutine(std::string_view member) {
  return member == "close" || member == "send" || member == "throw" || member.starts_with("cr_") ||
         member.starts_with("__");
}

void add_use(const UnitView& view, NodeId node, Rounds& rounds) {
  const Unit& unit = view.unit();
  const UseOfResult use = use_of_result(view.facts(), node);
  const bool attribute = use.use == ResultUse::attribute;
  const NodeId outer = attribute ? unit[use.node].parent : kNoNode;
  const Call* asks = outer == kNoNode ? nullptr : view.facts().call_at(outer);
  const bool handed = use.use == ResultUse::argument || use.use == ResultUse::element;
  if (asks != nullptr && asks->callee == use.node && (use.member == "result" || use.member == "exception")) {
    rounds.asked.push_back(asks);
    rounds.results &= use.member == "result";
  } else if ((fails(use.use) && !(attribute && is_of_coroutine(use.member))) || use.use == ResultUse::formatted ||
             (handed && need_of(view, use) != Need::none)) {
    if (rounds.taken == kNoNode) rounds.taken = node;
  } else {
    rounds.waits = true;
  }
}

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
    for (NodeId node : uses.nodes) add_use(view, node, found);
  }
  return found;
}

NodeId place_of(const Rounds& rounds) {
  if (!rounds.asked.empty()) return rounds.asked.front()->callee;
  return rounds.taken != kNoNode ? rounds.taken : rounds.target;
}

std::string message(const UnitView& view, const LoopCall& call, const Rounds& rounds) {
  const std::string target(view.text(rounds.target)), quoted = "`" + target + "`";
  const std::string iterator = "`" + std::string(view.text(call.call->callee)) + "()`";
  if (!rounds.asked.empty())
    return "`" + std::string(view.text(place_of(rounds))) + "()` raises AttributeError: " + iterator +
           " gives coroutines, no tasks; use `await " + target + "`.";
  if (rounds.taken != kNoNode)
    return quoted + " is a coroutine here, not a result: " + iterator +
           " gives what waits for the next one; use `await " + target + "`.";
  return "Nothing in this loop awaits " + quoted + ", so it waits for no task: each " + quoted +
         " is a coroutine that gives the next result; `await " + target + "` in every round.";
}

// In the place of what asks for the result, or as the first statement of the loop.
std::optional<Fix> await_rounds(const UnitView& view, const Rounds& rounds, bool probe) {
  if (!rounds.results || !can_await(view, rounds.body)) return std::nullopt;
  const std::string target(view.text(rounds.target));
  EditBuilder edits(view, probe);
  for (const Call* asked : rounds.asked) edits.replace(asked->node, awaited(view.unit(), asked->node, target));
  if (rounds.asked.empty()) {
    const NodeId first = view.unit().first_child(rounds.body);
    const auto indent = first == kNoNode ? std::nullopt : indentation_of(view.unit(), first);
    if (!indent) return std::nullopt;
    const std::string name = rounds.taken == kNoNode ? "" : target + " = ";
    edits.insert(view.unit()[first].start,
                 name + "await " + target + std::string(view.document().line_ending()) + *indent);
  }
  return edits.finish("Await it", Safety::suggested);
}

void check_rounds(const UnitView& view, const LoopCall& call, Report& report) {
  const auto rounds = rounds_over(view, call);
  if (!rounds || (rounds->asked.empty() && rounds->waits)) return;
  Finding& finding = report.add(place_of(*rounds), message(view, call, *rounds));
  finding.origin = call.origin;
  finding.confidence = call.definite ? Confidence::definite : Confidence::probable;
  finding.fixable = await_rounds(view, *rounds, true).has_value();
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
      if (view.document_range(place_of(*rounds)) == finding.range)
        return fixes.add(await_rounds(view, *rounds, fixes.probe()), true);
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
