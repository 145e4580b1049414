// "Silence AWD101 here": the comment that suppresses one finding. Document offsets.
#pragma once
#include <optional>

#include "analysis/engine.h"

namespace awaitd::analysis {

std::optional<Fix> silence(const Analysis& analysis, const Finding& finding);

}  // namespace awaitd::analysis
