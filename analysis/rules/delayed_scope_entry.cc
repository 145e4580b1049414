// AWD905: move_on_after() and fail_after() kept in a variable and entered later: their time runs from when they were
// made.
#include "analysis/rules/checkpoint_calls.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

// The statement that comes right behind another one in its block; kNoNode if it is the last.
NodeId next_statement(const Unit& unit, NodeId statement) {
  for (NodeId n = unit.next_sibling(statement); n != kNoNode; n = unit.next_sibling(n)) {
    if (unit[n].kind != Kind::comment) return n;
  }
  return kNoNode;
}

// Where a name is entered: `with scope:`. kNoNode if nowhere in its function.
NodeId entered_at(const UnitView& view, const Binding& b) {
  const Facts& facts = view.facts();
  for (const WithItem& item : facts.with_items) {
    if (item.value == kNoNode || item.function != facts.function_id_of(b.target)) continue;
    if (view.text(item.value) == b.name && view.unit()[item.statement].start > view.unit()[b.target].start)
      return item.statement;
  }
  return kNoNode;
}

void check(const UnitView& view, Report& report) {
  if (!has_checkpoints(view)) return;
  each_call_of(view, CheckpointFact::What::relative, [&](const Call& call, const CheckpointFact& fact) {
    for (const Binding& b : view.facts().bindings) {
      if (b.kind != BindingKind::assign || b.value != call.node || b.index != -1) continue;
      NodeId with = entered_at(view, b);
      if (with == kNoNode || next_statement(view.unit(), view.facts().statement_of(call.node)) == with) continue;
      Finding& finding = report.add(call.node, "The time of `" + std::string(b.name) +
                                                   "` runs from here on, not from where it is entered; make it in "
                                                   "the `with` statement.");
      finding.origin = fact.name;
      finding.notes.push_back({"", view.statement_range(with), "entered here", -1});
    }
  });
}

}  // namespace

extern constinit const Rule delayed_scope_entry = {
    .code = "AWD905",
    .name = "delayed-scope-entry",
    .summary = "A timeout scope made long before it is entered (trio, anyio)",
    .severity = Severity::info,
    .check = check,
};

}  // namespace awaitd::analysis
