// Who gets a callable that stands somewhere as a value, and what becomes of what it returns. Plain data.
#pragma once
#include <string>

#include "analysis/unit_view.h"

namespace awaitd::analysis {

struct Receiver {
  enum class Kind : std::uint8_t {
    drops_result,   // known to call it for its effect: loop.call_soon
    handler,        // somebody unknown, or an attribute: most likely a handler
    may_use_result  // map(), a wrapper, a name, a container
  };
  Kind kind = Kind::may_use_result;
  std::string name;                   // "call_soon()"; empty if it is no call
  const ContextFact* fact = nullptr;  // of a known one
  const Call* call = nullptr;
};

// callable: a lambda, a name or an attribute that is not called where it stands.
Receiver receiver_of(const UnitView& view, NodeId callable);

}  // namespace awaitd::analysis
