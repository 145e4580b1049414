// Finds the calls of what checkpoints.tsv knows, for the rules of family 9xx. Pure.
#pragma once
#include "analysis/knowledge/checkpoints.h"
#include "analysis/unit_view.h"

namespace awaitd::analysis {

// Calls each(call, fact) for the calls of one kind whose callee is sure, in text order.
template <typename Each>
void each_call_of(const UnitView& view, CheckpointFact::What what, Each&& each) {
  for (const Call& call : view.facts().calls) {
    if (call.callee == kNoNode) continue;
    // Its name must stand there, or the name that an import gave it: most calls are none.
    std::string_view text = view.text(call.callee);
    std::string_view last = text.substr(text.rfind('.') == std::string_view::npos ? 0 : text.rfind('.') + 1);
    bool named = text.size() == last.size();
    for (const CheckpointFact& fact : checkpoint_facts()) named |= fact.what == what && fact.name.ends_with(last);
    if (!named) continue;
    ValueSet callee = view.callee(call);
    if (callee.unknown || callee.values.size() != 1 || callee.values[0].kind != ValueKind::external) continue;
    if (const CheckpointFact* fact = checkpoint_fact(what, callee.values[0].name)) each(call, *fact);
  }
}

// True if the module imports a library that checkpoints.tsv speaks of: else nothing of it can stand here.
inline bool has_checkpoints(const UnitView& view) {
  if (view.facts().calls.empty()) return false;
  const auto& imported = view.linker().index().tables->imported;
  for (const CheckpointFact& fact : checkpoint_facts()) {
    for (const std::string& name : imported) {
      if (name == fact.library) return true;
    }
  }
  return false;
}

}  // namespace awaitd::analysis
