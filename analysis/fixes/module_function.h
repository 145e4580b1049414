// A function that another process cannot find, a lambda or one defined inside another, as a function of the module.
// Used by one thread for one finding.
#pragma once
#include <string>
#include <vector>

#include "analysis/fixes/fix_list.h"
#include "analysis/rules/hand_over.h"

namespace awaitd::analysis {

// What the callable takes from the function around it becomes an argument, where the hand-over passes arguments on and
// all its other uses are calls.
std::optional<Fix> into_module_function(const UnitView& view, const HandOver& over, bool probe);

// nested_function.cc: the callable is a name, of a nested function or of a lambda.
std::optional<Fix> named_into_module_function(const UnitView& view, const HandOver& over, bool probe);

// The names that a lambda or function reads from the functions around it, in the order met, `but` left out; nothing if
// it does what no function of the module can: it binds names outside itself, or suspends, or one of them cannot travel.
std::optional<std::vector<std::string>> taken_from_around(const UnitView& view, NodeId function, std::string_view but);
// Positional arguments only, so that more can follow.
bool has_plain_arguments(const UnitView& view, const Call& call);

}  // namespace awaitd::analysis
