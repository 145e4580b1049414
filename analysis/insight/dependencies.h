// Which files an analysis rests on: when one of them changes, it may be another one. Any thread.
#pragma once
#include <string>
#include <vector>

#include "analysis/engine.h"

namespace awaitd::analysis {

// Paths of the modules it looked at, without its own. A module it missed has none: when files come or go, ask anew.
std::vector<std::string> files_looked_at(const Analysis& analysis);

}  // namespace awaitd::analysis
