// What callers hand an async function where that decides how long it computes: `await count(5_000_000)`. The loop is
// told where it stands, so that its fixes help, with the call as a note. Callers of this module and of others, as far as
// the project knows them; tests and what stands at module level do not count. Asks for all who mention the function's
// name: only for functions with a loop or call that hangs on a parameter.
#pragma once
#include <vector>

#include "analysis/effects/estimate.h"
#include "analysis/finding.h"
#include "analysis/unit_view.h"

namespace awaitd::analysis {

struct HandedSizes {
  Sizes sizes;
  FunctionKey caller;
  Note note;  // the call
};
// Each different hand-over once, the own module's first.
std::vector<HandedSizes> sizes_from_callers(const UnitView& view, FunctionId function);

// True if a size is not known without knowing what the function is handed.
bool hangs_on_parameter(const Costs& costs, SizeId size);

}  // namespace awaitd::analysis
