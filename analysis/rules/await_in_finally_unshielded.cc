// AWD305: trio and anyio cancel every await until the cancelled scope is left, also those of the cleanup.
#include <algorithm>

#include "analysis/fixes/fix_list.h"
#include "analysis/rules/cancel_paths.h"
#include "analysis/rules/fixable.h"
#include "analysis/rules/rule.h"
#include "analysis/rules/unshielded.h"

namespace awaitd::analysis {
namespace {

void fix(const UnitView& view, const Finding& finding, FixList& fixes);

// Where the cancellation arrives first: in the body of the try whose cleanup this is.
void add_note(const UnitView& view, const Flow& flow, NodeId node, FunctionId f, Finding& finding) {
  const Unit& unit = view.unit();
  for (NodeId child = node, n = unit[node].parent; n != kNoNode; child = n, n = unit[n].parent) {
    if (unit[n].kind != Kind::try_statement || unit[child].field == Field::body) continue;
    const NodeId body = unit.child(n, Field::body);
    const std::vector<EventId> there = body == kNoNode ? std::vector<EventId>() : suspensions(flow, unit, body);
    if (there.empty()) continue;
    finding.notes.push_back(
        {"", view.range(flow.events[there.front()].node),
         "a cancellation of `" + view.function_name(f) +
             "()` arrives here, and once more at the await of the cleanup: nothing behind that runs",
         -1});
    return;
  }
}

void report_unshielded(const UnitView& view, const Flow& flow, EventId e, FunctionId f, Report& report) {
  const Event& event = flow.events[e];
  const bool finally = flow.around(flow.block_of_event[e], FrameKind::finally_) != kNone;
  Finding& finding = report.add(
      event.node, quoted(view, event.node) + " in this " + (finally ? "`finally`" : "handler") +
                      " is cancelled at once when `" + view.function_name(f) +
                      "()` is: " + std::string(view.library().name) +
                      " goes on cancelling until the scope is left; run it in a shielded scope with a time limit.");
  add_note(view, flow, event.node, f, finding);
  if (!surely_suspends(view, event)) finding.confidence = Confidence::probable;
  if (!surely_suspends(view, event) || view.in_test(f)) finding.severity = Severity::info;
  mark_fixable(view, finding, fix);
}

// Once for a shield.
void report_endless(const UnitView& view, const Event& event, NodeId shield, FunctionId f, Report& report) {
  Finding& finding =
      report.add(shield, "While " + quoted(view, event.node) + " of this cleanup hangs, nothing can cancel `" +
                             view.function_name(f) + "()`: the shield has no time limit; give it one.");
  finding.notes.push_back({"", view.range(event.node), "no cancellation reaches this await", -1});
  finding.severity = Severity::hint;
  mark_fixable(view, finding, fix);
}

void check(const UnitView& view, Report& report) {
  const std::string& text = view.unit().text;
  bool may = text.find("finally") != std::string::npos || text.find("except") != std::string::npos;
  if (!may || !level_cancellation(view)) return;
  std::vector<NodeId> told;
  for (FunctionId f : suspending_functions(view, "")) {
    const Flow& flow = view.flow(f);
    NodeId last = kNoNode;
    for (std::uint32_t e : flow.by_node) {
      const Event& event = flow.events[e];
      const Block& block = flow.block_of(e);
      if (!event.suspends || event.node == last || !block.cancelled || !block.reachable) continue;
      if (event.kind == EventKind::yield || event.kind == EventKind::async_exit) continue;
      if (closes_only(view, event)) continue;
      if (!shielded(view, flow, e)) {
        last = event.node;
        report_unshielded(view, flow, e, f, report);
        continue;
      }
      const NodeId shield = view.in_test(f) ? kNoNode : endless_shield(view, flow, e);
      if (shield == kNoNode || std::find(told.begin(), told.end(), shield) != told.end()) continue;
      told.push_back(shield);
      report_endless(view, event, shield, f, report);
    }
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const WithItem& item : view.facts().with_items) {
    if (item.value != kNoNode && view.document_range(item.value) == finding.range)
      return fix_endless_shield(view, item.value, fixes);
  }
  for (FunctionId f : suspending_functions(view, "")) {
    for (const Event& event : view.flow(f).events) {
      if (!event.suspends || event.kind != EventKind::await || view.document_range(event.node) != finding.range)
        continue;
      return fix_shield(view, event.node, fixes);
    }
  }
}

}  // namespace

extern constinit const Rule await_in_finally_unshielded = {
    .code = "AWD305",
    .name = "await-in-finally-unshielded",
    .summary = "trio and anyio: cleanup that awaits is cancelled itself",
    .severity = Severity::warning,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
