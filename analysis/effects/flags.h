// What a call says of a parameter that decides what its callee does: save(path, wait=False). Pure.
#pragma once
#include <optional>

#include "analysis/effects/uses.h"
#include "analysis/link/linker.h"

namespace awaitd::analysis {

// True or false where the call `from` (a use of unit `caller`) decides whether `guarded`, a use of the callee, runs.
// bound: the callee's first parameter is the object it is called on.
std::optional<bool> runs_for(const Linker& linker, At caller, const Use& from, At callee, FunctionId function, bool bound,
                             const Use& guarded);

}  // namespace awaitd::analysis
