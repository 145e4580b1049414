// What exception types mean for control flow: which of them are a cancellation, and what a with block lets vanish.
// Pure functions over a view; names are resolved, facts come from knowledge/exceptions.tsv and managers.tsv.
#pragma once
#include "analysis/flow/flow.h"
#include "analysis/knowledge/exceptions.h"

namespace awaitd::analysis {

// What `except TYPE:` catches; type may be a class, a tuple of them, or a name for either. kNoNode: a bare except.
Catches catches_of(const UnitView& view, NodeId type);
// The same of `raise VALUE`: what class it is. `all` cancel: certainly a cancellation.
Catches raised_by(const UnitView& view, NodeId value);

// True if `except handler` sees an exception of class `raised`, both by their origins, in the targeted Python.
bool handles(const UnitView& view, std::string_view handler, std::string_view raised);
// The class that a name stands for, through other names of it, whatever the Python version; the name if the tables do
// not know it.
std::string_view exception_class(const UnitView& view, std::string_view origin);

// True if nothing runs behind a call: it ends the program or is declared to raise (NoReturn).
bool never_returns(const UnitView& view, const Call& call);

// What leaving a with block does to an exception of its body.
struct Suppression {
  Catches catches;          // swallowed
  bool own_cancel = false;  // a cancel scope: swallows cancellations of its own
  bool timeout = false;     // turns cancellations of its own into a TimeoutError
};
Suppression suppression_of(const UnitView& view, NodeId context);
// True if a with block around the node is there for that exception: `with suppress(TypeError):`, `with
// pytest.raises(TypeError):`. Without a name: for any that a test expects.
bool wanted(const UnitView& view, NodeId node, std::string_view exception);
// The scope a context expression surely is (a task group, a timeout, contextlib.suppress); null if it is none.
const ManagerFact* manager_of(const UnitView& view, NodeId context);

}  // namespace awaitd::analysis
