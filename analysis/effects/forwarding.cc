#include "analysis/effects/forwarding.h"

#include <algorithm>

namespace awaitd::analysis {
namespace {

// `if self._code is None: self._code = await self._process.wait()`, `return self._code` and nothing else.
bool is_short(const Unit& unit, NodeId body) {
  constexpr int kMost = 2;
  int statements = 0;
  for (NodeId s : children(unit, body)) {
    NodeId inner = unit[s].kind == Kind::expression_statement ? unit.first_child(s) : kNoNode;
    const bool text = inner != kNoNode && unit[inner].kind == Kind::string;
    statements += unit[s].kind != Kind::comment && !text;
  }
  for (NodeId n = body; n < body + unit[body].size; ++n) {
    const Kind kind = unit[n].kind;
    if (kind == Kind::while_statement || kind == Kind::for_statement || kind == Kind::with_statement ||
        kind == Kind::try_statement || kind == Kind::raise_statement)
      return false;
  }
  return statements <= kMost;
}

}  // namespace

const Call* handed_on(const Facts& facts, FunctionId id) {
  const Unit& unit = *facts.unit;
  const Function& fn = facts.functions[id];
  if (!fn.async || fn.body == kNoNode || fn.name == kNoNode || !is_short(unit, fn.body)) return nullptr;
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

ForwardedWait forwarded_wait(Linker& linker, const Value& function) {
  const At at{function.module, function.unit};
  const UnitData& data = *linker.unit(at).data;
  if (function.kind != ValueKind::function || function.id >= data.facts->functions.size()) return {};
  const Call* call = handed_on(*data.facts, function.id);
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
