// A loop that is started inside a loop becomes an await: asyncio.run(f()) -> await f(), trio.run(f, x) -> await f(x),
// async_to_sync(f)(x) -> await f(x). Pure functions of the unit.
#pragma once
#include "analysis/fixes/fix_list.h"
#include "analysis/rules/loop_calls.h"

namespace awaitd::analysis {

bool can_await_instead(const UnitView& view, const LoopCall& call);
void await_instead(const UnitView& view, const LoopCall& call, FixList& fixes);

// await to_thread(f, x) -> await f(x): the callable of an awaited hand-over is called itself.
bool can_call_instead(const UnitView& view, const Call& call, NodeId callable);
void call_instead(const UnitView& view, const Call& call, NodeId callable, FixList& fixes);

}  // namespace awaitd::analysis
