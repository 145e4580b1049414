// A limit on how many of the tasks of one comprehension or loop run at once. Used by one thread for one finding.
#pragma once
#include "analysis/fixes/fix_list.h"
#include "analysis/rules/loop_calls.h"

namespace awaitd::analysis {

// The row of a call that makes a task of a coroutine, by itself or in a group; null for anything else.
const LoopFact* spawn_of(const LoopCall& call);

// What is awaited for each element of `maker`, a comprehension or a for loop, moves into a local function that waits
// for its turn at a semaphore, and gets what changes from one element to the next; nothing where that cannot be.
std::optional<Fix> limit_fan_out(const UnitView& view, const LoopCall& call, NodeId maker, bool probe);

}  // namespace awaitd::analysis
