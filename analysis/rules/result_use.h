// What becomes of the value of an expression, as the syntax around it says: awaited, dropped, given a name, tested...
// Pure functions of the unit; ids are the unit's.
#pragma once
#include "analysis/facts/facts.h"

namespace awaitd::analysis {

enum class ResultUse : std::uint8_t {
  unknown,  // handed on, stored, yielded: whoever gets it may await it
  awaited,
  dropped,  // the value of an expression statement
  named,    // x = f()
  returned,
  condition,  // if f(), not f(), f() or x: every object is true
  compared,
  operand,    // f() + 1
  attribute,  // f().name
  item,       // f()[0]
  called,     // f()()
  iterated,   // for x in f(), *f()
  unpacked,   // a, b = f()
  formatted,  // in an f-string
  entered,    // with f() as x
  argument,   // g(f()): for those who know g
  element     // g(f(x) for x in xs), g([f(x) for x in xs])
};

struct UseOfResult {
  ResultUse use{};
  NodeId node =
      kNoNode;  // what does it: the comparison, the attribute, the loop; of argument and element the call of g
  NodeId value = kNoNode;         // the expression as it is used there, with its parentheses
  std::uint32_t binding = kNone;  // of `named`: into Facts::bindings
  std::string_view member;        // of `attribute`
};

UseOfResult use_of_result(const Facts& facts, NodeId expression);

// The uses of a name that see what this one binding gave it and nothing else; `all` is false if there may be others
// (in a nested function, through global, after a branch).
struct NameUses {
  std::vector<NodeId> nodes;
  std::vector<NodeId> shared;  // uses that may see it or what another binding gave the name
  bool all = true;
};
NameUses uses_of_binding(const Facts& facts, std::uint32_t binding);

// True for a use that fails with any coroutine, whatever else is done with it.
bool fails(ResultUse use);

}  // namespace awaitd::analysis
