// AWD505: asyncio objects touched from a worker thread. They are not thread-safe, and the loop is not woken up.
#include <map>

#include "analysis/effects/names.h"
#include "analysis/fixes/from_thread.h"
#include "analysis/rules/loop_calls.h"
#include "analysis/rules/rule.h"
#include "analysis/rules/workers.h"

namespace awaitd::analysis {
namespace {

// The thread has a loop of its own: what it does with that one is its business.
bool has_own_loop(const UnitView& view, FunctionId function) {
  for (const LoopCall& call : view.loop_calls()) {
    if (call.call->function != function) continue;
    for (LoopRole role : {LoopRole::run, LoopRole::new_loop, LoopRole::set_loop})
      if (call.as(role) != nullptr) return true;
  }
  return false;
}

std::string way_out(const UnitView& view, const LoopCall& call, const LoopFact& fact) {
  NodeId object = view.unit().child(call.call->callee, Field::object);
  if (fact.advice.find('.') != std::string_view::npos) return "use `" + std::string(fact.advice) + "(coro, loop)`.";
  if (is_call_on_loop(view, call) || object == kNoNode) return "use `" + std::string(fact.advice) + "()`.";
  return "use `loop." + std::string(fact.advice) + "(" + std::string(view.text(call.call->callee)) + ", ...)`.";
}

void check(const UnitView& view, Report& report) {
  std::map<FunctionId, std::string> threads;
  for (const LoopCall& call : view.loop_calls()) {
    const LoopFact* fact = call.as(LoopRole::loop_thread);
    const FunctionId function = call.call->function;
    if (fact == nullptr || view.on_loop(function) || view.facts().functions[function].module) continue;
    if (view.uses().uses[call.use].asks || has_own_loop(view, function)) continue;
    auto [it, fresh] = threads.try_emplace(function);
    if (fresh) it->second = runs_in_thread(view, function);
    if (it->second.empty()) continue;
    std::string name = "`" + std::string(view.text(call.call->callee)) + "()`";
    Finding& finding = report.add(call.call->callee,
                                  name + " is not thread-safe, and `" + view.function_name(function) +
                                      "()` runs in a worker thread (`" + short_origin(view.knowledge(), it->second) +
                                      "`): the loop may not notice, or break; " + way_out(view, call, *fact));
    finding.origin = call.origin;
    finding.confidence = call.definite ? Confidence::definite : Confidence::probable;
    finding.fixable = hand_to_loop(view, call, true).has_value();
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const LoopCall& call : view.loop_calls()) {
    if (view.document_range(call.call->callee) == finding.range)
      return fixes.add(hand_to_loop(view, call, fixes.probe()), true);
  }
}

}  // namespace

extern constinit const Rule not_thread_safe_from_thread = {
    .code = "AWD505",
    .name = "not-thread-safe-from-thread",
    .summary = "An asyncio object used from a worker thread",
    .severity = Severity::warning,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
