// Moving a call of a project's own function off the loop. Pure functions.
#pragma once
#include "analysis/fixes/fix_list.h"

namespace awaitd::analysis {

// True if run_in_thread() would offer something.
bool can_run_in_thread(const UnitView& view, const Call& call);
// `helper(a, b)` -> `await asyncio.to_thread(helper, a, b)`.
void run_in_thread(const UnitView& view, const Call& call, FixList& fixes);

}  // namespace awaitd::analysis
