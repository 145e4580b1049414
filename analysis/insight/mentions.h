// Rules that comments name ("# noqa: AWD101", "# awaitd: ignore[blocking-sleep]"), for links to their pages. Pure, any
// thread; offsets are the document's.
#pragma once
#include <vector>

#include "analysis/engine.h"

namespace awaitd::analysis {

struct RuleMention {
  Range range;
  const Rule* rule = nullptr;
};

// In the order of the text. Codes of other linters are left out.
std::vector<RuleMention> rule_mentions(const Analysis& analysis);

// A comment in the file or on the statement (document offsets) names the rule, or all of them: of what a rule could say
// and is no finding.
bool silenced_by_comment(const Analysis& analysis, const Rule& rule, Range statement);

}  // namespace awaitd::analysis
