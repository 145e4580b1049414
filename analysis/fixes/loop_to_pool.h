// A for or while statement as a function of the module that runs in a process pool: what it reads goes along as arguments,
// what it works out comes back. Another process has copies, so it moves only where the statement changes nothing but
// names of its own and containers that are made right before it, which move with it. Pure functions of the unit.
#pragma once
#include "analysis/effects/costs.h"
#include "analysis/fixes/fix_list.h"

namespace awaitd::analysis {

std::optional<Fix> loop_to_pool(const UnitView& view, const LoopCost& loop, bool probe);

}  // namespace awaitd::analysis
