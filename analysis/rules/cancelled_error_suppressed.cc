// AWD303: contextlib.suppress around a suspension point, with CancelledError or BaseException among its arguments.
#include "analysis/fixes/fix_list.h"
#include "analysis/flow/exceptions.h"
#include "analysis/rules/fixable.h"
#include "analysis/rules/rule.h"
#include "analysis/rules/swallowed.h"

namespace awaitd::analysis {
namespace {

void fix(const UnitView& view, const Finding& finding, FixList& fixes);

void check(const UnitView& view, Report& report) {
  if (view.unit().text.find("with") == std::string::npos) return;
  for (const Swallow& swallow : swallowed_cancellations(view)) {
    if (swallow.handler != nullptr || swallow.meant()) continue;
    NodeId first = view.flow(swallow.function).events[swallow.arriving.front()].node;
    std::string end = swallow.after == Aftermath::repeats ? "the task goes on and cannot be cancelled"
                                                          : "whoever cancelled it sees it go on";
    Finding& finding =
        report.add(swallow.context, quoted(view, swallow.context) + " swallows a cancellation of `" +
                                        view.function_name(swallow.function) + "()` at " + quoted(view, first) + ": " +
                                        end + "; leave " + cancellation_name(view) + " out of it.");
    finding.notes.push_back({"", view.range(first), "the cancellation arrives here", -1});
    if (view.in_test(swallow.function)) finding.severity = Severity::info;
    mark_fixable(view, finding, fix);
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  const Unit& unit = view.unit();
  for (const WithItem& item : view.facts().with_items) {
    if (item.value == kNoNode || view.document_range(item.value) != finding.range) continue;
    const Call* call = view.facts().call_at(item.value);
    if (call == nullptr || call->arguments == kNoNode) return;
    std::string kept;
    for (const Argument& a : view.facts().arguments_of(*call)) {
      if (a.stars != 0 || !a.name.empty()) return;
      Catches one = catches_of(view, a.value);
      if (one.cancel == Catch::maybe) return;
      std::string text = one.cancel == Catch::none ? std::string(unit.text_of(a.value)) : one.named ? "" : "Exception";
      if (!text.empty()) kept += (kept.empty() ? "" : ", ") + text;
    }
    if (kept.empty() || !view.is_global_at("Exception", item.value)) return;
    EditBuilder edits(view, fixes.probe());
    edits.replace(call->arguments, "(" + kept + ")");
    fixes.add(edits.finish("Let cancellations through", Safety::suggested), true);
    return;
  }
}

}  // namespace

extern constinit const Rule cancelled_error_suppressed = {
    .code = "AWD303",
    .name = "cancelled-error-suppressed",
    .summary = "contextlib.suppress that swallows cancellations",
    .severity = Severity::warning,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
