// Fixes and words that family 8xx shares. Pure functions of the event.
#pragma once
#include <string>

#include "analysis/fixes/fix_list.h"
#include "analysis/rules/coroutine_values.h"

namespace awaitd::analysis {

// "await it", "run it with `asyncio.run()`": the way out where this code stands.
std::string await_advice(const UnitView& view, const CoroutineEvent& event);
// `await` before the call, bound as tightly as its place needs.
void fix_by_await(const UnitView& view, const CoroutineEvent& event, Safety safety, FixList& fixes);
// In code that cannot await: asyncio.run(fetch()).
void fix_by_run(const UnitView& view, const CoroutineEvent& event, FixList& fixes);
bool can_fix_by_run(const UnitView& view, const CoroutineEvent& event);
// A coroutine that never runs: `message` and the way out; its fixes.
void report_lost(const UnitView& view, Report& report, const CoroutineEvent& event, const std::string& message);
void fix_lost(const UnitView& view, const Finding& finding, Safety safety, FixList& fixes);
// The event that a finding of the family underlines.
const CoroutineEvent* coroutine_event_at(const UnitView& view, Range document_range);

}  // namespace awaitd::analysis
