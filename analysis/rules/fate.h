// Where the value of an expression goes: nowhere, into a local name, into a lambda's result, or to somebody who may
// keep it. Decided on the syntax and the names of one unit. Plain data; ids are the unit's.
#pragma once
#include <vector>

#include "analysis/unit_view.h"

namespace awaitd::analysis {

enum class Goes : std::uint8_t { dropped, local, lambda, elsewhere };

struct Fate {
  Goes goes = Goes::elsewhere;
  NodeId at = kNoNode;            // dropped: the statement; local: the target; lambda: the lambda
  std::uint32_t binding = kNone;  // of a local: Facts::bindings
  bool collected = false;         // inside a list, tuple, set or comprehension that goes there
  const Call* marked = nullptr;   // the call chained to it that keeps nothing: create_task(...).add_done_callback(...)
};
Fate fate_of(const UnitView& view, NodeId value);

// What is done with what a binding put into a local name.
struct LocalUse {
  std::vector<const Call*> marks;  // calls on it that keep nothing
  std::vector<NodeId> reads;       // everything else, closures included
};
LocalUse local_use(const UnitView& view, std::uint32_t binding);

// The first await, async for or async with of a function behind a byte of the unit; kNoNode if it never suspends there.
NodeId suspension_after(const UnitView& view, FunctionId function, std::uint32_t offset);

}  // namespace awaitd::analysis
