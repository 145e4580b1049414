// Where the functions of a chunk stand in its skeleton, which holds a placeholder for each, in text order. Pure functions.
#pragma once
#include <vector>

#include "analysis/syntax/node.h"

namespace awaitd::analysis {

// The node that stands for the number-th function; kNoNode if there is none.
NodeId placeholder_of(const Unit& skeleton, std::uint32_t number);
bool under_an_if(const Unit& unit, NodeId node);
// The numbers of the functions whose def may not be run.
std::vector<std::uint32_t> functions_under_an_if(const Unit& skeleton);

}  // namespace awaitd::analysis
