// AWD112: a threading lock held while a coroutine is suspended. Another coroutine that wants it then stops the thread
// that would have to resume the holder: a deadlock. An RLock lets both in, since both run in one thread.
#include "analysis/fixes/wait_fixes.h"
#include "analysis/rules/locks.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

// The suspension points of the same function inside the scope.
std::vector<NodeId> suspensions(const UnitView& view, const LockScope& scope) {
  std::vector<NodeId> points;
  const Unit& unit = view.unit();
  const Facts& facts = view.facts();
  auto inside = [&](NodeId node, FunctionId function) {
    return function == scope.function && unit[node].start >= scope.from && unit[node].end <= scope.to;
  };
  for (const Return& a : facts.awaits) {
    if (inside(a.node, a.function)) points.push_back(a.node);
  }
  for (const WithItem& item : facts.with_items) {
    if (item.async && item.value != kNoNode && inside(item.value, item.function)) points.push_back(item.value);
  }
  for (const Loop& loop : facts.loops) {
    if (loop.async && loop.iterable != kNoNode && inside(loop.iterable, loop.function)) points.push_back(loop.iterable);
  }
  return points;
}

void check(const UnitView& view, Report& report) {
  if (view.facts().awaits.empty() && view.facts().with_items.empty()) return;
  for (const LockScope& scope : lock_scopes(view)) {
    if (scope.lock->task || scope.async || !view.facts().functions[scope.function].async) continue;
    std::vector<NodeId> points = suspensions(view, scope);
    if (points.empty()) continue;
    std::string name = "`" + std::string(view.text(scope.expression)) + "`";
    std::string message = "The thread lock " + name + " is held while `" + view.function_name(scope.function) + "()` is suspended: ";
    if (scope.lock->reentrant) {
      message += "its thread may take it again, so other coroutines walk in and it guards nothing";
    } else {
      message += "a second coroutine that takes it stops the event loop for ever";
    }
    message += scope.lock->replacement.empty() ? "; release it before the await."
                                               : "; use `" + std::string(scope.lock->replacement) + "` with `async with`, or release it before the await.";
    Finding& finding = report.add(scope.expression, std::move(message));
    finding.origin = scope.lock->name;
    finding.confidence = scope.definite ? Confidence::definite : Confidence::probable;
    FixList probe(true);
    fix_lock(view, scope.expression, *scope.lock, probe);
    finding.fixable = !probe.fixes.empty();
    for (NodeId point : points) finding.notes.push_back({"", view.range(point), "suspended here with the lock held", -1});
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const LockScope& scope : lock_scopes(view)) {
    if (view.document_range(scope.expression) == finding.range) return fix_lock(view, scope.expression, *scope.lock, fixes);
  }
}

}  // namespace

extern constinit const Rule lock_held_across_await = {
    .code = "AWD112",
    .name = "lock-held-across-await",
    .summary = "A threading lock held over an await",
    .severity = Severity::error,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
