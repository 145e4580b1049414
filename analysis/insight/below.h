// What running a function does to the thread it runs on, in words: "blocks its thread", and through which calls. For
// callers that hold the lock of the link state.
#pragma once
#include <optional>
#include <string>

#include "analysis/effects/effects.h"

namespace awaitd::analysis {

struct Below {
  Effect effect{};
  unsigned calls = 0;  // how many calls down, 0: in the function itself
  std::string chain;   // "`load()` -> `read()` -> `open()`"
};

// The worst of it; nothing if nothing is known.
std::optional<Below> below(Effects& effects, const FunctionKey& function);
// "blocks", "computes for long on"..., to be followed by "the loop" or "its thread".
std::string_view verb_of(Effect effect);

}  // namespace awaitd::analysis
