// A task that nobody keeps or awaits, started in a task group around the rest of its block: the group keeps it, waits
// for it and tells how it ended. Used by one thread for one finding.
#pragma once
#include "analysis/fixes/fix_list.h"
#include "analysis/rules/loop_calls.h"

namespace awaitd::analysis {

// Nothing before Python 3.11, outside an async def, where the task's value is used or the block is left on the way, and
// where a handler around it or around a call of the function names an exception: what comes out of a task group is an
// ExceptionGroup.
std::optional<Fix> start_in_group(const UnitView& view, const LoopCall& spawn, bool probe);

}  // namespace awaitd::analysis
