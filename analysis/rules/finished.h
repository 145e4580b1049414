// Futures and tasks that have ended by the time they are awaited: then the await does not suspend, and what it raises
// is theirs. Pure functions of a view and one of its flows.
#pragma once
#include "analysis/flow/queries.h"
#include "analysis/unit_view.h"

namespace awaitd::analysis {

// `if task.done(): await task`; `await asyncio.wait([task])` or `future.set_result(1)` before it.
bool has_ended(const UnitView& view, const Event& event);

}  // namespace awaitd::analysis
