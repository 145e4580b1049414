// Fixes of long loops: an expression that computes moves into a function of the module that a process pool runs; a loop
// over numbers lets other tasks run now and then. Pure functions.
#pragma once
#include "analysis/effects/costs.h"
#include "analysis/fixes/fix_list.h"

namespace awaitd::analysis {

void fix_loop(const UnitView& view, const LoopCost& loop, FixList& fixes);

}  // namespace awaitd::analysis
