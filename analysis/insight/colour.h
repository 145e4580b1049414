// Where a function of the project runs, and how it gets there: upwards through those who call it, as far as the given
// modules tell. Coroutines run on the loop; a plain function runs where its callers do. Unknown is said to be unknown.
// Locks one link state at a time; any thread.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "analysis/insight/calls.h"

namespace awaitd::analysis {

enum class Runs : std::uint8_t { unknown, on_loop, off_loop };

struct Whereabouts {
  Runs runs = Runs::unknown;
  std::vector<FunctionPlace> way;  // the callers it was learnt from, outermost first, the function itself last
  std::string_view by;             // what makes it run there if no caller does: a base class or decorator; may be empty
};

// modules: analyses that may hold callers, or the function itself.
Whereabouts where_it_runs(std::span<const AnalysisPtr> modules, const FunctionPlace& function);

// "on the loop", "off the loop", "unknown".
std::string_view words_of(Runs runs);
// "`handler()` -> `load()`"; long ways without their middle.
std::string way_text(const std::vector<FunctionPlace>& way);
// "`Store.load()`".
std::string shown_name(const FunctionPlace& function);

}  // namespace awaitd::analysis
