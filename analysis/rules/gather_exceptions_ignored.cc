// AWD704: gather(return_exceptions=True) or wait() whose outcome nobody looks at: errors are results there.
#include <algorithm>

#include "analysis/fixes/task_outcome.h"
#include "analysis/knowledge/words.h"
#include "analysis/rules/fate.h"
#include "analysis/rules/loop_calls.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

// The statement that drops the awaited value, the names it is put into, or neither.
struct Outcome {
  bool dropped = false;
  std::vector<std::uint32_t> bindings;
};

Outcome outcome_of(const UnitView& view, const Call& call) {
  const Unit& unit = view.unit();
  Outcome outcome;
  NodeId node = outside_parentheses(unit, call.node), parent = unit[node].parent;
  if (!call.awaited || parent == kNoNode) return outcome;
  NodeId awaited = outside_parentheses(unit, parent), around = unit[awaited].parent;
  if (around == kNoNode) return outcome;
  outcome.dropped = unit[around].kind == Kind::expression_statement;
  if (unit[around].kind != Kind::assignment || unit[awaited].field != Field::right) return outcome;
  for (std::uint32_t b = 0; b < view.facts().bindings.size(); ++b) {
    const Binding& binding = view.facts().bindings[b];
    if (binding.value == awaited && binding.kind == BindingKind::assign &&
        view.facts().scopes[binding.scope].kind == ScopeKind::function)
      outcome.bindings.push_back(b);
  }
  return outcome;
}

bool unread(const UnitView& view, std::uint32_t binding) {
  LocalUse use = local_use(view, binding);
  return use.reads.empty() && use.marks.empty();
}

bool is_true(const UnitView& view, const Argument* argument) {
  return argument != nullptr && view.unit()[argument->value].kind == Kind::true_;
}

// Work that is started right here. Names hold tasks that others may look at; closing things is past caring; what
// asyncio itself gives (sleep, Event.wait) does not fail.
enum class Work : std::uint8_t { none, foreign, own };

Work work_of_call(const UnitView& view, const Call& call);

Work work_in(const UnitView& view, NodeId node) {
  const Unit& unit = view.unit();
  node = inside_parentheses(unit, node);
  switch (unit[node].kind) {
    case Kind::call: {
      const Call* call = view.facts().call_at(node);
      return call == nullptr ? Work::none : work_of_call(view, *call);
    }
    case Kind::list_comprehension:
    case Kind::set_comprehension:
    case Kind::generator_expression: {
      NodeId body = unit.child(node, Field::body);
      return body == kNoNode ? Work::none : work_in(view, body);
    }
    case Kind::list:
    case Kind::tuple:
    case Kind::set: {
      Work most = Work::none;
      for (NodeId c : children(unit, node)) {
        if (unit[c].kind != Kind::comment) most = std::max(most, work_in(view, c));
      }
      return most;
    }
    default:
      return Work::none;
  }
}

Work work_of_call(const UnitView& view, const Call& call) {
  if (call.callee == kNoNode) return Work::none;
  for (const LoopCall& spawn : view.loop_calls()) {
    const LoopFact* fact = spawn.call == &call ? spawn.as(LoopRole::spawn) : nullptr;
    const Argument* coroutine = fact == nullptr ? nullptr : argument_of(view, call, *fact);
    if (coroutine != nullptr) return work_in(view, coroutine->value);
  }
  NodeId name = view.unit().child(call.callee, Field::attribute);
  if (holds_word_for("cleans", view.text(name == kNoNode ? call.callee : name))) return Work::none;
  // A function of the project's own that makes a task: what the coroutine does is the work.
  for (const Argument& a : view.facts().arguments_of(call)) {
    const ValueSet handed = view.values(a.value);
    const bool coroutine =
        !handed.unknown && handed.values.size() == 1 && handed.values[0].kind == ValueKind::coroutine;
    if (coroutine && view.facts().call_at(inside_parentheses(view.unit(), a.value)) != nullptr)
      return work_in(view, a.value);
  }
  for (const Value& v : view.callee(call).values) {
    if (v.kind == ValueKind::function) return Work::own;
  }
  return Work::foreign;
}

