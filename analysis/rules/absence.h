// Handlers that run where a place holds nothing: `try: return cache[key]  except KeyError:` asks for the key as
// `if key not in cache:` does. Pure function of a view and one of its flows; ids are theirs.
#pragma once
#include <vector>

#include "analysis/flow/flow.h"
#include "analysis/unit_view.h"

namespace awaitd::analysis {

// Where the handler begins that runs when this item or attribute is not there (an event for each copy of it in the
// flow); empty if nobody asks that way. A handler of every Exception is not there for that.
std::vector<EventId> handlers_of_absence(const UnitView& view, const Flow& flow, EventId read);

// True if an except clause with this type handles only that something is not there: no cleanup after an error.
bool only_of_absence(const UnitView& view, NodeId type);

}  // namespace awaitd::analysis
