// Which units of a module an edit can matter to beyond those it changed: the ones that mention a name that may stand
// for another value now, those that mention what is made of these values, and the callers of functions whose effects
// differ. An over-approximation by names, so that a keystroke in a signature costs what its users cost and not the
// whole file. No state; as thread-safe as what it is given.
#pragma once
#include <algorithm>
#include <functional>
#include <vector>

#include "analysis/link/module_index.h"

namespace awaitd::analysis {

struct Affected {
  bool everything = false;  // other units, imports or classes: everything may be another thing
  std::vector<bool> units;  // by unit of the module
  std::size_t count() const { return static_cast<std::size_t>(std::count(units.begin(), units.end(), true)); }
};

// effects_differ: of a unit's functions, from before; asked only of units that the edit can matter to.
Affected affected_units(const ModuleIndex& before, const ModuleIndex& now,
                        const std::function<bool(std::uint32_t)>& effects_differ);

}  // namespace awaitd::analysis
