// The calls of a unit that make tasks, start loops and so on (loops.tsv), resolved once a view: what the rules of
// families 5 and 7 look through. Plain data; ids are the unit's.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "analysis/knowledge/loops.h"
#include "analysis/unit_view.h"

namespace awaitd::analysis {

struct LoopCall {
  const Call* call = nullptr;
  std::uint32_t use = 0;            // in the unit's Uses
  std::span<const LoopFact> facts;  // the rows of what is called
  std::string origin;
  bool definite = true;  // nothing else is known that it could call
  const LoopFact* as(LoopRole role) const;
};

// In text order.
std::vector<LoopCall> loop_calls(const UnitView& view);
// Calls of a role on what only the callers in this module tell: a parameter without a type. Looks around in the module,
// so only calls are asked for whose value goes where `wanted` says.
std::vector<LoopCall> calls_by_callers(const UnitView& view, LoopRole role,
                                       bool (*wanted)(const UnitView&, const Call&));
// The row of a role that a use of the unit's Uses surely or probably calls; null if it calls something else.
const LoopFact* loop_fact(const ValueSet& callee, const UnitView& view, LoopRole role);
// The argument that the row speaks of; null if it is not given.
const Argument* argument_of(const UnitView& view, const Call& call, const LoopFact& fact);
// "`poll()`" for a call, the expression if it is short, else "a coroutine"; for messages.
std::string coroutine_name(const UnitView& view, const Call& call, const LoopFact& fact);

}  // namespace awaitd::analysis
