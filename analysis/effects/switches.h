// Constants that the environment switches on: DEBUG = os.getenv("APP_DEBUG"). What they guard is off unless somebody
// asks. Asked of the linker, so as immutable as what it stands on; source: CPython docs, os.environ and os.getenv.
#pragma once
#include "analysis/effects/uses.h"
#include "analysis/link/linker.h"

namespace awaitd::analysis {

// True if the use runs only where a module-level constant is true (of this module, or by attribute of another one of
// the project) whose only value is a look-up in the environment that gives nothing, or what is false, without the
// variable.
bool off_by_default(Linker& linker, At at, const Use& use);

}  // namespace awaitd::analysis
