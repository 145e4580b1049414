// Calls that only the loop's own thread may make, handed to it from another thread. Used by one thread for one finding.
#pragma once
#include "analysis/fixes/fix_list.h"
#include "analysis/rules/loop_calls.h"

namespace awaitd::analysis {

// True if the object of the call is a loop, which has the way from other threads itself.
bool is_call_on_loop(const UnitView& view, const LoopCall& call);
// loop.create_task(c) -> asyncio.run_coroutine_threadsafe(c, loop); loop.call_later(d, f) ->
// loop.call_soon_threadsafe(loop.call_later, d, f); future.set_result(x) ->
// future.get_loop().call_soon_threadsafe(future.set_result, x). Nothing where the value is used, or no loop is in
// reach.
std::optional<Fix> hand_to_loop(const UnitView& view, const LoopCall& call, bool probe);

}  // namespace awaitd::analysis
