// Family 91x: is there a checkpoint on every way through? A checkpoint lets other tasks run and notices a cancellation.
// trio and anyio only. Pure functions of the view's flow.
#pragma once
#include <vector>

#include "analysis/flow/flow.h"
#include "analysis/unit_view.h"

namespace awaitd::analysis {

// True if the module's library promises checkpoints (trio, anyio) and this function is one to look at: an async def
// with more than a docstring, `...`, `pass` or `raise` in it.
bool promises_checkpoints(const UnitView& view, FunctionId function);

// Where a way without a checkpoint leads to: returns, yields, the end of the function.
struct Unchecked {
  std::vector<NodeId> places;  // return and yield statements, in text order
  bool end = false;            // falls off the end
  bool any() const { return end || !places.empty(); }
};
// From the function's start, or from behind a yield, without passing a checkpoint. Exceptions are a way out, too, but
// one that needs no checkpoint.
Unchecked unchecked_from_start(const Flow& flow);
Unchecked unchecked_from(const Flow& flow, EventId event);

// True if control can come from an event to one of others without a checkpoint.
bool passes(const Flow& flow, EventId from, const std::vector<EventId>& to);
// True if control can come from an event back to it without a checkpoint.
bool unchecked_round(const Flow& flow, EventId event);

}  // namespace awaitd::analysis
