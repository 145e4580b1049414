#include "analysis/fixes/blocking_fixes.h"

#include "analysis/fixes/events.h"
#include "analysis/fixes/extract.h"
#include "analysis/fixes/offload.h"
#include "analysis/fixes/process_fix.h"
#include "analysis/fixes/twins.h"

namespace awaitd::analysis {

void fix_event(const UnitView& view, const BlockingEvent& event, FixList& fixes) {
  using Step = void (*)(const UnitView&, const BlockingEvent&, FixList&);
  // Best first. A step adds nothing where it does not know that its rewrite is right.
  constexpr Step kSteps[] = {fix_sleep,          fix_renamed_twin, fix_async_for, fix_configured, fix_client_block,
                             fix_one_off_client, fix_process,      fix_thread,    fix_extracted};
  for (Step step : kSteps) {
    if (fixes.enough()) return;
    step(view, event, fixes);
  }
}

bool can_fix(const UnitView& view, const BlockingEvent& event) {
  FixList fixes(true);
  fix_event(view, event, fixes);
  return !fixes.fixes.empty();
}

void fix_blocking_call(const UnitView& view, const Finding& finding, FixList& fixes) {
  if (const BlockingEvent* event = event_at(view, finding.range)) fix_event(view, *event, fixes);
}

}  // namespace awaitd::analysis
