// Short names of functions for messages: "load()", "Store.get()". Pure.
#pragma once
#include <string>

#include "analysis/effects/effects.h"

namespace awaitd::analysis {

std::string short_name(const Linker& linker, const FunctionKey& function);

}  // namespace awaitd::analysis
