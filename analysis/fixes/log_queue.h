// A log handler that waits for the disk or the network, put behind a queue. Used by one thread for one finding.
#pragma once
#include "analysis/fixes/fix_list.h"

namespace awaitd::analysis {

// callee: of the call that makes the handler. Where the handler goes to, a handler that only queues goes instead, and
// a listener with a thread of its own has the slow one. Nothing if it goes to more than one place, or out of the
// function.
std::optional<Fix> behind_queue(const UnitView& view, NodeId callee, bool probe);

}  // namespace awaitd::analysis
