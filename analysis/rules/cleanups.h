// What a piece of code undoes, and where the function did what is undone: `release()` after `acquire()`, `n -= 1` after
// `n += 1`, `close()` of what was opened here. Pure functions of a view and one of its flows.
#pragma once
#include <string>
#include <vector>

#include "analysis/flow/queries.h"
#include "analysis/knowledge/cancellation.h"
#include "analysis/unit_view.h"

namespace awaitd::analysis {

struct Undo {
  EventId event = 0;
  NodeId node = kNoNode;              // the call, or the target that is set back
  std::string_view object;            // what is given back, as written: "self._lock", "conn"
  const CleanupFact* fact = nullptr;  // null: a value is set back
  EventId done = kNone;               // where this function did it; kNone: not in sight
  bool telling = false;               // its name says enough without that
  bool helper = false;                // a function of the project that sets something back; node is its call
};

// In the subtree of node, in the copies for this way; each place once, in text order.
std::vector<Undo> undos(const UnitView& view, const Flow& flow, NodeId node);
// What the ordinary way of a function sets back after a suspension, outside of handlers and finally: `self.busy =
// False` after `self.busy = True`, `self.active -= 1`, `del self.open[key]`. Each is skipped when the way ends before
// it.
struct LeftBehind {
  Undo undo;
  EventId suspension = 0;  // where a cancellation skips it
  bool refuses = false;    // the function looks at it when it starts: it will not run again
};
std::vector<LeftBehind> left_behind(const UnitView& view, const Flow& flow);
// True if the event gives the same thing back: by any cleanup of the same object, or by leaving a with that owns it.
bool gives_back(const UnitView& view, const Flow& flow, EventId event, const Undo& undo);
// True if a with around the block owns the object: its exit cleans up by itself.
bool owned_by_with(const UnitView& view, const Flow& flow, BlockId block, const Undo& undo);
// "close" of "_close_connection".
std::string_view first_word(std::string_view name);

}  // namespace awaitd::analysis
