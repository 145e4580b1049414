// The fixes of a finding with those that reach over files of the project. They read and analyse files, so they are for
// somebody who asks about one place, and no part of fixes_for(). As thread-safe as that.
#pragma once
#include "analysis/engine.h"

namespace awaitd::analysis {

// As fixes_for(), with what changes several functions or files in front of "Silence"; Fix::files may be several.
std::vector<Fix> project_fixes_for(const Analysis& analysis, const Finding& finding);

}  // namespace awaitd::analysis
