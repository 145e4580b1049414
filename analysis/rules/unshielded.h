// Awaits that trio and anyio cancel at once, because they run while a cancellation is on its way or may come in.
// Pure functions of a view.
#pragma once
#include <vector>

#include "analysis/flow/queries.h"
#include "analysis/unit_view.h"

namespace awaitd::analysis {

class FixList;

// True if the module's library goes on cancelling until the cancelled scope is left.
bool level_cancellation(const UnitView& view);
// True if a with around the event is a scope that shields (shield=True), inside the frame of that kind.
bool shielded(const UnitView& view, const Flow& flow, EventId event);
// The context expression of the library's own scope that shields the event and has no time limit, where no limit holds
// inside the shield either; kNoNode if there is none.
NodeId endless_shield(const UnitView& view, const Flow& flow, EventId event);
// Gives such a scope a time limit; nothing where it is more than `CancelScope(shield=True)`.
void fix_endless_shield(const UnitView& view, NodeId context, FixList& fixes);
// Closing that the libraries make safe by themselves (await x.aclose()), leaving a scope, and functions of the project
// that shield what they do or do nothing but close.
bool closes_only(const UnitView& view, const Event& event);
// True if what is awaited is known: a function of the project or of the library itself.
bool surely_suspends(const UnitView& view, const Event& event);
// Wraps the statement of a suspension in the library's shielded scope; nothing where that cannot be.
void fix_shield(const UnitView& view, NodeId suspension, FixList& fixes);

}  // namespace awaitd::analysis
