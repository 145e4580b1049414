// Start-up, a softer context: what blocks before the first task or server runs delays the start and nobody else.
// Pure functions of the view; asked only where there is a finding to judge.
#pragma once
#include "analysis/unit_view.h"

namespace awaitd::analysis {

// A warning becomes information, and says why, where it only delays the start: in the coroutine given to
// asyncio.run() before it starts anything, a lifespan before its yield, a start-up handler, before a server listens, in
// a command of a program.
void soften(const UnitView& view, FunctionId function, NodeId node, Finding& finding);

}  // namespace awaitd::analysis
