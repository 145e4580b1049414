// The fixes of a finding with those that reach over files of the project. They read and analyse files, so they are for
// somebody who asks about one place, and no part of fixes_for(). As thread-safe as that.
#pragma once
#include "analysis/engine.h"

namespace awaitd::analysis {

// A fix that there could be, and why there is none.
struct RefusedFix {
  std::string title;   // "Make pause() async and await it"
  std::string reason;  // "pause() is used as a value: more.py, line 7"
};
struct ProjectFixes {
  // As fixes_for(), with what changes several functions or files in front of "Silence"; Fix::files may be several.
  std::vector<Fix> fixes;
  std::optional<RefusedFix> refused;
};
ProjectFixes project_fixes_for(const Analysis& analysis, const Finding& finding);

}  // namespace awaitd::analysis
