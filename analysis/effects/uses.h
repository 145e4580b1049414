// What the functions of one unit do with other things: calls, attribute reads that may be properties, iteration,
// with blocks, operators, and the callables they hand to somebody else. Symbolic (terms), so a pure function of the unit.
// Immutable once built, safe from any thread; offsets are the unit's.
#pragma once
#include <string_view>
#include <vector>

#include "analysis/effects/costs.h"
#include "analysis/facts/facts.h"
#include "analysis/terms/term.h"

namespace awaitd::analysis {

enum class UseKind : std::uint8_t {
  call, read, write, iterate, enter,
  consume,  // list(x), yield from x, a, b = x: iterates over x without a loop of its own
  special   // x[i], a in x, len(x): runs the method `name` of x
};

// An argument that may be a callable: run(f), run(target=f), run(lambda: ...).
struct Handed {
  TermId value = 0;
  int position = -1;               // among the positional arguments, -1 for a keyword
  std::string_view keyword;
  NodeId node = kNoNode;
};

struct Use {
  UseKind kind{};
  TermId target = 0;               // the callee; the object of a read or write; what is iterated or entered
  std::string_view name;           // the attribute of a read or write, the method of an operator
  FunctionId function = 0;         // whose code does it
  NodeId node = kNoNode;           // what to underline: callee, attribute, iterable, context expression
  std::uint32_t call = kNone;      // Facts::calls
  std::uint32_t first_handed = 0, handed_count = 0;
  TermId condition = 0;            // runs only where this global constant...
  bool condition_holds = true;     // ...is true, or false
  std::string_view flag;           // runs only where this parameter of the function...
  bool flag_holds = true;          // ...is true, or false;
  bool flag_none = false;          // with flag_none: is None, or is something
  std::uint8_t python_below = 0;   // runs only on Python 3 below this minor version, 0: on any
  bool awaited = false;
  bool async = false;              // async for, async with
  bool once = false;               // under `if x is None: x = ...`: filled once, then remembered
  bool by_type = false;            // under an isinstance() test of a parameter: only for some callers
  bool some_platforms = false;     // under a test of sys.platform or os.name
  bool tried = false;              // in a try that handles BlockingIOError: the call is a non-blocking one
  bool asks = false;               // its function asks whether a loop runs, or handles the error if one does
  bool guarded = false;            // runs never, or only where no loop runs: under `if False`, TYPE_CHECKING, __main__...
  bool consumed = false;           // of a call: what it gives is iterated over in the same function
};

struct Uses {
  Terms terms;
  std::vector<Use> uses;           // in text order of their nodes
  std::vector<Handed> handed;
  Costs costs;                     // how long its functions compute
};

Uses build_uses(const Facts& facts);

// True if nobody who calls these functions can tell the difference (places may have moved).
bool same_effect(const Uses& a, const Uses& b);

}  // namespace awaitd::analysis
