// What 501, 502 and 504 share: whose loop runs where the code stands, what starting another one there does, and what
// the code around expects. Pure functions of the unit.
#pragma once
#include <string>

#include "analysis/rules/loop_calls.h"

namespace awaitd::analysis {

// The library whose loop runs this function: what it awaits itself says so where a module has several.
const AsyncLibrary& library_of(const UnitView& view, FunctionId function);
// True if starting the row's loop inside the one this function runs on raises; false if it stops that one meanwhile.
bool raises_inside(const UnitView& view, const LoopFact& fact, FunctionId function);
// True if the code around node waits for the error: a handler, pytest.raises, suppress.
bool expects_error(const UnitView& view, NodeId node);
// The same for any error, of with blocks alone.
bool in_expecting_block(const UnitView& view, NodeId node);
// True if some unit of the module lets loops run inside loops (nest_asyncio).
bool loops_nest(const UnitView& view);
// The call by which another module of the project does so, which may have happened before; empty if none does.
std::string_view patched_elsewhere(const UnitView& view);

}  // namespace awaitd::analysis
