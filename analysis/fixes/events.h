// How blocking events of one function hang together: calls on what an event returned, chains, with blocks, iterators.
// Pure functions of the unit.
#pragma once
#include <vector>

#include "analysis/rules/blocking.h"

namespace awaitd::analysis {

// The name that holds what this event's call returned (`f = open(p)`, `with open(p) as f`), empty if none.
std::string_view holder(const UnitView& view, const BlockingEvent& event);
// True if what this call returns is read and written by methods that block themselves: a file, an archive.
bool makes_a_file(const UnitView& view, const BlockingEvent& event);
// True if the event is a call on what the maker's call returned, or with it: f.read(), json.load(f) after f = open(p).
bool works_on(const UnitView& view, const BlockingEvent& event, const BlockingEvent& maker);
// Those behind the maker that work on what its name holds.
std::vector<const BlockingEvent*> followers(const UnitView& view, const BlockingEvent& event);
// The outermost call of a chain of blocking calls on each other's results: open(p).read(), json.load(open(p)).
NodeId chained_calls(const UnitView& view, const BlockingEvent& event);
// The comprehension or generator expression that runs the event once for every element; kNoNode if there is none.
NodeId comprehension_around(const Unit& unit, NodeId node);
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
