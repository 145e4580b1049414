// A place in the text of a fix where the cursor goes afterwards: edits carry marks around it until the fix is added to
// a FixList. Pure functions.
#pragma once
#include <string>
#include <string_view>

#include "analysis/finding.h"

namespace awaitd::analysis {

// The number in `text` as a tab stop: "timeout=10.0" with marks around 10.0; text itself if it holds none.
std::string with_tab_stop(std::string_view text);
bool has_tab_stop(const Fix& fix);
// Takes the marks out of all edits; the first one in the document becomes Fix::tab_stop.
void place_tab_stop(Fix& fix);

}  // namespace awaitd::analysis
