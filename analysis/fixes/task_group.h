// `await gather(a(), b())` as a task group, which ends the others when one fails. Used by one thread for one finding.
#pragma once
#include "analysis/fixes/fix_list.h"
#include "analysis/rules/loop_calls.h"

namespace awaitd::analysis {

// Nothing where the awaitables are not all calls of coroutine functions, before Python 3.11, or where a handler around
// it names an exception: what comes out of a task group is an ExceptionGroup, which only a handler for all exceptions
// catches.
std::optional<Fix> into_task_group(const UnitView& view, const LoopCall& gather, bool probe);

}  // namespace awaitd::analysis
