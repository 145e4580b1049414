// AWD310: a yield inside a with of an async generator that is iterated: the with ends when the generator is collected.
#include <algorithm>

#include "analysis/fixes/lock_home.h"
#include "analysis/flow/exceptions.h"
#include "analysis/rules/cancel_paths.h"
#include "analysis/rules/fixable.h"
#include "analysis/rules/generators.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

// Who iterates over it in this module, by loops and calls.
struct Iteration {
  std::uint32_t unit = 0;
  const Loop* loop = nullptr;  // the loop over the call itself; null: aclosing(...) or something else
  bool closed = false;
};

std::vector<Iteration> uses_of(const UnitView& view, FunctionId function) {
  std::vector<Iteration> found;
  if (function != 1) return found;
  const std::string name = view.function_name(function);
  view.each_unit_that_mentions({name}, [&](const UnitView& other) {
    const Facts& facts = other.facts();
    for (const Call& call : facts.calls) {
      if (call.callee == kNoNode || !other.text(call.callee).ends_with(name)) continue;
      bool here = false;
      for (const Value& v : other.callee(call).values) {
        here |= v.kind == ValueKind::function && v.module == 0 && v.unit == view.at().unit && v.id == function;
      }
      if (!here) continue;
      Iteration use{other.at().unit, nullptr, false};
      for (const Loop& loop : facts.loops) {
        bool over = loop.iterable != kNoNode && inside_parentheses(other.unit(), loop.iterable) == call.node;
        if (over && loop.async && other.unit()[loop.node].kind == Kind::for_statement) use.loop = &loop;
      }
      for (const WithItem& item : facts.with_items) {
        bool in = item.async && item.value != kNoNode && call.node > item.value &&
                  call.node < item.value + other.unit()[item.value].size;
        const ManagerFact* manager = in ? manager_of(other, item.value) : nullptr;
        use.closed |= manager != nullptr && manager->closes;
      }
      found.push_back(use);
    }
  });
  return found;
}

// aclosing() around every loop over it in this module: then nobody leaves it open.
void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (FunctionId f = 1; f < view.facts().functions.size(); ++f) {
    bool here = false;
    for (const YieldInside& inside : yields_inside_with(view, f))
      here |= view.document_range(inside.context) == finding.range;
    if (!here) continue;
    std::optional<Fix> all;
    for (const Iteration& use : uses_of(view, f)) {
      if (use.closed) continue;
      if (use.loop == nullptr) return;
      auto one = close_behind(UnitView(view, use.unit), *use.loop, "Close it with aclosing where it is iterated",
                              fixes.probe());
      all = all ? both(std::move(all), std::move(one)) : std::move(one);
      if (!all) return;
    }
    return fixes.add(std::move(all), true);
  }
}

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
      const std::vector<Iteration> uses = uses_of(view, f);
      if (!uses.empty() && std::all_of(uses.begin(), uses.end(), [](const Iteration& u) { return u.closed; })) break;
      Finding& finding = report.add(
          inside.context, "`" + view.function_name(f) + "()` yields while it holds " + quoted(view, inside.context) +
                              ": a caller that stops iterating early leaves it open until the generator is "
                              "collected; have callers use `contextlib.aclosing()`.");
      finding.notes.push_back({"", view.range(inside.yield),
                               "`" + view.function_name(f) + "()` is suspended here when its caller leaves the loop: " +
                                   quoted(view, inside.context) + " stays open",
                               -1});
      mark_fixable(view, finding, fix);
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
    .fix = fix,
};

}  // namespace awaitd::analysis
