// AWD312: trio and anyio: an await in a handler that raises on; a cancellation that arrives there takes the error's
// place.
#include "analysis/fixes/fix_list.h"
#include "analysis/rules/cancel_paths.h"
#include "analysis/rules/fixable.h"
#include "analysis/rules/rule.h"
#include "analysis/rules/unshielded.h"

namespace awaitd::analysis {
namespace {

void fix(const UnitView& view, const Finding& finding, FixList& fixes);

// The raise behind it, which is not reached then.
void add_note(const UnitView& view, NodeId clause, NodeId await, Finding& finding) {
  const Unit& unit = view.unit();
  for (NodeId n = await; n < clause + unit[clause].size; ++n) {
    if (unit[n].kind != Kind::raise_statement) continue;
    finding.notes.push_back({"", view.range(n), "this is not reached then, and nobody hears of the error", -1});
    return;
  }
}

void check(const UnitView& view, Report& report) {
  if (view.unit().text.find("except") == std::string::npos || !level_cancellation(view)) return;
  for (FunctionId f : suspending_functions(view, "except")) {
    const Flow& flow = view.flow(f);
    for (const Handler& handler : flow.handlers) {
      if (entries(flow, handler, Way::error).empty() || falls_through(flow, handler.clause, Way::error)) continue;
      if (!entries(flow, handler, Way::cancel).empty()) continue;  // that is AWD305
      NodeId told = kNoNode;
      for (EventId e : suspensions(flow, view.unit(), handler.clause)) {
        const Event& event = flow.events[e];
        if (event.node == told) continue;  // entering a block and leaving it
        if (event.kind == EventKind::yield || closes_only(view, event) || shielded(view, flow, e)) continue;
        told = event.node;
        Finding& finding = report.add(
            event.node, "A cancellation at " + quoted(view, event.node) +
                            " takes the place of the error that is being handled, which is then lost; run it in a "
                            "shielded scope with a time limit.");
        add_note(view, handler.clause, event.node, finding);
        mark_fixable(view, finding, fix);
      }
    }
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const Return& await : view.facts().awaits) {
    if (view.document_range(await.node) == finding.range) return fix_shield(view, await.node, fixes);
  }
}

}  // namespace

extern constinit const Rule await_in_except_loses_exception = {
    .code = "AWD312",
    .name = "await-in-except-loses-exception",
    .summary = "trio and anyio: a cancellation in a handler replaces the error",
    .severity = Severity::info,
    .enabled = false,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
