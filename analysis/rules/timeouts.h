// What family 6xx shares: calls that wait for somebody else without a timeout, one group a connection or client.
// Plain data; ids are the unit's.
#pragma once
#include <string>
#include <vector>

#include "analysis/effects/waits.h"
#include "analysis/rules/rule.h"
#include "analysis/unit_view.h"

namespace awaitd::analysis {

struct WaitGroup {
  std::vector<const WaitPlace*> places;  // in text order
  const WaitPlace* client = nullptr;     // where their client is made, if a timeout belongs there
  WaysIn reached;
  Severity severity{};
  Confidence confidence{};
  const WaitPlace& first() const { return *places.front(); }
  const WaitPlace& shown() const { return client != nullptr ? *client : first(); }
};

// Another call on the same client, somewhere in the module, that a finding on the first one stands for.
struct SharedPlace {
  std::uint32_t unit = 0;
  const WaitPlace* place = nullptr;
};
// All of them, the given one included; just that one if its client is its own.
std::vector<SharedPlace> shared_places(const UnitView& view, const WaitPlace& place);

// Those that are worth a finding.
std::vector<WaitGroup> wait_groups(const UnitView& view);
// The wait of a synchronous call that would be such a finding once a thread makes the call; null if there is none.
const WaitPlace* unbounded_in_thread(const UnitView& view, const Call& call);
std::string wait_message(const UnitView& view, const WaitGroup& group);
// The one statement of a block, comments left out; kNoNode if there are more.
NodeId only_statement(const Unit& unit, NodeId block);
// "`reader.readline()`", or by its origin where the text is long.
std::string call_name(const UnitView& view, const WaitPlace& place);
// "put it into `async with asyncio.timeout(10):`"
std::string scope_advice(const UnitView& view, const WaitPlace& place);

}  // namespace awaitd::analysis
