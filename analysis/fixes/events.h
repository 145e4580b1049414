// How blocking events of one function hang together: calls on what an event returned, chains, with blocks, iterators.
// Pure functions of the unit.
#pragma once
#include <vector>

#include "analysis/rules/blocking.h"

namespace awaitd::analysis {

// The name that holds what this event's call returned (`f = open(p)`, `with open(p) as f`), empty if none.
std::string_view holder(const UnitView& view, const BlockingEvent& event);
// Later events of the same function on what this one returned: f.read() after f = open(p).
std::vector<const BlockingEvent*> followers(const UnitView& view, const BlockingEvent& event);
// The outermost call of a chain of blocking calls on each other's results: open(p).read() for the open.
NodeId chained_calls(const UnitView& view, const BlockingEvent& event);
// True if the event's call is a context expression of a with statement.
bool is_with_item(const UnitView& view, const BlockingEvent& event);
// True if consuming the result is what takes the time.
bool gives_an_iterator(const BlockingFact& fact);
// True if the loop's body changes what it is handed, as with os.walk's list of directories: then it cannot be read
// ahead.
bool steers_its_iterator(const UnitView& view, const Loop& loop);
// The event whose underlined place is this range of the document.
const BlockingEvent* event_at(const UnitView& view, Range document_range);

}  // namespace awaitd::analysis
