// AWD302: `task.cancel()`, then an await of it that swallows CancelledError: the function's own cancellation, too.
#include "analysis/fixes/extract.h"
#include "analysis/fixes/fix_list.h"
#include "analysis/rules/fixable.h"
#include "analysis/rules/rule.h"
#include "analysis/rules/swallowed.h"

namespace awaitd::analysis {
namespace {

void fix(const UnitView& view, const Finding& finding, FixList& fixes);

NodeId place(const Swallow& swallow) {
  if (swallow.handler == nullptr) return swallow.context;
  return swallow.handler->type == kNoNode ? swallow.handler->clause : swallow.handler->type;
}

void check(const UnitView& view, Report& report) {
  if (view.unit().text.find("ancel") == std::string::npos) return;
  for (const Swallow& swallow : swallowed_cancellations(view)) {
    if (!swallow.meant()) continue;
    NodeId first = view.flow(swallow.function).events[swallow.arriving.front()].node;
    std::string what = swallow.waited.task == kNoNode ? "these tasks" : quoted(view, swallow.waited.task);
    Finding& finding =
        report.add(place(swallow), "While `" + view.function_name(swallow.function) + "()` waits for " + what +
                                       ", its own cancellation looks the same and is swallowed, too; `await "
                                       "asyncio.wait([...])` waits without raising.");
    finding.notes.push_back({"", view.range(first), "both arrive here", -1});
    mark_fixable(view, finding, fix);
  }
}

// The whole try or with becomes `await asyncio.wait([task])`.
void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  const Unit& unit = view.unit();
  for (const Swallow& swallow : swallowed_cancellations(view)) {
    NodeId at = place(swallow);
    if (!swallow.meant() || view.document_range(at) != finding.range) continue;
    NodeId task = swallow.waited.task;
    if (task == kNoNode || !is_future(view, task)) return;
    NodeId statement = swallow.handler != nullptr ? swallow.handler->statement : kNoNode;
    for (const WithItem& item : view.facts().with_items) {
      if (item.value == at) statement = item.statement;
    }
    if (statement == kNoNode) return;
    // Nothing but the one await, and a handler that does nothing.
    NodeId body = unit.child(statement, Field::body);
    NodeId await = view.flow(swallow.function).events[swallow.arriving.front()].node;
    NodeId only = body == kNoNode ? kNoNode : unit.first_child(body);
    if (only == kNoNode || unit[only].kind != Kind::expression_statement || unit.next_sibling(only) != kNoNode) return;
    if (unit.first_child(only) != await || swallow.arriving.size() != 1) return;
    int parts = 0;
    for (NodeId child : children(unit, statement)) parts += unit[child].kind != Kind::with_clause ? 1 : 0;
    if (swallow.handler != nullptr) {
      NodeId suite = unit.child(swallow.handler->clause, Kind::block);
      NodeId inner = suite == kNoNode ? kNoNode : unit.first_child(suite);
      if (parts != 2 || inner == kNoNode || unit[inner].kind != Kind::pass_statement ||
          unit.next_sibling(inner) != kNoNode)
        return;
      if (swallow.handler->type == kNoNode || unit[swallow.handler->type].kind == Kind::tuple)
        return;  // other errors of the task are meant, too
    }
    EditBuilder edits(view, fixes.probe());
    auto name = edits.name_for("asyncio.wait", statement);
    if (!name) return;
    edits.replace(statement, "await " + *name + "([" + std::string(view.text(task)) + "])");
    fixes.add(edits.finish("Wait without raising", Safety::suggested), true);
    return;
  }
}

}  // namespace

extern constinit const Rule cancel_and_await_eats_own_cancel = {
    .code = "AWD302",
    .name = "cancel-and-await-eats-own-cancel",
    .summary = "Waiting for a cancelled task swallows the function's own cancellation",
    .severity = Severity::hint,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
