// Fixes of family 6xx: the argument that bounds a call, or a scope around it. Pure functions.
#pragma once
#include "analysis/fixes/fix_list.h"
#include "analysis/rules/timeouts.h"

namespace awaitd::analysis {

void fix_waits(const UnitView& view, const WaitGroup& group, FixList& fixes);

// The manager or function by which this module's library and Python version bound a wait; null if nothing is known.
const ScopeFact* usual_scope(const UnitView& view);
// The same that is a context manager, whatever the Python version; null if the library has none.
const ScopeFact* manager_scope(const UnitView& view);
// Seconds to propose for a kind of wait.
int proposed_seconds(WaitKind kind);

}  // namespace awaitd::analysis
