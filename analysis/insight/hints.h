// What can be shown behind calls without being a finding: how far down something blocks the loop, and how long a call
// waits when nobody says. Computed for the range that is asked for only. Offsets are the document's. Locks the link
// state a unit at a time; any thread.
#pragma once
#include <string>
#include <vector>

#include "analysis/engine.h"

namespace awaitd::analysis {

struct CallHint {
  std::uint32_t offset = 0;  // behind the call
  std::string label;         // "blocks the loop 2 calls down"
  std::string tooltip;       // the chain, or where the figure holds
};

// In the order of the text.
std::vector<CallHint> call_hints(const Analysis& analysis, Range range);

}  // namespace awaitd::analysis
