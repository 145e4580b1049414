// Which units of a module an edit can matter to beyond those it changed: the ones that mention a name that may stand
// for another value now, those that mention what is made of these values, and the callers of functions whose effects
// differ. An over-approximation by names, so that a keystroke in a signature costs what its users cost and not the
// whole file. No state; as thread-safe as what it is given.
#pragma once
#include <algorithm>
#include <functional>
#include <vector>

#include "analysis/link/changes.h"

namespace awaitd::analysis {

// Where the units of a module went when their number changed: [0, front) and [back, ...) are the same as before, the
// latter from new_back on; what was in between is gone.
struct UnitShift {
  std::uint32_t front = 0, back = 0, new_back = 0;
  bool none() const { return back == new_back; }
  // The new number of a unit, kNone if it is gone or was before.
  std::uint32_t now(std::uint32_t before) const {
    if (none() || before < front || before == kNone) return before;
    return before < back ? kNone : before - back + new_back;
  }
};
UnitShift unit_shift(const ModuleIndex& before, const ModuleIndex& now);

struct Affected {
  bool everything = false;  // imports changed, or what nobody names: everything may be another thing
  std::vector<bool> units;  // by unit of the module
  std::size_t count() const { return static_cast<std::size_t>(std::count(units.begin(), units.end(), true)); }
};

// What affected_units() asks, of units that the edit can matter to only.
struct Differences {
  // Whether a framework hands around an object of the one class that has a base of this name: whoever is handed it,
  // does not name that class.
  std::function<bool(std::string_view base)> handed_around;
  std::function<bool(std::uint32_t unit)> effects;  // of the unit's functions, from before
  SameValues values;  // asked if all units have kept their numbers; null: what reads differently is taken for different
};
Affected affected_units(const ModuleIndex& before, const ModuleIndex& now, const UnitShift& shift,
                        const Differences& differences);

}  // namespace awaitd::analysis
