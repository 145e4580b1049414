// AWD108: waiting for another thread or process on the event loop: joins, queues, futures, pools; a thread lock only
// where somebody who holds it works long (a short critical section is accepted practice).
#include "analysis/fixes/events.h"
#include "analysis/fixes/offload.h"
#include "analysis/fixes/wait_fixes.h"
#include "analysis/rules/advice.h"
#include "analysis/rules/blocking.h"
#include "analysis/rules/chains.h"
#include "analysis/rules/locks.h"
#include "analysis/rules/own_loop.h"
#include "analysis/rules/start_up.h"
#include "analysis/rules/waiting.h"

namespace awaitd::analysis {
namespace {

bool is_lock(const UnitView& view, const BlockingEvent& event) {
  return view.knowledge().lock(event.origin.substr(0, event.origin.rfind('.'))) != nullptr;
}

NodeId lock_expression(const UnitView& view, const BlockingEvent& event) {
  if (event.call == nullptr) return event.node;
  return view.unit()[event.node].kind == Kind::attribute ? view.unit().child(event.node, Field::object) : kNoNode;
}

// condition.wait() gives the lock back while it waits (CPython docs, threading.Condition), and a lock's other methods are
// no work.
bool is_of_lock(const UnitView& view, const Use& use, const std::string& key) {
  if (use.call == kNone) return false;
  NodeId callee = view.facts().calls[use.call].callee;
  if (callee == kNoNode || view.unit()[callee].kind != Kind::attribute) return false;
  NodeId object = view.unit().child(callee, Field::object);
  return object != kNoNode && lock_key(view, object) == key;
}

// Something slow that this unit does while it holds the lock.
const Use* slow_holder(const UnitView& view, const std::string& key) {
  for (const LockScope& scope : lock_scopes(view)) {
    if (scope.lock->task || lock_key(view, scope.expression) != key) continue;
    const auto& uses = view.uses().uses;
    for (std::uint32_t u = 0; u < uses.size(); ++u) {
      const Node& node = view.unit()[uses[u].node];
      if (uses[u].function != scope.function || node.start < scope.from || node.end > scope.to) continue;
      const ResolvedUse& resolved = view.effects().resolved(view.at(), u);
      if (is_of_lock(view, uses[u], key)) continue;
      bool direct = resolved.fact != nullptr && effect_of(*resolved.fact) == Effect::blocks;
      if (direct || nearest(view, u, Effect::blocks).reach != nullptr) return &uses[u];
    }
  }
  return nullptr;
}

// The same in any unit of the module: the first one that does.
bool held_long(const UnitView& view, const BlockingEvent& event, Finding& finding) {
  NodeId lock = lock_expression(view, event);
  if (lock == kNoNode) return false;
  std::string key = lock_key(view, lock);
  bool found = false;
  const std::string_view name = view.text(lock);
  view.each_unit_that_mentions({name.substr(name.rfind('.') + 1)}, [&](const UnitView& other) {
    if (found) return;
    const Use* use = slow_holder(other, key);
    if (use == nullptr) return;
    found = true;
    finding.notes.push_back(
        {"", other.range(use->node), "this blocks while the lock is held", static_cast<int>(other.at().unit)});
  });
  return found;
}

// Waiting in a thread is right for what ends by itself; a lock taken there would be held by that thread.
void fix_wait(const UnitView& view, const BlockingEvent& event, FixList& fixes) {
  if (is_lock(view, event)) return;
  fix_future(view, event, fixes);
  if (!fixes.enough()) fix_thread(view, event, fixes);
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  if (const BlockingEvent* event = event_at(view, finding.range)) fix_wait(view, *event, fixes);
}

void check(const UnitView& view, Report& report) {
  for (const BlockingEvent& event : view.blocking()) {
    if (event.fact->kind != BlockingKind::wait || !view.facts().functions[event.function].async) continue;
    if (event.call != nullptr && waits_for_own_loop(view, *event.call) != OwnLoop::no) continue;  // AWD504
    Finding scratch;
    bool lock = is_lock(view, event);
    if (lock && event.fact->strength != Strength::certain && !held_long(view, event, scratch)) continue;
    if (!lock && awaited_before(view, event)) continue;
    Finding& finding = report.add(event.node, blocking_message(view, event));
    finding.origin = event.origin;
    finding.confidence = event.confidence;
    finding.severity = blocking_severity(view, event);
    finding.notes = std::move(scratch.notes);
    if (jobs_are_awaited(view, event)) {
      finding.severity = Severity::info;
      finding.message += " Its jobs are awaited before the block ends, so it waits for idle threads.";
    }
    soften(view, event.function, event.node, finding);
    FixList probe(true);
    fix_wait(view, event, probe);
    finding.fixable = !probe.fixes.empty();
  }
}

}  // namespace

extern constinit const Rule blocking_wait = {
    .code = "AWD108",
    .name = "blocking-wait",
    .summary = "Waiting for another thread or process on the event loop",
    .severity = Severity::warning,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
