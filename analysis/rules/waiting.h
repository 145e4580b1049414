// When a wait on the loop is none after all, or a short one. Pure functions of the view.
#pragma once
#include "analysis/rules/blocking.h"

namespace awaitd::analysis {

// True if an await before the event in every way to it speaks of the same object: `await asyncio.wrap_future(f)`, then
// f.result().
bool awaited_before(const UnitView& view, const BlockingEvent& event);

// True for a `with ThreadPoolExecutor() as pool:` whose jobs are all awaited inside: leaving it waits for idle threads.
bool jobs_are_awaited(const UnitView& view, const BlockingEvent& event);

}  // namespace awaitd::analysis
