// Functions of a unit that somebody in this module hands to a worker thread. Looks around in the module's units, so a rule
// asks only when everything else fits. Pure functions of the module.
#pragma once
#include <string>

#include "analysis/unit_view.h"

namespace awaitd::analysis {

// What hands the function to a thread ("threading.Thread", "asyncio.to_thread"); empty if nobody here does, or somebody
// calls it on the loop as well.
std::string runs_in_thread(const UnitView& view, FunctionId function);

}  // namespace awaitd::analysis
