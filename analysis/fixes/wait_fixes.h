// Fixes for waits on other threads: the future awaited, a thread lock turned into a task lock.
#pragma once
#include "analysis/fixes/fix_list.h"
#include "analysis/rules/blocking.h"

namespace awaitd::analysis {

// future.result() -> await asyncio.wrap_future(future), where the call has no arguments.
void fix_future(const UnitView& view, const BlockingEvent& event, FixList& fixes);

// threading.Lock() -> asyncio.Lock() and its with blocks to async with, where only coroutines of this module use it.
void fix_lock(const UnitView& view, NodeId lock, const LockFact& fact, FixList& fixes);

}  // namespace awaitd::analysis
