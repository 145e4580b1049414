// Fixes of races: statements put under a lock that is created beside the state, and an await moved before the read.
// Used by one thread for one finding; nothing is kept.
#pragma once
#include "analysis/fixes/fix_list.h"
#include "analysis/rules/races.h"

namespace awaitd::analysis {

// `async with self._conn_lock:` around everything from the read to the write; the lock is made in __init__ or beside
// the global. Nothing where the state has no such place, the function yields inside, or a lock would bind to a loop too
// early.
std::optional<Fix> under_lock(const UnitView& view, const Race& race, bool probe);
// `value = await f()` before the statement that reads and writes around it.
std::optional<Fix> await_first(const UnitView& view, const Race& race);

}  // namespace awaitd::analysis
