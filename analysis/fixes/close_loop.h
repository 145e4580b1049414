// A loop of a function's own that nobody closes: asyncio.run() in its place, or a finally that closes it. Used by one
// thread for one finding.
#pragma once
#include "analysis/fixes/fix_list.h"
#include "analysis/rules/loop_calls.h"

namespace awaitd::analysis {

// Where all that is done with the loop is to run one coroutine to its end.
std::optional<Fix> run_instead(const UnitView& view, const LoopCall& made, bool probe);
// loop = new_event_loop(), and the rest of the block in a try that closes it.
std::optional<Fix> close_at_the_end(const UnitView& view, const LoopCall& made, bool probe);

}  // namespace awaitd::analysis
