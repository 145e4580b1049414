// A lambda that another process cannot find, as a function of the module. Used by one thread for one finding.
#pragma once
#include "analysis/fixes/fix_list.h"
#include "analysis/rules/hand_over.h"

namespace awaitd::analysis {

// What the lambda takes from the function around it becomes an argument, where the hand-over passes arguments on.
std::optional<Fix> into_module_function(const UnitView& view, const HandOver& over, bool passes_arguments, bool probe);

}  // namespace awaitd::analysis
