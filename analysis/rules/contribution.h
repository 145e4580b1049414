// How a part of an expression takes part in its value. Pure function of the unit; any thread.
#pragma once
#include "analysis/syntax/node.h"

namespace awaitd::analysis {

// Through operators and displays (2), as an argument of a call (1), or only as something to reach another thing with
// (0). node stands inside whole.
int contribution(const Unit& unit, NodeId whole, NodeId node);

}  // namespace awaitd::analysis
