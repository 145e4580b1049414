// AWD504: on the loop's own thread, waiting for what only that loop can bring about: a deadlock, or an error at once.
#include <algorithm>

#include "analysis/fixes/await_instead.h"
#include "analysis/rules/fate.h"
#include "analysis/rules/own_loop.h"
#include "analysis/rules/rule.h"
#include "analysis/rules/running_loop.h"

namespace awaitd::analysis {
namespace {

std::string shown(const UnitView& view, NodeId node) {
  std::string_view text = view.text(node);
  return text.size() <= 50 && text.find('\n') == std::string_view::npos ? "`" + std::string(text) + "()`" : "This call";
}

void check_reentry(const UnitView& view, const LoopCall& call, Report& report) {
  if (!view.on_loop(call.call->function) || expects_error(view, call.call->node)) return;
  Finding& finding = report.add(
      call.call->callee,
      shown(view, call.call->callee) + " raises RuntimeError here: it is the way back from a worker thread, and `" +
          view.function_name(call.call->function) + "()` runs on the loop itself; " +
          (call.as(LoopRole::reenter)->advice == "call" ? "call the function." : "await the coroutine."));
  finding.origin = call.origin;
  finding.confidence = call.definite ? Confidence::definite : Confidence::probable;
  finding.fixable = can_await_instead(view, call);
}

// run_coroutine_threadsafe(f(), loop).result() -> await f()
std::optional<Fix> await_submitted(const UnitView& view, const Call& wait, bool probe) {
  const Unit& unit = view.unit();
  if (unit[wait.callee].kind != Kind::attribute || wait.argument_count != 0 || !can_await(view, wait.node)) return {};
  const NodeId object = inside_parentheses(unit, unit.child(wait.callee, Field::object));
  for (const LoopCall& call : view.loop_calls()) {
    const LoopFact* fact = call.call->node == object ? call.as(LoopRole::submit) : nullptr;
    const Argument* coroutine = fact == nullptr ? nullptr : argument_of(view, *call.call, *fact);
    if (coroutine == nullptr || fact->takes_function) continue;
    EditBuilder edits(view, probe);
    edits.replace(wait.node, awaited(unit, wait.node, std::string(view.text(coroutine->value))));
    return edits.finish("Await it", Safety::suggested);
  }
  return {};
}

void check_threadsafe(const UnitView& view, const Call& call, Report& report) {
  OwnLoop own = waits_for_own_loop(view, call);
  if (own == OwnLoop::no) return;
  Finding& finding = report.add(
      call.callee,
      shown(view, call.callee) +
          " never returns: it stops the thread of the loop that is to run the coroutine; await the coroutine instead.");
  finding.confidence = own == OwnLoop::surely ? Confidence::definite : Confidence::probable;
  finding.fixable = await_submitted(view, call, true).has_value();
}

// The statement-free way from where a task was made to where its result is asked for: nothing awaited, nothing else
// done with it in between.
bool still_pending(const UnitView& view, NodeId object, const Call& ask) {
  const Unit& unit = view.unit();
  NodeId made = inside_parentheses(unit, object);
  if (unit[made].kind == Kind::call) return true;  // create_task(...).result()
  if (unit[made].kind != Kind::identifier) return false;
  const Facts& facts = view.facts();
  auto candidates = facts.bindings_in(facts.functions[ask.function].scope, unit.text_of(made));
  auto reaching = reaching_bindings(facts, candidates, made);
  if (reaching.size() != 1 || facts.bindings[reaching[0]].kind != BindingKind::assign) return false;
  const Binding& binding = facts.bindings[reaching[0]];
  // In one block, so that nothing ran around it.
  NodeId home = unit[binding.statement].parent, here = facts.statement_of(ask.node);
  if (unit[here].parent != home || binding.value == kNoNode) return false;
  LocalUse use = local_use(view, reaching[0]);
  const bool first = std::none_of(use.reads.begin(), use.reads.end(), [&](NodeId n) { return n < made; });
  NodeId pause = suspension_after(view, ask.function, unit[binding.value].end);
  const bool awaited = pause != kNoNode && unit[pause].start < unit[ask.node].start;
  for (const LoopCall& call : view.loop_calls()) {
    const bool between = call.call->node > binding.value && call.call->node < ask.node;
    if (between && call.as(LoopRole::run) != nullptr) return false;
  }
  return first && use.marks.empty() && !awaited;
}

enum class Fresh : std::uint8_t { no, task, promise };

// A task or future made by a call that the tables say makes one; a thread's future is another class.
Fresh fresh(const UnitView& view, NodeId object) {
  ValueSet values = view.values(object);
  if (values.unknown || values.values.empty() || view.unit()[object].kind == Kind::attribute) return Fresh::no;
  Fresh all = Fresh::no;
  for (const Value& v : values.values) {
    if (v.kind != ValueKind::instance || v.call == kNoCall || v.module != 0 || v.unit != view.at().unit)
      return Fresh::no;
    const Call& made = view.facts().calls[v.call];
    ValueSet callee = view.callee(made);
    const bool task =
        loop_fact(callee, view, LoopRole::spawn) != nullptr || loop_fact(callee, view, LoopRole::gather) != nullptr;
    const bool promise = !task && loop_fact(callee, view, LoopRole::promise) != nullptr;
    const Fresh one = task ? Fresh::task : promise ? Fresh::promise : Fresh::no;
    if (one == Fresh::no || made.awaited || (all != Fresh::no && all != one)) return Fresh::no;
    all = one;
  }
  return all;
}

// Awaiting a future that nobody else has would wait for ever.
bool can_await_result(const UnitView& view, const LoopCall& call, Fresh what) {
  return what == Fresh::task && call.as(LoopRole::retrieve)->advice == "await it" && call.call->argument_count == 0 &&
         can_await(view, call.call->node);
}

// x = self.waiter = loop.create_future(): others have it by its other name.
bool has_other_name(const UnitView& view, NodeId object) {
  const Unit& unit = view.unit();
  for (const Value& v : view.values(object).values) {
    const NodeId made = outside_parentheses(unit, view.facts().calls[v.call].node);
    NodeId assignment = unit[made].parent;
    if (assignment == kNoNode || unit[assignment].kind != Kind::assignment) continue;
    if (unit[unit[assignment].parent].kind == Kind::assignment) return true;
  }
  return false;
}

void check_pending(const UnitView& view, const LoopCall& call, Report& report) {
  const Unit& unit = view.unit();
  if (call.call->callee == kNoNode || unit[call.call->callee].kind != Kind::attribute) return;
  NodeId object = unit.child(call.call->callee, Field::object);
  if (object == kNoNode || expects_error(view, call.call->node)) return;
  const Fresh what = fresh(view, object);
  if (what == Fresh::no || !still_pending(view, object, *call.call)) return;
  if (what == Fresh::promise && has_other_name(view, object)) return;
  const bool async = view.facts().functions[call.call->function].async;
  std::string why = what == Fresh::promise
                        ? "nobody has given the future a result yet; hand it to whoever sets the result, and "
                        : "the task has not run yet, since nothing was awaited in between; ";
  why += what == Fresh::promise ? "await it." : async ? "await the task." : "wait for the task first.";
  Finding& finding =
      report.add(call.call->callee, shown(view, call.call->callee) + " raises InvalidStateError: " + why);
  finding.origin = call.origin;
  finding.confidence = call.definite ? Confidence::definite : Confidence::probable;
  finding.fixable = can_await_result(view, call, what);
}

void check(const UnitView& view, Report& report) {
  for (const LoopCall& call : view.loop_calls()) {
    if (call.as(LoopRole::reenter) != nullptr) check_reentry(view, call, report);
    if (call.as(LoopRole::retrieve) != nullptr) check_pending(view, call, report);
  }
  // A thread's future is asked for by methods that the blocking table knows.
  bool submits = std::any_of(view.loop_calls().begin(), view.loop_calls().end(),
                             [](const LoopCall& c) { return c.as(LoopRole::submit) != nullptr; });
  for (const Call& call : view.facts().calls) {
    if (submits && !call.awaited) check_threadsafe(view, call, report);
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const LoopCall& call : view.loop_calls()) {
    if (!(view.document_range(call.call->callee) == finding.range)) continue;
    if (call.as(LoopRole::reenter) != nullptr) return await_instead(view, call, fixes);
    if (call.as(LoopRole::retrieve) == nullptr || view.unit()[call.call->callee].kind != Kind::attribute) return;
    const NodeId asked = view.unit().child(call.call->callee, Field::object);
    if (asked == kNoNode || !can_await_result(view, call, fresh(view, asked))) return;
    EditBuilder edits(view, fixes.probe());
    std::string object(view.text(view.unit().child(call.call->callee, Field::object)));
    edits.replace(call.call->node, awaited(view.unit(), call.call->node, object));
    return fixes.add(edits.finish("Await it", Safety::suggested), true);
  }
  for (const Call& call : view.facts().calls) {
    if (call.callee != kNoNode && view.document_range(call.callee) == finding.range)
      return fixes.add(await_submitted(view, call, fixes.probe()), true);
  }
}

}  // namespace

extern constinit const Rule wait_for_own_loop = {
    .code = "AWD504",
    .name = "wait-for-own-loop",
    .summary = "Waiting on the loop's thread for what only that loop can bring about",
    .severity = Severity::error,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
