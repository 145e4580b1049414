// Where a lock that tasks share is made: at the end of __init__, or behind a global. Offsets and nodes are those of the
// unit it stands in. Used by one thread for one finding; nothing is kept.
#pragma once
#include "analysis/fixes/fix_list.h"

namespace awaitd::analysis {

struct LockHome {
  std::uint32_t unit = 0;
  NodeId behind = kNoNode;
  std::string target;  // "self._conn_lock"
};

// In the __init__ of the class that the view's function belongs to; nothing if it has none, or that name already.
std::optional<LockHome> lock_in_init(const UnitView& view, const std::string& name);
// Behind the global that a place of shared_state.h ("::CACHE[key]") names.
std::optional<LockHome> lock_beside_global(const UnitView& view, const std::string& place, const std::string& name);
// The edits that make the lock there, with its import: home.target = lock(arguments).
std::optional<Fix> make_lock(const UnitView& view, const LockHome& home, std::string_view lock,
                             std::string_view arguments, bool probe);
// The edits of both as one fix with the first one's title; nothing if they overlap.
std::optional<Fix> both(std::optional<Fix> fix, std::optional<Fix> other);

}  // namespace awaitd::analysis
