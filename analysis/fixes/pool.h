// Running a call in a process pool that the module makes once. Pure functions.
#pragma once
#include <optional>
#include <string>

#include "analysis/fixes/fix_list.h"
#include "analysis/rules/hand_over.h"

namespace awaitd::analysis {

// "a process pool (`loop.run_in_executor()` with a `ProcessPoolExecutor`)", how this module's loop library does it;
// empty if it knows no processes.
std::string pool_way(const UnitView& view);

// `helper(a, b)` -> `await asyncio.get_running_loop().run_in_executor(executor, helper, a, b)`, with the pool of the
// module or a new one. Nothing unless the other process can import what is called.
void run_in_pool(const UnitView& view, const Call& call, bool preferred, FixList& fixes);

// `to_thread(f, x)`, `run_in_executor(None, f, x)`: the same in a process pool.
void thread_to_pool(const UnitView& view, const HandOver& over, FixList& fixes);

// "asyncio.get_running_loop().run_in_executor(executor, work)" for "f, x", and the title of a fix that does so; nothing
// if this module's library knows no processes or a name stands in the way.
std::optional<std::string> pooled(EditBuilder& edits, const UnitView& view, NodeId node, const std::string& work,
                                  std::string& title);

// The module-level name of a process pool, empty if there is none.
std::string known_pool(const UnitView& view, NodeId node);

}  // namespace awaitd::analysis
