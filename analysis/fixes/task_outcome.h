// Fixes that look at how tasks ended: an await at the end of the function, a loop through the results. Used by one
// thread for one finding; nothing where the statement is not that simple.
#pragma once
#include "analysis/fixes/fix_list.h"
#include "analysis/rules/loop_calls.h"

namespace awaitd::analysis {

// task = create_task(...), awaited where the function's body ends.
std::optional<Fix> await_at_the_end(const UnitView& view, const LoopCall& spawn, bool probe);
// await gather(..., return_exceptions=True): the first failure is raised once all are done.
std::optional<Fix> raise_first_failure(const UnitView& view, const LoopCall& gather, bool probe);
// await wait(...): the tasks that are done are asked for their results.
std::optional<Fix> ask_done_tasks(const UnitView& view, const LoopCall& wait, bool probe);

}  // namespace awaitd::analysis
