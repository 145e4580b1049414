// An attribute of a threading.local that becomes a ContextVar. Used by one thread for one finding; nothing is kept.
#pragma once
#include "analysis/fixes/fix_list.h"

namespace awaitd::analysis {

// `_state_user = ContextVar("user")` behind `state = threading.local()`, and get() and set() for every state.user of
// the module. Nothing where the object is handed on or the attribute is deleted or asked for.
std::optional<Fix> as_context_variable(const UnitView& view, NodeId attribute, bool probe);

}  // namespace awaitd::analysis
