// Start-up, a softer context: what blocks before the first task or server runs delays the start and nobody else.
// Pure functions of the view; asked only where there is a finding to judge.
#pragma once
#include "analysis/unit_view.h"

namespace awaitd::analysis {

// True if the code at node runs at start-up: the coroutine given to asyncio.run() before it starts anything, a lifespan
// before its yield, a start-up handler.
bool starts_up(const UnitView& view, FunctionId function, NodeId node);

// A warning that only delays the start becomes information, and says so.
void soften(const UnitView& view, FunctionId function, NodeId node, Finding& finding);

}  // namespace awaitd::analysis
