// Evidence that a function runs in several tasks at once: a route or message handler, tasks started in a loop, several
// places that start it, through its callers in the same module. Plain data; offsets are those of a Note.
#pragma once
#include <string>
#include <vector>

#include "analysis/unit_view.h"

namespace awaitd::analysis {

struct Evidence {
  bool many = false;  // several tasks surely run it at once
  std::string why;    // "`handler()` is called for every request"
  std::vector<Note> notes;
  bool under_lock = false;  // every caller in this module holds a lock, or is called under one itself
  bool spread = false;      // tasks of a loop run it, each with arguments of its own
};

// True for what a decorator or a base class makes the handler of each of many requests or messages. on_self: not where
// each has an object of its own.
bool is_handler(const UnitView& view, FunctionId function, bool on_self);

// on_self: the shared place hangs on the function's own object, so only callers that share the object count.
// Looks at every unit of the module: ask for functions that are worth it only.
Evidence evidence_of(const UnitView& view, FunctionId function, bool on_self);

// A decorator or the name says that calls of the function are kept apart.
bool serialised(const UnitView& view, FunctionId function);

}  // namespace awaitd::analysis
