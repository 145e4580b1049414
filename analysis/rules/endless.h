// Functions that never end by themselves: `while True:` without a way out. Decided on the syntax of one function.
#pragma once
#include "analysis/link/linker.h"

namespace awaitd::analysis {

// function: a ValueKind::function. An exception can still end it.
bool never_ends(const Linker& linker, const Value& function);

}  // namespace awaitd::analysis
