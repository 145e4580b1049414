// How an editor may draw what a rule underlines, beside the squiggle: a line in marks.def. Pure, any thread.
#pragma once
#include <cstdint>

#include "analysis/rules/rule.h"

namespace awaitd::analysis {

enum class Mark : std::uint8_t { none, unnecessary, deprecated };  // as it is, faded, struck through

Mark mark_of(const Rule& rule);

}  // namespace awaitd::analysis
