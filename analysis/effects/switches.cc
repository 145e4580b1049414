#include "analysis/effects/switches.h"

#include "analysis/knowledge/entries.h"
#include "analysis/terms/term_builder.h"

namespace awaitd::analysis {
namespace {

bool reads_environment(Linker& linker, At at, const Facts& facts, NodeId callee) {
  Terms scratch;
  TermBuilder builder(facts, scratch);
  ValueSet found = linker.values(scratch, builder.expression(callee), at);
  linker.forget(scratch);
  if (found.unknown || found.values.size() != 1) return false;
  const Value& v = found.values.front();
  return v.kind == ValueKind::external && has_role(v.name, "environment");
}

// No second argument, or one that is false.
bool falls_back_to_nothing(const Facts& facts, const Call& call) {
  const Argument* fallback = facts.keyword(call, "default");
  if (fallback == nullptr) fallback = facts.positional(call, 1);
  if (fallback == nullptr) return call.argument_count == 1;
  const Unit& unit = *facts.unit;
  std::string_view text = unit.text_of(fallback->value);
  Kind kind = unit[fallback->value].kind;
  return kind == Kind::none || kind == Kind::false_ || (kind == Kind::string && text.size() == 2);
}

bool is_switch(Linker& linker, At at, std::string_view name) {
  const Facts& facts = *linker.unit(at).data->facts;
  const Binding* only = nullptr;
  for (std::uint32_t b : facts.bindings_in(facts.functions.front().scope, name)) {
    if (only != nullptr) return false;
    only = &facts.bindings[b];
  }
  if (only == nullptr || only->kind != BindingKind::assign || only->value == kNoNode || only->index >= 0) return false;
  const Call* call = facts.call_at(inside_parentheses(*facts.unit, only->value));
  return call != nullptr && call->callee != kNoNode && falls_back_to_nothing(facts, *call) &&
         reads_environment(linker, at, facts, call->callee);
}

}  // namespace

bool off_by_default(Linker& linker, At at, const Use& use) {
  if (use.condition == 0 || !use.condition_holds) return false;
  const Terms& terms = linker.unit(at).data->uses().terms;
  const Term& t = terms[use.condition];
  std::optional<std::uint32_t> home;
  if (t.kind == TermKind::free_name) {
    home = at.module;
  } else if (t.kind == TermKind::attribute) {
    for (const Value& v : linker.values(terms, t.a, at).values) {
      if (home || v.kind != ValueKind::module) return false;
      home = v.module;
    }
  }
  if (!home) return false;
  const auto& globals = linker.index(*home).tables->globals;
  const auto* found = globals.find(t.text);
  if (found == nullptr) return false;
  for (const Member& member : *found) {
    if (member.function != kNone || !is_switch(linker, {*home, member.unit}, t.text)) return false;
  }
  return !found->empty();
}

}  // namespace awaitd::analysis
