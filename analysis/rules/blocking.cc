#include "analysis/rules/blocking.h"

#include "analysis/fixes/blocking_fixes.h"
#include "analysis/rules/advice.h"
#include "analysis/rules/consumption.h"
#include "analysis/rules/start_up.h"

namespace awaitd::analysis {

std::vector<BlockingEvent> blocking_events(const UnitView& view) {
  std::vector<BlockingEvent> events;
  if (!view.any_on_loop()) return events;
  const auto& uses = view.uses().uses;
  for (std::uint32_t u = 0; u < uses.size(); ++u) {
    const Use& use = uses[u];
    if (!view.on_loop(use.function) || !view.effects().runs(view.at(), use)) continue;
    const ResolvedUse& resolved = view.effects().resolved(view.at(), u);
    if (resolved.fact == nullptr) continue;
    BlockingEvent event;
    event.by = use.kind;
    event.node = use.node;
    if (use.call != kNone) event.call = &view.facts().calls[use.call];
    event.fact = resolved.fact;
    event.origin = resolved.origin;
    event.function = use.function;
    event.once = use.once;
    event.confidence = resolved.fact_probable ? Confidence::probable : Confidence::definite;
    if (event.call != nullptr && event.fact->lazy && !is_consumed(view, *event.call)) continue;
    // One finding a place: `with connect() as c` and `for x in glob()` are reported at the call.
    bool same_place = !events.empty() && event.call != nullptr && events.back().node == event.call->node;
    if (same_place) events.pop_back();
    events.push_back(std::move(event));
  }
  return events;
}

void report_blocking(const UnitView& view, Report& report, BlockingKind kind) {
  for (const BlockingEvent& event : view.blocking()) {
    if (event.fact->kind != kind || !view.facts().functions[event.function].async) continue;
    Finding& finding = report.add(event.node, blocking_message(view, event));
    finding.origin = event.origin;
    finding.confidence = event.confidence;
    finding.severity = blocking_severity(view, event);
    soften(view, event.function, event.node, finding);
    finding.fixable = can_fix(view, event);
  }
}

}  // namespace awaitd::analysis
