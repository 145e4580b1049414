// Fixes of busy waiting: an event instead of asking again and again, a pause before the next try. Pure functions of the
// view; used by one thread for one finding.
#pragma once
#include "analysis/fixes/fix_list.h"

namespace awaitd::analysis {

// `while not self._open: await asyncio.sleep(0.1)` waits for an event, which is set and cleared wherever the flag
// changes. Nothing unless every change of the flag is seen and made on the event loop. sleep: the call in the loop's
// body; origin: what it calls.
std::optional<Fix> wait_for_event(const UnitView& view, NodeId condition, NodeId sleep, std::string_view origin,
                                  bool probe);
// A handler after which its loop tries again at once sleeps first.
std::optional<Fix> sleep_before_retry(const UnitView& view, NodeId except_clause, bool probe);

}  // namespace awaitd::analysis
