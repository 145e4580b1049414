// Programs that run in Python as they are and with the fixes of one rule. Tests only; they need a python3.
#pragma once
#include <span>
#include <string>

namespace awaitd::testing {

struct Behaviour {
  const char* code;            // the rule whose fixes are applied, the first one of each finding (or see `title`)
  const char* program;         // behind a prelude: asyncio, gc and so on, cancel(), watchdog(); none with `needs`
  const char* before;          // what it prints; "...x": something with x in it
  const char* after;           // what it prints with the fixes; added timeouts last a tenth of a second then
  const char* stub = "";       // the name of a package that need not be installed here,
  const char* stub_text = "";  // and what stands for it
  const char* needs = "";      // a package without which it is not run
  const char* title = "";      // of the fixes the one whose title begins so
  int minor = 11;              // the Python 3 version that is advised for
};

bool has_python();
void check_behaviour(std::span<const Behaviour> cases);
std::span<const Behaviour> cancellation_cases();
std::span<const Behaviour> race_cases();
std::span<const Behaviour> pool_cases();
std::span<const Behaviour> timeout_cases();
std::span<const Behaviour> trio_cases();

}  // namespace awaitd::testing
