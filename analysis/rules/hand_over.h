// Calls that hand a function to a worker thread or another process, with the arguments it will get. Pure.
#pragma once
#include <vector>

#include "analysis/unit_view.h"

namespace awaitd::analysis {

struct HandOver {
  enum class To : std::uint8_t { thread, process };
  To to{};
  std::uint32_t use = 0;  // in the unit's Uses
  const Call* call = nullptr;
  NodeId callable = kNoNode;
  NodeId executor = kNoNode;  // of loop.run_in_executor(executor, callable, ...)
  int skipped = 1;            // positional arguments up to and with the callable
  std::string_view by;        // "asyncio.to_thread"
};

// Those of this unit whose executor is known. What takes functions by name or by its own pickling is left out.
std::vector<HandOver> hand_overs(const UnitView& view);

}  // namespace awaitd::analysis
