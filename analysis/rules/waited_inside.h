// Whether a part of a function waits for what a coroutine there does before the part ends: it awaits it, or a task of
// it under a name or in a list, gathers it, or leaves the task group that runs it. Pure functions of a view; ids and
// offsets are the unit's.
#pragma once
#include "analysis/unit_view.h"

namespace awaitd::analysis {

enum class WaitedFor : std::uint8_t {
  no,
  in_time,  // until a time is up: wait_for()
  yes
};
// coroutine: the call that gives it, or what stands for its task.
WaitedFor waited_inside(const UnitView& view, NodeId coroutine, const Range& part);

// A coroutine function that a call hands to a task group which ends in the part: `nursery.start_soon(f)`; else kNoNode.
NodeId started_inside(const UnitView& view, const Call& call, const Range& part);

}  // namespace awaitd::analysis
