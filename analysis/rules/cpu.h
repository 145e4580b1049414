// What the rules of family 2xx share: how a span of computing is told, and the chain that leads to it. Pure.
#pragma once
#include <string>
#include <vector>

#include "analysis/effects/estimate.h"
#include "analysis/finding.h"
#include "analysis/unit_view.h"

namespace awaitd::analysis {

// "300 ms", "2 s": one digit that counts, since it is an estimate.
std::string about(double milliseconds);
// "1,000,000"
std::string with_commas(double number);

// The steps of an estimate as notes; the last one is the loop.
std::vector<Note> estimate_notes(const UnitView& view, const Estimate& estimate);
// "`load()` -> `total()`": the functions on the way.
std::string estimate_chain(const UnitView& view, const Estimate& estimate);

// What an underlined loop is: its iterable, the comprehension, the condition of a while.
NodeId place_of(const Unit& unit, const LoopCost& loop);
// "this loop over `range(n)`", "this comprehension over `data`"
std::string loop_name(const Unit& unit, const LoopCost& loop);

// What a use in this unit runs, with the arguments it is handed here.
Estimate estimate_of(const UnitView& view, std::uint32_t use);

}  // namespace awaitd::analysis
