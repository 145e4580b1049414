// How much a unit's functions compute, as far as the text tells: their loops, over how many elements these run, and what
// sizes they hand to others. Symbolic over parameters and names of other places, so a pure function of the unit;
// estimate.h puts numbers in. Immutable once built, safe from any thread.
#pragma once
#include <string_view>
#include <vector>

#include "analysis/facts/facts.h"
#include "analysis/terms/term_builder.h"

namespace awaitd::analysis {

using SizeId = std::uint32_t;  // index into Costs::sizes; 0: unknown

enum class SizeKind : std::uint8_t {
  unknown,
  number,
  value,     // of the parameter `name`
  length,    // of the parameter `name`
  term,      // a number that a name or attribute means elsewhere
  add, subtract, multiply, divide, power,
  least, most
};
struct Size {
  SizeKind kind = SizeKind::unknown;
  SizeId a = 0, b = 0;
  double number = 0;
  TermId term = 0;
  std::string_view name;
  bool operator==(const Size&) const = default;
};

struct LoopCost {
  enum class Form : std::uint8_t { statement, comprehension, endless };
  NodeId node = 0;               // for_statement, while_statement, or the comprehension or generator expression
  NodeId iterable = kNoNode;
  FunctionId function = 0;
  int outer = -1;                // the loop of the same function it stands in
  Form form{};
  SizeId size = 0;
  double nanoseconds = 0;        // of one round, without what inner loops and called functions do
  bool suspends = false;         // lets other tasks run
  bool ends_early = false;       // break, return or raise inside; any() around it
  bool lazy = false;             // a generator that nobody here consumes
};

struct SizeArgument {
  int position = -1;             // among the positional arguments, -1 for a keyword
  std::string_view keyword;
  SizeId value = 0, length = 0;
  bool operator==(const SizeArgument&) const = default;
};
struct CallCost {
  std::uint32_t call = 0;        // Facts::calls
  std::uint32_t use = kNone;     // the same in Uses
  FunctionId function = 0;
  int loop = -1;
  bool complete = true;          // no *args, no **kwargs
  std::uint32_t first = 0, count = 0;  // into Costs::arguments: those of a known size
};
struct SizeParameter {
  FunctionId function = 0;
  std::string_view name;
  int index = -2;                // position, negative for keyword-only ones
  SizeId value = 0, length = 0;  // of its default
  bool operator==(const SizeParameter&) const = default;
};

struct Costs {
  std::vector<Size> sizes{Size{}};
  std::vector<LoopCost> loops;   // outer ones first
  std::vector<CallCost> calls;
  std::vector<SizeArgument> arguments;
  std::vector<SizeParameter> parameters;
};

// terms: the arena of the unit's uses, through its builder.
Costs build_costs(const Facts& facts, TermBuilder& terms, const Terms& arena);

// True if nobody who calls these functions can tell the difference (places may have moved).
bool same_costs(const Costs& a, const Costs& b);

}  // namespace awaitd::analysis
