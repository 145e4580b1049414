// A coroutine function where somebody calls a plain function (AWD506): a function around it that starts a task and keeps
// it, for those who call on the loop; a lambda that runs it in a loop of its own, for those who call in a thread. Pure
// functions of the unit.
#pragma once
#include "analysis/fixes/fix_list.h"
#include "analysis/rules/loop_calls.h"

namespace awaitd::analysis {

// callable: what `call` is handed, as the row says.
std::optional<Fix> in_a_plain_function(const UnitView& view, const LoopCall& call, const LoopFact& row, NodeId callable,
                                       bool probe);

// The same for a callback that makes a task by itself, which is then lost (AWD701): `lambda: create_task(poll())`, or
// create_task with the coroutine behind it.
std::optional<Fix> kept_by_callback(const UnitView& view, NodeId callback, bool probe);

}  // namespace awaitd::analysis
