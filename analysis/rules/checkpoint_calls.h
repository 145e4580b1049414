// Finds the calls of what checkpoints.tsv knows, for the rules of family 9xx, and says what to write instead. Pure.
#pragma once
#include "analysis/fixes/fix_list.h"
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

// Reports a call of a sleep that stands for something else, which has a name of its own: "instead()" says it.
inline Finding& report_sleep(const UnitView& view, Report& report, const Call& call, const CheckpointFact& fact,
                             CheckpointFact::What instead, std::string_view means, std::string_view says) {
  Finding& finding =
      report.add(call.node, "`" + std::string(view.text(call.node)) + "` " + std::string(means) + ": `" +
                                std::string(checkpoint_name(instead, fact.library)) + "()` " + std::string(says));
  finding.origin = fact.name;
  finding.fixable = true;
  return finding;
}

// Puts that in its place.
inline void fix_sleep_by(const UnitView& view, const Finding& finding, FixList& fixes, CheckpointFact::What instead,
                         Safety safety) {
  each_call_of(view, CheckpointFact::What::sleep, [&](const Call& call, const CheckpointFact& fact) {
    if (!(view.document_range(call.node) == finding.range)) return;
    EditBuilder edits(view, fixes.probe());
    std::string_view better = checkpoint_name(instead, fact.library);
    auto name = edits.name_for(better, call.node);
    if (!name) return;
    edits.replace(call.node, *name + "()");
    fixes.add(edits.finish("Use " + std::string(better) + "()", safety), true);
  });
}

}  // namespace awaitd::analysis
