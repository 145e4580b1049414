// A thing that is made before a loop runs, made in the coroutines that use it instead. Used by one thread for one
// finding; nothing is kept.
#pragma once
#include "analysis/fixes/fix_list.h"

namespace awaitd::analysis {

// `session = None` where `session = Session()` stands, at module level or in __init__, and `if session is None: session
// = Session()` at the start of every coroutine of the module that uses it. Nothing where something else uses it, or
// where what it is made of cannot be named there.
std::optional<Fix> make_on_first_use(const UnitView& view, const Call& call, bool probe);

}  // namespace awaitd::analysis
