// Fixes of family 1xx. Pure functions.
#pragma once
#include "analysis/fixes/fix_list.h"
#include "analysis/rules/blocking.h"

namespace awaitd::analysis {

// For a finding at a blocking call, loop or with block: the async twin where it is known, then the worker thread.
void fix_blocking_call(const UnitView& view, const Finding& finding, FixList& fixes);
void fix_event(const UnitView& view, const BlockingEvent& event, FixList& fixes);
// Finding::fixable of an event.
bool can_fix(const UnitView& view, const BlockingEvent& event);

}  // namespace awaitd::analysis
