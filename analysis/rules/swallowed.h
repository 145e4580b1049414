// Places that keep a cancellation from its function's caller: handlers (301) and contextlib.suppress (303), or the wait
// for a task that was cancelled here (302). Pure functions of a view.
#pragma once
#include <vector>

#include "analysis/rules/cancel_paths.h"

namespace awaitd::analysis {

struct Swallow {
  FunctionId function = 0;
  const Handler* handler = nullptr;  // or
  NodeId context = kNoNode;          // the context expression of a suppress
  std::vector<EventId> arriving;     // the suspensions whose cancellation it swallows
  Waited waited;
  Aftermath after{};
  bool named = false;  // CancelledError by name, not BaseException or everything
  // It waits for tasks it cancelled itself, or means their cancellation by name: AWD302, not a lost cancellation.
  bool meant() const { return waited.tasks && (named || waited.cancelled_here); }
};

// Those that are worth telling, in text order.
std::vector<Swallow> swallowed_cancellations(const UnitView& view);

}  // namespace awaitd::analysis
