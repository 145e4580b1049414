// AWD810: a cache that remembers the coroutine itself: the second caller awaits one that has finished.
#include "analysis/rules/coroutine_values.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

void check(const UnitView& view, Report& report) {
  for (const Decorator& d : view.facts().decorators) {
    if (d.function == kNone) continue;
    const Function& fn = view.facts().functions[d.function];
    if (!fn.async) continue;
    // `@cache` and `@cache(...)`: the call's result is named after the callable.
    ValueSet values = view.values(d.expression);
    if (values.unknown || values.values.size() != 1) continue;
    const Value& v = values.values.front();
    if (v.kind != ValueKind::external && v.kind != ValueKind::instance) continue;
    if (coroutine_use(v.name).role != CoroutineRole::cache) continue;
    std::string_view what = fn.generator ? "async generator" : "coroutine";
    Finding& finding =
        report.add(d.expression, "The cache keeps the " + std::string(what) + " of `" + view.function_name(d.function) +
                                     "()`, not its result: it runs once, and the second caller gets a finished one. "
                                     "Cache the task or the result instead, for example with `async_lru`.");
    finding.origin = v.name;
  }
}

}  // namespace

extern constinit const Rule coroutine_cached = {
    .code = "AWD810",
    .name = "coroutine-cached",
    .summary = "A cache decorator on an async def: the second caller gets a finished coroutine",
    .severity = Severity::error,
    .check = check,
};

}  // namespace awaitd::analysis