Work work_of(const UnitView& view, const Call& call) {
  Work most = Work::none;
  for (const Argument& a : view.facts().arguments_of(call)) {
    if (a.name.empty()) most = std::max(most, work_in(view, a.value));
  }
  return most;
}

// Tidying up: tasks that were cancelled are only waited for, and what runs in a finally or an exit is past caring.
bool tidies_up(const UnitView& view, const Call& call) {
  const Unit& unit = view.unit();
  for (NodeId n = unit[call.node].parent; n != kNoNode; n = unit[n].parent) {
    if (unit[n].kind == Kind::finally_clause || unit[n].kind == Kind::except_clause) return true;
    if (unit[n].kind == Kind::function_definition) break;
  }
  for (const Call& other : view.facts().calls) {
    if (other.function != call.function || other.callee == kNoNode || other.node >= call.node) continue;
    NodeId name = unit.child(other.callee, Field::attribute);
    if (name != kNoNode && unit.text_of(name) == "cancel") return true;
  }
  return false;
}

std::string shown(const UnitView& view, const Call& call) { return "`" + std::string(view.text(call.callee)) + "()`"; }

void check_gather(const UnitView& view, const LoopCall& call, Report& report) {
  if (!is_true(view, view.facts().keyword(*call.call, "return_exceptions"))) return;
  Outcome outcome = outcome_of(view, *call.call);
  bool lost = outcome.dropped;
  if (outcome.bindings.size() == 1) lost |= unread(view, outcome.bindings.front());
  if (!lost || tidies_up(view, *call.call)) return;
  Finding& finding = report.add(call.call->callee, shown(view, *call.call) +
                                                       " with `return_exceptions=True` gives exceptions as results, "
                                                       "and nobody looks at these: every failure is lost; go "
                                                       "through the results, or leave the argument out.");
  finding.origin = call.origin;
  finding.confidence = call.definite ? Confidence::definite : Confidence::probable;
  if (work_of(view, *call.call) == Work::none) finding.severity = Severity::info;
  finding.fixable = raise_first_failure(view, call, true).has_value();
}

void check_wait(const UnitView& view, const LoopCall& call, const LoopFact& fact, Report& report) {
  Outcome outcome = outcome_of(view, *call.call);
  const Argument* tasks = argument_of(view, *call.call, fact);
  if (tasks == nullptr || tidies_up(view, *call.call)) return;
  // A name or attribute may be looked through afterwards; a timer or an event does not fail.
  if (work_in(view, tasks->value) != Work::own) return;
  bool lost = outcome.dropped || (!outcome.bindings.empty() && unread(view, outcome.bindings.front()));
  if (!lost) return;
  Finding& finding = report.add(call.call->callee,
                                shown(view, *call.call) +
                                    " raises nothing when a task fails, and nobody looks at the tasks that are done: a "
                                    "failure is only logged when the task is thrown away; go "
                                    "through them, or use `asyncio.gather()`.");
  finding.severity = Severity::info;
  finding.origin = call.origin;
  finding.confidence = call.definite ? Confidence::definite : Confidence::probable;
  finding.fixable = ask_done_tasks(view, call, true).has_value();
}

void check(const UnitView& view, Report& report) {
  for (const LoopCall& call : view.loop_calls()) {
    if (call.as(LoopRole::gather) != nullptr) check_gather(view, call, report);
    if (const LoopFact* wait = call.as(LoopRole::wait)) check_wait(view, call, *wait, report);
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const LoopCall& call : view.loop_calls()) {
    if (!(view.document_range(call.call->callee) == finding.range)) continue;
    if (call.as(LoopRole::gather) != nullptr) fixes.add(raise_first_failure(view, call, fixes.probe()), true);
    if (call.as(LoopRole::wait) != nullptr) fixes.add(ask_done_tasks(view, call, fixes.probe()), true);
  }
}

}  // namespace

extern constinit const Rule gather_exceptions_ignored = {
    .code = "AWD704",
    .name = "gather-exceptions-ignored",
    .summary = "Failures that come as results, and results that nobody looks at",
    .severity = Severity::warning,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
