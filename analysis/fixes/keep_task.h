// Keeps a task in a set until it is done, as the asyncio documentation shows it: the set that the class or module has
// for tasks, else a new one at module level. Pure functions of the unit.
#pragma once
#include "analysis/fixes/fix_list.h"
#include "analysis/rules/loop_calls.h"

namespace awaitd::analysis {

bool can_keep_task(const UnitView& view, const LoopCall& call);
// The name of the set for tasks that the class or module has, else of a new one that the edits make.
std::optional<std::string> task_set(const UnitView& view, NodeId node, EditBuilder& edits);
void keep_task(const UnitView& view, const LoopCall& call, FixList& fixes);

}  // namespace awaitd::analysis
