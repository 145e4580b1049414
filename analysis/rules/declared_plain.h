// Names that are declared to hold a plain value: what is said of a coroutine that such a name is given. A declaration
// that leaves room for something to await says nothing; nor does one that the code itself contradicts by awaiting the
// name. Pure functions of the view; ids are the unit's.
#pragma once
#include "analysis/rules/coroutine_values.h"

namespace awaitd::analysis {

// The annotation of the name that a coroutine is given, in the same statement (`x: str = fetch()`) or as a parameter's
// (`def f(x: str): x = fetch(x)`), if nothing of that type can be awaited; else kNoNode.
NodeId declared_plain(const UnitView& view, const CoroutineEvent& event);

// True if the code awaits a name somewhere, in whatever function of the unit, or runs it as a task.
bool is_awaited_somewhere(const UnitView& view, std::string_view name);

}  // namespace awaitd::analysis
