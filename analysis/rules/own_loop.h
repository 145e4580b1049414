// Waiting on the loop's thread for something that only the loop can bring about (AWD504; AWD108 leaves these alone).
#pragma once
#include "analysis/rules/loop_calls.h"

namespace awaitd::analysis {

enum class OwnLoop : std::uint8_t {
  no,
  probably,  // the loop was taken from the running one, elsewhere
  surely
};

// run_coroutine_threadsafe(coro, loop).result(): is `loop` the one this code runs on? `wait` is the call of result().
OwnLoop waits_for_own_loop(const UnitView& view, const Call& wait);

}  // namespace awaitd::analysis
