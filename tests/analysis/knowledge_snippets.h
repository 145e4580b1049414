// A few lines of Python that use one row of the blocking table on the loop. For the test that every row is exercised:
// analyse snippet_for(fact) and expect a finding whose origin is the row's name (none for a silent row).
#pragma once
#include <string>

#include "analysis/knowledge/knowledge.h"

namespace awaitd::analysis {

std::string snippet_for(const BlockingFact& fact, const Knowledge& knowledge);

}  // namespace awaitd::analysis
