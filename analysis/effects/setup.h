// What an object makes for itself when it is made, such as an SSL context: once for each object, and it is the class
// that should share it, not each of those who make one. Pure.
#pragma once
#include "analysis/effects/effects.h"

namespace awaitd::analysis {

// True if all that a function reaches is such a thing ("setup" in blocking.tsv) and the function is a constructor.
bool is_setup(const Linker& linker, const FunctionKey& through, const Reach& reach);

}  // namespace awaitd::analysis
