// AWD809: an async def that never awaits anything. Off by default: many are async for their callers' sake.
#include <algorithm>

#include "analysis/rules/awaitables.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

bool suspends(const Facts& facts, FunctionId id) {
  auto own = [&](const auto& one) { return one.function == id; };
  auto async = [&](const auto& one) { return one.async && one.function == id; };
  return std::any_of(facts.awaits.begin(), facts.awaits.end(), own) ||
         std::any_of(facts.with_items.begin(), facts.with_items.end(), async) ||
         std::any_of(facts.loops.begin(), facts.loops.end(), async);
}

void check(const UnitView& view, Report& report) {
  const Facts& facts = view.facts();
  for (FunctionId id = 1; id < facts.functions.size(); ++id) {
    const Function& fn = facts.functions[id];
    if (!fn.async || fn.generator || fn.name == kNoNode || suspends(facts, id)) continue;
    // A method may be what a base class or a protocol asks for, a decorated function what a framework does.
    bool method = fn.cls != kNone || (fn.parent == 0 && view.linker().unit(view.at()).cls != kNone);
    if (method || !view.exports().functions[id].decorators.empty() || view.in_test(id)) continue;
    Value v{ValueKind::function, ""};
    v.unit = view.at().unit;
    v.id = id;
    if (has_stub_body(view, v)) continue;
    report.add(fn.name, "`" + view.function_name(id) +
                            "()` is async but never awaits: it holds the event loop from start to end; "
                            "make it a plain `def` if nobody needs a coroutine.");
  }
}

}  // namespace

extern constinit const Rule async_without_await = {
    .code = "AWD809",
    .name = "async-without-await",
    .summary = "An async def without a suspension point",
    .severity = Severity::info,
    .enabled = false,
    .check = check,
};

}  // namespace awaitd::analysis
