#include "analysis/effects/forwarding.h"

#include <algorithm>

namespace awaitd::analysis {
namespace {

// The one call that a body awaits and gives back, without an argument of its own; null if there is more to it.
const Call* only_call(const Facts& facts, FunctionId id) {
  const Unit& unit = *facts.unit;
  const Function& fn = facts.functions[id];
  if (!fn.async || fn.body == kNoNode || fn.name == kNoNode) return nullptr;
  int statements = 0;
  for (NodeId s : children(unit, fn.body)) {
    NodeId inner = unit[s].kind == Kind::expression_statement ? unit.first_child(s) : kNoNode;
    const bool text = inner != kNoNode && unit[inner].kind == Kind::string;
    statements += unit[s].kind != Kind::comment && !text;
  }
  if (statements != 1) return nullptr;
  const Call* found = nullptr;
  for (const Return& await : facts.awaits) {
    if (await.function != id) continue;
    if (found != nullptr || await.value == kNoNode) return nullptr;
    found = facts.call_at(inside_parentheses(unit, await.value));
    if (found == nullptr) return nullptr;
  }
  if (found == nullptr || found->argument_count != 0 || found->callee == kNoNode) return nullptr;
  if (unit[found->callee].kind != Kind::attribute) return nullptr;
  const NodeId method = unit.child(found->callee, Field::attribute);
  return method != kNoNode && unit.text_of(method) == unit.text_of(fn.name) ? found : nullptr;
}

}  // namespace

ForwardedWait forwarded_wait(Linker& linker, const Value& function) {
  const At at{function.module, function.unit};
  const UnitData& data = *linker.unit(at).data;
  if (function.kind != ValueKind::function || function.id >= data.facts->functions.size()) return {};
  const Call* call = only_call(*data.facts, function.id);
  if (call == nullptr) return {};
  const auto& uses = data.uses();
  for (const Use& use : uses.uses) {
    if (use.kind != UseKind::call || &data.facts->calls[use.call] != call) continue;
    for (const Value& v : linker.values(uses.terms, use.target, at).values) {
      if (v.kind != ValueKind::external) continue;
      const TimeoutFact* fact = linker.knowledge().timeout(v.name);
      if (fact != nullptr && fact->strength != '-') return {fact, v.name};
    }
  }
  return {};
}

}  // namespace awaitd::analysis
