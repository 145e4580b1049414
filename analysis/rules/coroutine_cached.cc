// AWD810: a cache that remembers the coroutine itself: the second caller awaits one that has finished.
#include "analysis/fixes/fix_list.h"
#include "analysis/rules/coroutine_values.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

// The cache that a decorator is, if it keeps a coroutine.
std::optional<std::string> cache_of(const UnitView& view, const Decorator& d) {
  if (d.function == kNone || !view.facts().functions[d.function].async) return std::nullopt;
  // `@cache` and `@cache(...)`: the call's result is named after the callable.
  const ValueSet values = view.values(d.expression);
  if (values.unknown || values.values.size() != 1) return std::nullopt;
  const Value& v = values.values.front();
  if (v.kind != ValueKind::external && v.kind != ValueKind::instance) return std::nullopt;
  return coroutine_use(v.name).role == CoroutineRole::cache ? std::optional(v.name) : std::nullopt;
}

// The cache of coroutine_uses.tsv that does the same for results: "async_lru.alru_cache(maxsize=None)".
std::optional<Fix> async_cache(const UnitView& view, const Decorator& d, const std::string& cache, bool probe) {
  const std::string_view other = coroutine_use(cache).words;
  const Call* const call = view.facts().call_at(d.expression);
  const std::size_t open = std::min(other.find('('), other.size());
  if (other.empty() || other == "-" || view.facts().functions[d.function].generator ||
      (call != nullptr && open < other.size()))
    return std::nullopt;
  EditBuilder edits(view, probe);
  const auto name = edits.name_from(other.substr(0, open), d.expression);
  if (!name) return std::nullopt;
  edits.replace(call != nullptr ? call->callee : d.expression, *name + std::string(other.substr(open)));
  return edits.finish("Cache the result with " + std::string(other.substr(0, open)), Safety::suggested);
}

void check(const UnitView& view, Report& report) {
  for (const Decorator& d : view.facts().decorators) {
    const auto cache = cache_of(view, d);
    if (!cache) continue;
    const Function& fn = view.facts().functions[d.function];
    std::string_view what = fn.generator ? "async generator" : "coroutine";
    Finding& finding =
        report.add(d.expression, "The cache keeps the " + std::string(what) + " of `" + view.function_name(d.function) +
                                     "()`, not its result: it runs once, and the second caller gets a finished one. "
                                     "Cache the task or the result instead, for example with `async_lru`.");
    finding.origin = *cache;
    finding.fixable = async_cache(view, d, *cache, true).has_value();
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const Decorator& d : view.facts().decorators) {
    const auto cache = view.document_range(d.expression) == finding.range ? cache_of(view, d) : std::nullopt;
    if (cache) fixes.add(async_cache(view, d, *cache, fixes.probe()), true);
  }
}

}  // namespace

extern constinit const Rule coroutine_cached = {
    .code = "AWD810",
    .name = "coroutine-cached",
    .summary = "A cache decorator on an async def: the second caller gets a finished coroutine",
    .severity = Severity::error,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
