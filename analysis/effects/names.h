// Short names of functions for messages: "load()", "Store.get()". Pure.
#pragma once
#include <string>

#include "analysis/effects/effects.h"

namespace awaitd::analysis {

// "Path.read_text()" for pathlib.Path.read_text, "open()" for builtins.open.
std::string short_origin(const Knowledge& knowledge, std::string_view origin);
std::string short_name(const Linker& linker, const FunctionKey& function);

}  // namespace awaitd::analysis
