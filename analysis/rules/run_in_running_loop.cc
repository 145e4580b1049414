// AWD501: starting an event loop on a thread whose loop is running: asyncio refuses, another library's loop stops ours.
#include "analysis/fixes/await_instead.h"
#include "analysis/rules/notebooks.h"
#include "analysis/rules/rule.h"
#include "analysis/rules/running_loop.h"

namespace awaitd::analysis {
namespace {

// `async_to_sync(f)` only makes a function; `async_to_sync(f)(x)` starts the loop.
bool starts_loop(const UnitView& view, const LoopCall& call) {
  if (call.as(LoopRole::run) != nullptr) return true;
  if (call.as(LoopRole::run_later) == nullptr) return false;
  const Unit& unit = view.unit();
  NodeId parent = unit[call.call->node].parent;
  return parent != kNoNode && unit[parent].kind == Kind::call && unit[call.call->node].field == Field::function;
}

std::string shown(const UnitView& view, const LoopCall& call) {
  return "`" + std::string(view.text(call.call->callee)) + "()`";
}

// patch: what may have let loops run inside loops before.
std::string message(const UnitView& view, const LoopCall& call, bool raises, std::string_view patch) {
  const bool cell = !view.on_loop(call.call->function);
  std::string function = cell ? "a notebook's cell" : "`" + view.function_name(call.call->function) + "()`";
  if (raises) {
    const std::string unless = patch.empty() ? std::string() : ", unless `" + std::string(patch) + "()` came before";
    return shown(view, call) + " raises RuntimeError here, since " + function + " runs on an event loop already" +
           unless + "; " +
           (can_await_instead(view, call) ? "await the coroutine."
                                          : "start it where no loop runs, or in a thread of its own.");
  }
  return shown(view, call) + " stops the event loop that " + function +
         " runs on until it is done; run it in a worker " + "thread with `" +
         std::string(library_of(view, call.call->function).offload) + "()`.";
}

void check(const UnitView& view, Report& report) {
  for (const LoopCall& call : view.loop_calls()) {
    if (!starts_loop(view, call) || !loop_runs(view, call.call->function)) continue;
    const Use& use = view.uses().uses[call.use];
    if (use.guarded || expects_error(view, call.call->node) || loops_nest(view)) continue;
    const bool raises = raises_inside(view, call.facts.front(), call.call->function);
    const std::string_view patch = raises ? patched_elsewhere(view) : std::string_view();
    Finding& finding = report.add(call.call->callee, message(view, call, raises, patch));
    finding.origin = call.origin;
    finding.confidence = call.definite ? Confidence::definite : Confidence::probable;
    if (!raises) finding.severity = Severity::warning;
    if (!patch.empty()) finding.severity = Severity::info;
    finding.fixable = raises && can_await_instead(view, call);
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const LoopCall& call : view.loop_calls()) {
    if (!(view.document_range(call.call->callee) == finding.range)) continue;
    if (finding.severity != Severity::warning) await_instead(view, call, fixes);
    return;
  }
}

}  // namespace

extern constinit const Rule run_in_running_loop = {
    .code = "AWD501",
    .name = "run-in-running-loop",
    .summary = "Starting an event loop where one runs already",
    .severity = Severity::error,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
