// Old ways to the event loop written the new way (AWD503): the running loop by its own function, a loop= argument left
// out, a name in its new place, get_event_loop().run_until_complete() as asyncio.run(). Pure functions of the unit.
#pragma once
#include "analysis/fixes/fix_list.h"
#include "analysis/knowledge/loops.h"
#include "analysis/rules/loop_calls.h"

namespace awaitd::analysis {

bool can_modernise(const UnitView& view, const LoopCall& call);
void modernise(const UnitView& view, const LoopCall& call, FixList& fixes);

bool can_drop_argument(const UnitView& view, const Call& call, const Argument& argument);
void drop_argument(const UnitView& view, const Call& call, const Argument& argument, FixList& fixes);

bool can_rename(const UnitView& view, NodeId node, const Deprecation& row);
void rename_to(const UnitView& view, NodeId node, const Deprecation& row, FixList& fixes);

}  // namespace awaitd::analysis
