// How long a CPU-bound callable keeps its thread, from the strength and time columns of the blocking table. Pure.
#pragma once
#include "analysis/knowledge/knowledge.h"

namespace awaitd::analysis {

enum class Burden : std::uint8_t {
  none,   // not felt, or nothing to say without knowing its input
  some,   // milliseconds, or the more the larger its input
  heavy   // tens of milliseconds whatever it is given
};
Burden burden_of(const BlockingFact& fact);

// True if its work leaves no room for the loop even in another thread, so that only another process helps.
bool keeps_interpreter(const BlockingFact& fact);

}  // namespace awaitd::analysis
