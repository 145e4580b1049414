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

}  // namespace awaitd::analysis
