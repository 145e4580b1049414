// Functions of the project that only hand a wait on under the same name, like
// `async def wait(self): return await self._process.wait()`. Looks at the text of one unit; no state.
#pragma once
#include <string>

#include "analysis/knowledge/timeouts.h"
#include "analysis/link/linker.h"

namespace awaitd::analysis {

// The one call of the function's name that its body awaits, without an argument and with little around it; null if
// there is more to it.
const Call* handed_on(const Facts& facts, FunctionId id);

struct ForwardedWait {
  const TimeoutFact* fact = nullptr;  // null: it does something else, or is not known to wait
  std::string origin;
};
// function: a value of kind function.
ForwardedWait forwarded_wait(Linker& linker, const Value& function);

}  // namespace awaitd::analysis
