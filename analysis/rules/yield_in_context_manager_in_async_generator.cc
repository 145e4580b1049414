// AWD310: a yield inside a with of an async generator that is iterated: the with ends when the generator is collected.
#include "analysis/flow/exceptions.h"
#include "analysis/rules/cancel_paths.h"
#include "analysis/rules/generators.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

void check(const UnitView& view, Report& report) {
  if (view.facts().yields.empty() || view.facts().with_items.empty()) return;
  for (FunctionId f = 1; f < view.facts().functions.size(); ++f) {
    if (!is_async_generator(view.facts().functions[f]) || is_decorated(view, f) || !yields_often(view, f)) continue;
    for (const YieldInside& inside : yields_inside_with(view, f)) {
      const ManagerFact* manager = manager_of(view, inside.context);
      if (manager != nullptr) continue;  // scopes are AWD309, the others hold nothing
      bool async = false;
      for (const WithItem& item : view.facts().with_items) async |= item.value == inside.context && item.async;
      if (!async) continue;
      report.add(inside.context, "`" + view.function_name(f) + "()` yields while it holds " +
                                     quoted(view, inside.context) +
                                     ": a caller that stops iterating early leaves it open until the generator is "
                                     "collected; have callers use `contextlib.aclosing()`.");
      break;
    }
  }
}

}  // namespace

extern constinit const Rule yield_in_context_manager_in_async_generator = {
    .code = "AWD310",
    .name = "yield-in-context-manager-in-async-generator",
    .summary = "An async generator yields while it holds a context manager",
    .severity = Severity::info,
    .check = check,
};

}  // namespace awaitd::analysis
