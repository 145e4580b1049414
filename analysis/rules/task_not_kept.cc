// AWD701: a task that nothing but the event loop knows. The loop's reference is a weak one (CPython docs, create_task).
#include <algorithm>

#include "analysis/fixes/callback_task.h"
#include "analysis/fixes/keep_task.h"
#include "analysis/fixes/start_in_group.h"
#include "analysis/rules/fate.h"
#include "analysis/rules/handed.h"
#include "analysis/rules/loop_calls.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

constexpr std::string_view kConsequence =
    ": the event loop holds it by a weak reference only, so it may vanish before it is done, and its exception is "
    "lost; "
    "keep it in a set until it is done.";

void tell(const UnitView& view, const LoopCall& call, Report& report, std::string message, bool definite,
          bool fixable) {
  Finding& finding = report.add(call.call->callee, std::move(message));
  if (view.in_test(call.call->function)) finding.severity = Severity::info;  // it costs the test, not the service
  finding.origin = call.origin;
  finding.confidence = definite && call.definite ? Confidence::definite : Confidence::probable;
  finding.fixable = fixable;
}

std::string task_of(const UnitView& view, const LoopCall& call) {
  return "the task for " + coroutine_name(view, *call.call, *call.as(LoopRole::spawn));
}

// ensure_future() of something that is a future already makes no task.
bool is_future(const UnitView& view, const LoopCall& call) {
  const LoopFact& fact = *call.as(LoopRole::spawn);
  const Argument* argument = argument_of(view, *call.call, fact);
  if (argument == nullptr || fact.advice != "future") return false;
  ValueSet values = view.values(argument->value);
  for (const Value& v : values.values) {
    if (v.kind == ValueKind::instance && !view.knowledge().loop_facts(v.name + ".result").empty()) return true;
  }
  if (view.unit()[inside_parentheses(view.unit(), argument->value)].kind == Kind::call) return false;
  // A name for something that is not known to be a coroutine may well hold a task.
  return std::none_of(values.values.begin(), values.values.end(),
                      [](const Value& v) { return v.kind == ValueKind::coroutine; });
}

void check_local(const UnitView& view, const LoopCall& call, const Fate& fate, Report& report) {
  const Binding& binding = view.facts().bindings[fate.binding];
  const Function& function = view.facts().functions[view.facts().scopes[binding.scope].function];
  LocalUse use = local_use(view, fate.binding);
  if (!use.reads.empty()) return;
  bool throwaway = binding.name == "_";
  // While the function is suspended its frame keeps the task; that is AWD702's.
  const FunctionId id = view.facts().scopes[binding.scope].function;
  if (!throwaway && (function.async || function.generator) &&
      suspension_after(view, id, view.unit()[call.call->node].end) != kNoNode)
    return;
  std::string message = "Nothing keeps " + task_of(view, call);
  if (!throwaway) message += " once `" + view.function_name(id) + "()` returns";
  message += kConsequence;
  tell(view, call, report, std::move(message), true, can_keep_task(view, call));
}

// The lambda does nothing but make the task.
bool is_all_of(const UnitView& view, NodeId lambda, const LoopCall& call) {
  const NodeId body = view.unit().child(lambda, Field::body);
  return body != kNoNode && inside_parentheses(view.unit(), body) == call.call->node;
}

void check_lambda(const UnitView& view, const LoopCall& call, const Fate& fate, Report& report) {
  Receiver receiver = receiver_of(view, fate.at);
  if (receiver.kind == Receiver::Kind::may_use_result) return;
  std::string message = "Nothing keeps " + task_of(view, call) + ", " +
                        (receiver.name.empty() ? "a handler's result is dropped"
                                               : "`" + receiver.name + "` drops what its callback returns");
  message += kConsequence;
  const bool fixable = is_all_of(view, fate.at, call) && kept_by_callback(view, fate.at, true);
  tell(view, call, report, std::move(message), receiver.kind == Receiver::Kind::drops_result, fixable);
}

void check_call(const UnitView& view, const LoopCall& call, Report& report) {
  if (call.as(LoopRole::spawn) == nullptr || is_future(view, call)) return;
  Fate fate = fate_of(view, call.call->node);
  switch (fate.goes) {
    case Goes::elsewhere:
      return;
    case Goes::local:
      return check_local(view, call, fate, report);
    case Goes::lambda:
      return check_lambda(view, call, fate, report);
    case Goes::dropped:
      break;
  }
  std::string message = "Nothing keeps " + task_of(view, call);
  if (fate.marked != nullptr) message += " (a done callback does not)";
  message += kConsequence;
  tell(view, call, report, std::move(message), true, can_keep_task(view, call));
}

// call_soon(asyncio.create_task, poll()): the loop drops what its callbacks return.
void check_handed(const UnitView& view, Report& report) {
  const Uses& uses = view.uses();
  for (const Handed& handed : uses.handed) {
    const Term& term = uses.terms[handed.value];
    bool named =
        term.kind == TermKind::attribute || term.kind == TermKind::from_import || term.kind == TermKind::free_name;
    if (!named || (term.kind == TermKind::attribute && !view.knowledge().is_loop_word(term.text))) continue;
    ValueSet values = view.linker().values(uses.terms, handed.value, view.at());
    if (loop_fact(values, view, LoopRole::spawn) == nullptr) continue;
    Receiver receiver = receiver_of(view, handed.node);
    if (receiver.kind != Receiver::Kind::drops_result) continue;
    Finding& finding =
        report.add(handed.node, "Nothing keeps the task: `" + receiver.name + "` drops what `" +
                                    std::string(view.text(handed.node)) + "()` returns" + std::string(kConsequence));
    finding.origin = values.values.front().name;
    finding.fixable = kept_by_callback(view, handed.node, true).has_value();
    if (view.in_test(view.facts().function_id_of(handed.node))) finding.severity = Severity::info;
  }
}

bool may_be_lost(const UnitView& view, const Call& call) { return fate_of(view, call.node).goes != Goes::elsewhere; }

void check(const UnitView& view, Report& report) {
  for (const LoopCall& call : view.loop_calls()) check_call(view, call, report);
  for (const LoopCall& call : calls_by_callers(view, LoopRole::spawn, may_be_lost)) check_call(view, call, report);
  if (!view.uses().handed.empty()) check_handed(view, report);
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const LoopCall& call : view.loop_calls()) {
    if (!(view.document_range(call.call->callee) == finding.range)) continue;
    keep_task(view, call, fixes);
    const Fate fate = fate_of(view, call.call->node);
    if (fate.goes == Goes::lambda && is_all_of(view, fate.at, call))
      fixes.add(kept_by_callback(view, fate.at, fixes.probe()), true);
    if (!fixes.enough()) fixes.add(start_in_group(view, call, fixes.probe()));
    return;
  }
  for (const LoopCall& call : calls_by_callers(view, LoopRole::spawn, may_be_lost)) {
    if (view.document_range(call.call->callee) == finding.range) return keep_task(view, call, fixes);
  }
  for (const Handed& handed : view.uses().handed) {
    if (view.document_range(handed.node) == finding.range)
      return fixes.add(kept_by_callback(view, handed.node, fixes.probe()), true);
  }
}

}  // namespace

extern constinit const Rule task_not_kept = {
    .code = "AWD701",
    .name = "task-not-kept",
    .summary = "A task that nothing keeps a reference to",
    .severity = Severity::warning,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
