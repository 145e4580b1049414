// Which locks a unit takes, and where it holds them. Plain data; ids are the unit's.
#pragma once
#include <string>
#include <vector>

#include "analysis/unit_view.h"

namespace awaitd::analysis {

struct LockScope {
  const LockFact* lock = nullptr;
  NodeId expression = kNoNode;   // the lock
  NodeId body = kNoNode;         // what runs while it is held: a with body, or kNoNode for acquire ... release
  std::uint32_t from = 0, to = 0;  // the bytes of that
  FunctionId function = 0;
  bool async = false;            // async with
  bool definite = true;
};

// `with lock:` blocks and `lock.acquire()` ... `lock.release()` pairs of one function.
std::vector<LockScope> lock_scopes(const UnitView& view);
// What names the same lock in its module: "self.lock" in class C -> "C.lock", a global -> "lock".
std::string lock_key(const UnitView& view, NodeId expression);
// The lock class an expression surely is; null if it is none or may be something else (then definite is false).
const LockFact* lock_of(const UnitView& view, NodeId expression, bool& definite);

}  // namespace awaitd::analysis
