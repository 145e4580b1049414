// AWD502: a sync function of the project that starts an event loop somewhere down the line, called where one runs.
#include "analysis/effects/names.h"
#include "analysis/rules/chains.h"
#include "analysis/rules/notebooks.h"
#include "analysis/rules/rule.h"
#include "analysis/rules/running_loop.h"

namespace awaitd::analysis {
namespace {

// The row of what the chain ends in: loops that are started, and ways back from a worker thread that raise as well.
const LoopFact* end_of(const UnitView& view, const Reach& reach) {
  for (LoopRole role : {LoopRole::run, LoopRole::reenter}) {
    if (const LoopFact* fact = view.knowledge().loop_fact(reach.origin, role)) return fact;
  }
  return nullptr;
}

std::string message(const UnitView& view, const Use& use, const ReachedBy& by, bool raises,
                    std::string_view patch) {
  std::string what = short_name(view.linker(), by.function);
  if (use.kind == UseKind::read || use.kind == UseKind::write) what = "The property `" + std::string(use.name) + "`";
  std::string text = what + (raises ? " raises RuntimeError on a running event loop" : " stops the event loop");
  text += by.reach->distance == 0 ? ": it calls `" + short_origin(view.knowledge(), by.reach->origin) + "`"
                                  : ": " + chain_text(view, by.function, Effect::needs_no_loop);
  if (!raises)
    return text + "; run it in a worker thread with `" + std::string(library_of(view, use.function).offload) + "()`.";
  if (!patch.empty()) text += "; it does so unless `" + std::string(patch) + "()` came before";
  return text + "; make it an async def and await it, or run it in a worker thread.";
}

void check(const UnitView& view, Report& report) {
  if (!view.any_on_loop() && !in_notebook(view)) return;
  const auto& uses = view.uses().uses;
  for (std::uint32_t u = 0; u < uses.size(); ++u) {
    const Use& use = uses[u];
    if (use.guarded || use.asks || !loop_runs(view, use.function)) continue;
    if (view.effects().resolved(view.at(), u).targets.empty()) continue;
    ReachedBy by = nearest(view, u, Effect::needs_no_loop);
    if (by.reach == nullptr) continue;
    const LoopFact* end = end_of(view, *by.reach);
    if (end == nullptr || expects_error(view, use.node) || loops_nest(view)) continue;
    const bool raises = raises_inside(view, *end, use.function);
    const std::string_view patch = raises ? patched_elsewhere(view) : std::string_view();
    Finding& finding = report.add(use.node, message(view, use, by, raises, patch));
    finding.origin = by.reach->origin;
    finding.confidence = by.probable ? Confidence::probable : Confidence::definite;
    if (!raises) finding.severity = Severity::warning;
    if (!patch.empty()) finding.severity = Severity::info;
    finding.notes = chain_notes(view, by.function, Effect::needs_no_loop);
  }
}

}  // namespace

extern constinit const Rule run_in_running_loop_through_helper = {
    .code = "AWD502",
    .name = "run-in-running-loop-through-helper",
    .summary = "A function of the project that starts an event loop, called where one runs already",
    .severity = Severity::error,
    .check = check,
};

}  // namespace awaitd::analysis
