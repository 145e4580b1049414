// Where a cancellation comes from and where it ends up: shared by the rules of family 3xx. Pure functions of a view and
// one of its flows; event and node ids are theirs.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "analysis/flow/queries.h"
#include "analysis/knowledge/cancellation.h"
#include "analysis/unit_view.h"

namespace awaitd::analysis {

// Async functions of the unit in which something suspends, whose flow is complete; needs: a word that their text must
// hold ("except"), for a quick no.
std::vector<FunctionId> suspending_functions(const UnitView& view, std::string_view needs);

// The suspension points whose cancellation arrives at this block: the start of a handler's copy, the exit of a with.
std::vector<EventId> arrivals(const Flow& flow, BlockId block);

// What a function does after it swallowed a cancellation.
enum class Aftermath : std::uint8_t { repeats, goes_on, ends };  // comes back to where it was cancelled; suspends again
Aftermath aftermath(const Flow& flow, std::span<const BlockId> from, std::span<const EventId> cancelled);
// Behind the cancelled part that starts with this event: the blocks in which it goes on as if nothing had been. clause:
// only where this handler ends it, not one further out that gets what it raises on.
std::vector<BlockId> going_on(const Flow& flow, EventId entry, NodeId clause = kNoNode);

// The ways in which a block of a handler copy (kind, node, way) is left without raising: the blocks behind it.
bool falls_through(const Flow& flow, NodeId clause, Way way);

// What all these suspensions wait for, if it is tasks and futures that the function was given or keeps, not its own
// calls: their cancellation looks the same as that of the function.
struct Waited {
  bool tasks = false;           // all of them are such awaits, and surely tasks or futures
  bool cancelled_here = false;  // and the function cancelled one of them itself before
  NodeId task = kNoNode;        // the one task, if it is one
};
Waited waited_tasks(const UnitView& view, const Flow& flow, std::span<const EventId> suspensions);

// True if all that a call may call is one of the words of a purpose (words.tsv).
bool calls_one_of(const UnitView& view, const Call& call, std::string_view purpose);
// The task that runs: asyncio.current_task(), or a name for it.
bool is_own_task(const UnitView& view, NodeId object);
// The role of what a call calls; null if nothing is known of it.
const TaskFact* task_fact(const UnitView& view, const Call& call);
bool is_future(const UnitView& view, NodeId expression);
// True if the code below node asks whether it was cancelled itself (Task.cancelling, Task.uncancel).
bool asks_for_cancellation(const UnitView& view, NodeId node);

// A release under a condition in a finally or handler counts as done there: the condition is mostly that of the
// acquire. add_way_out() collects the clauses around a release; goes_through_release() asks whether an event is in one
// of them, on the way out of a cancellation.
void add_way_out(const Flow& flow, EventId event, std::vector<NodeId>& clauses);
bool goes_through_release(const Flow& flow, std::span<const NodeId> clauses, EventId event);

// How the module's own code runs a function.
struct Callers {
  bool awaited = false;  // `await f()` somewhere
  bool spawned = false;  // handed on: create_task(f()), gather(f()), asyncio.run(f()), start_soon(f)
};
Callers callers_of(const UnitView& view, FunctionId function);

// "`await self.queue.get()`", cut where it is long.
std::string quoted(const UnitView& view, NodeId node);
// "CancelledError", "Cancelled": what the module's library calls it.
std::string cancellation_name(const UnitView& view);

}  // namespace awaitd::analysis
