// What a condition says of the shared place that it asks for, where one of its edges is taken, as far as its form
// tells. Pure function of a view; ids are the unit's.
#pragma once
#include "analysis/unit_view.h"

namespace awaitd::analysis {

enum class Guard : std::uint8_t {
  absent,   // there is nothing
  present,  // there is something
  below,    // it is below a bound,
  above,    // above it,
  bound,    // or on a side that nobody can tell
  other
};
// asked: what names the place in the condition. yes: the edge of a condition that holds.
Guard guard_of(const UnitView& view, NodeId condition, NodeId asked, bool yes);

}  // namespace awaitd::analysis
