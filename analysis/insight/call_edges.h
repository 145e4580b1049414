// The calls that one unit of a linker's own module makes, each with what it can run: direct calls, constructors,
// properties and the like, and callables handed to something that is known to run them. For callers that hold the lock
// of the link state; offsets are the document's.
#pragma once
#include <functional>

#include "analysis/effects/effects.h"
#include "analysis/insight/calls.h"

namespace awaitd::analysis {

struct CallEdge {
  FunctionKey caller;  // a function with a name, or the code around the functions
  FunctionKey callee;
  Range range;  // what names the callee
  std::uint32_t use = 0;
  Way way{};
};

void each_call(Effects& effects, std::uint32_t unit, const std::function<void(const CallEdge&)>& each);

FunctionPlace function_place(const Linker& linker, const FunctionKey& function);
bool has_function(const Linker& linker, std::uint32_t unit, const FunctionName& name);

}  // namespace awaitd::analysis
