// What the callers in this module pass where a function names no type: def start(loop) ... start(asyncio.new_event_loop()).
// Looks around in the module's units, so a rule asks only when everything else fits. Pure functions of the module.
#pragma once
#include "analysis/unit_view.h"

namespace awaitd::analysis {

// What a term of the view's Uses can be that is a parameter, or an attribute of self that was set from one.
ValueSet from_callers(const UnitView& view, TermId term);

}  // namespace awaitd::analysis
