// How family 1xx words the way out and weighs a finding. Pure functions of the event.
#pragma once
#include <string>

#include "analysis/rules/blocking.h"

namespace awaitd::analysis {

// "use `await asyncio.sleep(...)`", "run it in a worker thread with `asyncio.to_thread()`"
std::string way_out(const UnitView& view, const BlockingEvent& event);
Severity blocking_severity(const UnitView& view, const BlockingEvent& event);
// The async ways of a fact, the module's own library first: {"asyncio.sleep"}, without the thread hand-overs.
std::vector<std::string_view> async_ways(const UnitView& view, const BlockingFact& fact);

}  // namespace awaitd::analysis
