// How family 1xx speaks: the thing, what it does to the other tasks, and the way out, in one or two plain sentences.
// Pure functions of the event.
#pragma once
#include <string>
#include <vector>

#include "analysis/rules/blocking.h"

namespace awaitd::analysis {

// "use `await asyncio.sleep(2)`", "run it in a worker thread with `asyncio.to_thread()`"
std::string way_out(const UnitView& view, const BlockingEvent& event);
// "run it in a worker thread with `asyncio.to_thread()`": how this module's library and Python version do it.
std::string thread_way(const UnitView& view, std::string_view what);
// The one message for several small calls of a function, or for one in a loop.
std::string together_message(const UnitView& view, const std::vector<const BlockingEvent*>& group);
Severity blocking_severity(const UnitView& view, const BlockingEvent& event);

}  // namespace awaitd::analysis
