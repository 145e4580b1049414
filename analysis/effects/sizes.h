// What an expression's number or length is, as a Size over parameters and outer names. Appends to a Costs; belongs to
// build_costs(). Follows local names to their one value, never deeper than a fixed number of steps.
#pragma once
#include "analysis/effects/costs.h"

namespace awaitd::analysis {

class SizeBuilder {
 public:
  SizeBuilder(const Facts& facts, TermBuilder& terms, const Terms& arena, Costs& out)
      : facts_(facts), unit_(*facts.unit), terms_(terms), arena_(arena), out_(out) {}

  SizeId value(NodeId node);   // of a number
  SizeId length(NodeId node);  // of a collection
  // True if the call's callee is the builtin of that name, as far as this unit knows.
  bool calls(const Call& call, std::string_view builtin);
  SizeId number(double n);

 private:
  enum class Ask : std::uint8_t { value, length };
  SizeId ask(NodeId node, Ask ask) { return ask == Ask::value ? value(node) : length(node); }
  SizeId add(Size size);
  SizeId combine(SizeKind kind, SizeId a, SizeId b);
  SizeId name(NodeId node, Ask ask);
  SizeId value_of_call(const Call& call);
  SizeId length_of_call(const Call& call);
  SizeId range_length(const Call& call);
  SizeId length_of_comprehension(NodeId node);
  SizeId elsewhere(NodeId node);

  const Facts& facts_;
  const Unit& unit_;
  TermBuilder& terms_;
  const Terms& arena_;
  Costs& out_;
  int depth_ = 0;
  int steps_ = 0;
};

}  // namespace awaitd::analysis
