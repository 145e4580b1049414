// Turns expressions of one unit into terms: resolves local names by the bindings that can reach the use.
// Appends to a caller's arena and remembers what it has built; not thread-safe, cheap to make.
#pragma once
#include <optional>
#include <unordered_map>

#include "analysis/facts/facts.h"
#include "analysis/terms/term.h"

namespace awaitd::analysis {

class TermBuilder {
 public:
  TermBuilder(const Facts& facts, Terms& arena);

  TermId expression(NodeId node);
  // An expression in the place of a type: annotation, base of isinstance.
  TermId type_expression(NodeId node);
  // What a binding gives its name.
  TermId binding(std::uint32_t binding_id);
  // What `how` gives its target (an attribute store, for example).
  TermId bound_value(const Binding& how);
  // What a name means where it is used.
  TermId name(std::string_view name, NodeId use);

 private:
  TermId add(Term term);
  TermId make(TermKind kind, TermId a, TermId b = 0, std::string_view text = {});
  TermId either(TermId a, TermId b);
  TermId build(NodeId node);
  TermId call(NodeId node);
  TermId integer(NodeId node);
  TermId sequence(NodeId node, std::string_view cls);
  TermId subscript(NodeId node);
  TermId import_term(const Binding& b);
  TermId parameter(const Binding& b);
  TermId narrowed(TermId value, std::string_view name, NodeId use);
  TermId string_type(NodeId node);
  TermId dotted_text(std::string_view text, NodeId use);

  const Facts& facts_;
  const Unit& unit_;
  Terms& arena_;
  std::unordered_map<NodeId, TermId> built_;
  std::unordered_map<std::uint32_t, TermId> built_bindings_;
  std::optional<bool> tests_types_;  // whether the unit has an isinstance() at all
  int depth_ = 0;
};

// The bindings of a name in its own function that can give the value seen at `use`, in text order (ids).
std::vector<std::uint32_t> reaching_bindings(const Facts& facts, std::span<const std::uint32_t> candidates, NodeId use);

}  // namespace awaitd::analysis
