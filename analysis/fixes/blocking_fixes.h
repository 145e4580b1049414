// Fixes of family 1xx. Pure functions.
#pragma once
#include "analysis/fixes/fix_list.h"

namespace awaitd::analysis {

// For a finding at a blocking call: the async twin where it is a plain replacement, then the worker thread.
void fix_blocking_call(const UnitView& view, const Finding& finding, FixList& fixes);

}  // namespace awaitd::analysis
