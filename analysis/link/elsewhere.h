// What new versions of other modules mean for the units of one: those that mention a name which may stand for something
// else now, or do other things, in these modules or in what lies between. An over-approximation by names, like
// affected.h, but without a look at values: a dependent of an edited module costs what it has to do with the edit.
// Plain functions over immutable indexes; as thread-safe as what they are given.
#pragma once
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "analysis/link/module_index.h"

namespace awaitd::analysis {

struct OtherVersion {
  std::uint32_t id = 0;  // of the module, in a Linker's numbering
  ModulePtr before, now;
};

struct FromElsewhere {
  std::vector<bool> units;            // of modules[0]: those that may find other things
  std::vector<const UnitData*> read;  // of all modules: what changed, as it was and is, and what has to do with it
};
// Nothing if any unit may find other things. modules: before the change. handed_around: see Differences.
std::optional<FromElsewhere> affected_from_elsewhere(std::vector<ModulePtr> modules,
                                                     const std::vector<OtherVersion>& versions,
                                                     const std::function<bool(std::string_view base)>& handed_around);

}  // namespace awaitd::analysis
