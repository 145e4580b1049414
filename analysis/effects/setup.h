// Work that is done once: what an object makes for itself when it is made, such as an SSL context (it is the class that
// should share it, not each of those who make one), and what a cache decorator remembers. Asked of the linker alone.
#pragma once
#include "analysis/effects/effects.h"

namespace awaitd::analysis {

// True if all that a function reaches is such a thing ("setup" in blocking.tsv) and the function is a constructor.
bool is_setup(const Linker& linker, const FunctionKey& through, const Reach& reach);

// @functools.cache and its like (coroutine_uses.tsv): what the function does is felt once for each argument.
bool remembers(Linker& linker, const FunctionKey& function);

}  // namespace awaitd::analysis
