// What stands around the calls of a unit: with blocks, and the calls that take theirs. Who is called under a timeout,
// and who is not, other modules want to know as well (Waits::reached). Pure; as thread-safe as what it is given.
#pragma once
#include "analysis/facts/facts.h"

namespace awaitd::analysis {

// True if the calls of two versions of a unit stand in the same with blocks and arguments, as far as it matters to
// those who are called. Both have the same calls and with blocks, in the same order.
bool same_around(const Facts& a, const Facts& b);

}  // namespace awaitd::analysis
