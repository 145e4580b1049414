// AWD309: a yield inside a task group, timeout or cancel scope of an async generator: whoever iterates leaves the scope
// open.
#include "analysis/flow/exceptions.h"
#include "analysis/rules/cancel_paths.h"
#include "analysis/rules/generators.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

std::string fixture_message(const UnitView& view, FunctionId f, NodeId context) {
  return "The fixture `" + view.function_name(f) + "()` enters " + quoted(view, context) +
         " in one task and leaves it in another, since pytest-asyncio runs setup and teardown apart: that raises "
         "RuntimeError; open it in the test, or run the tests with anyio's plugin.";
}

std::string generator_message(const UnitView& view, FunctionId f, NodeId context) {
  return "While `" + view.function_name(f) + "()` is suspended at this `yield`, " + quoted(view, context) +
         " stays open in the code that iterates: it may cancel that code, or be left by another task; yield outside of "
         "it, or make `" +
         view.function_name(f) + "()` an `asynccontextmanager`.";
}

void check(const UnitView& view, Report& report) {
  if (view.facts().yields.empty() || view.facts().with_items.empty()) return;
  for (FunctionId f = 1; f < view.facts().functions.size(); ++f) {
    if (!is_async_generator(view.facts().functions[f])) continue;
    const bool fixture = is_split_fixture(view, f);
    if (!fixture && is_context_manager(view, f)) continue;
    NodeId last = kNoNode;
    for (const YieldInside& inside : yields_inside_with(view, f)) {
      const ManagerFact* manager = inside.yield == last ? nullptr : manager_of(view, inside.context);
      using enum ManagerKind;
      if (manager == nullptr || (manager->kind != group && manager->kind != cancel && manager->kind != timeout))
        continue;
      if (fixture && !manager->structured) continue;  // asyncio's own may be left by another task
      if (!fixture && is_dependency(view, f)) break;
      last = inside.yield;
      Finding& finding = report.add(inside.yield, fixture ? fixture_message(view, f, inside.context)
                                                          : generator_message(view, f, inside.context));
      finding.notes.push_back({"", view.range(inside.context), "still open at the yield", -1});
    }
  }
}

}  // namespace

extern constinit const Rule yield_in_cancel_scope = {
    .code = "AWD309",
    .name = "yield-in-cancel-scope",
    .summary = "An async generator yields inside a task group or timeout",
    .severity = Severity::warning,
    .check = check,
};

}  // namespace awaitd::analysis
