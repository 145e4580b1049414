// Whether an iterator is read where it is made: `for x in it`, list(it), [*it]. Pure functions of the unit.
#pragma once
#include "analysis/unit_view.h"

namespace awaitd::analysis {

// A builtin that reads its first argument to the end: list, sorted, sum.
bool reads_to_the_end(const UnitView& view, const Call& call);
// True if code of the same function surely iterates over what the call returns.
bool is_consumed(const UnitView& view, const Call& call);

}  // namespace awaitd::analysis
