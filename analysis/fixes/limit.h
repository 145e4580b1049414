// A limit on how many of the tasks of one comprehension run at once. Used by one thread for one finding.
#pragma once
#include "analysis/fixes/fix_list.h"
#include "analysis/rules/loop_calls.h"

namespace awaitd::analysis {

// What the comprehension awaits for each element moves into a local function that waits for its turn at a semaphore;
// nothing where it could mean something else in there.
std::optional<Fix> limit_fan_out(const UnitView& view, const LoopCall& call, NodeId comprehension, bool probe);

}  // namespace awaitd::analysis
