// AWD606: asking again and again instead of being told, and trying again at once, for ever.
#include <algorithm>

#include "analysis/fixes/poll_fixes.h"
#include "analysis/flow/exceptions.h"
#include "analysis/rules/blocking.h"
#include "analysis/rules/cancel_paths.h"
#include "analysis/rules/fixable.h"
#include "analysis/rules/timeouts.h"

namespace awaitd::analysis {
namespace {

bool within(const Unit& unit, NodeId node, NodeId around) {
  return around <= node && node < around + unit[around].size;
}

// A sleep that blocks the loop is one, too; that it blocks is another rule's finding.
bool blocks_by_sleeping(const UnitView& view, const Call& call) {
  return std::any_of(view.blocking().begin(), view.blocking().end(), [&](const BlockingEvent& event) {
    return event.call == &call && event.fact->kind == BlockingKind::sleep;
  });
}

// The origin of the sleep that this calls, empty if it is none.
std::string_view sleep_of(const UnitView& view, const Call& call) {
  for (const Value& v : view.callee(call).values) {
    for (const AsyncLibrary& library : view.knowledge().libraries()) {
      if (v.name == library.sleep) return library.sleep;
    }
  }
  return {};
}

bool is_sleep(const UnitView& view, const Call& call) {
  return blocks_by_sleeping(view, call) || !sleep_of(view, call).empty();
}

// `while not self.ready: await asyncio.sleep(0.1)`; the call that sleeps.
const Call* polls(const UnitView& view, NodeId loop) {
  const Unit& unit = view.unit();
  NodeId condition = unit.child(loop, Field::condition), body = unit.child(loop, Field::body);
  if (condition == kNoNode || body == kNoNode) return nullptr;
  bool reads = false;
  for (NodeId n = condition; n < condition + unit[condition].size; ++n) {
    Kind kind = unit[n].kind;
    if (kind == Kind::call || kind == Kind::await) return nullptr;
    reads |= kind == Kind::attribute || kind == Kind::subscript || kind == Kind::identifier;
  }
  NodeId only = only_statement(unit, body);
  if (!reads || only == kNoNode || unit[only].kind != Kind::expression_statement) return nullptr;
  for (const Call& call : view.facts().calls) {
    if (!within(unit, call.node, only)) continue;
    if (call.awaited ? is_sleep(view, call) : blocks_by_sleeping(view, call)) return &call;
  }
  return nullptr;
}

bool ends_loop(const Unit& unit, NodeId block) {
  NodeId last = kNoNode;
  for (NodeId s : children(unit, block)) {
    if (unit[s].kind != Kind::comment) last = s;
  }
  return last != kNoNode && (unit[last].kind == Kind::return_statement || unit[last].kind == Kind::break_statement);
}

// A handler that goes on at once: nothing in it waits, leaves or gives up.
bool tries_again(const UnitView& view, NodeId clause) {
  const Unit& unit = view.unit();
  for (NodeId n = clause; n < clause + unit[clause].size; ++n) {
    Kind kind = unit[n].kind;
    if (kind == Kind::await || kind == Kind::raise_statement || kind == Kind::return_statement ||
        kind == Kind::break_statement || kind == Kind::yield || kind == Kind::augmented_assignment ||
        kind == Kind::assignment)
      return false;
  }
  const auto& calls = view.facts().calls;
  return std::none_of(calls.begin(), calls.end(), [&](const Call& call) {
    return within(unit, call.node, clause) && (blocks_by_sleeping(view, call) || never_returns(view, call));
  });
}

// A handler that sees what a server that is down does.
bool broad(const UnitView& view, NodeId clause) {
  NodeId value = view.unit().child(clause, Field::value);
  if (value == kNoNode) return true;
  if (view.unit()[value].kind == Kind::as_pattern) value = view.unit().first_child(value);
  for (const ExceptionFact& fact : view.knowledge().exceptions()) {
    if (!fact.refused) continue;
    for (const Value& v : view.values(value).values) {
      if (handles(view, v.name, fact.name)) return true;
    }
  }
  return false;
}

// `while True: try: return await connect()  except OSError: pass`; the clause that does it.
NodeId hot_retry(const UnitView& view, NodeId loop) {
  const Unit& unit = view.unit();
  NodeId condition = unit.child(loop, Field::condition), body = unit.child(loop, Field::body);
  if (condition == kNoNode || body == kNoNode || unit[condition].kind != Kind::true_) return kNoNode;
  NodeId attempt = only_statement(unit, body);
  if (attempt == kNoNode || unit[attempt].kind != Kind::try_statement) return kNoNode;
  NodeId work = unit.child(attempt, Field::body);
  if (work == kNoNode || !ends_loop(unit, work)) return kNoNode;
  bool waits = std::any_of(view.facts().awaits.begin(), view.facts().awaits.end(),
                           [&](const Return& a) { return within(unit, a.node, work); });
  // Whatever takes its time by itself keeps the loop from spinning.
  for (const Call& call : view.facts().calls) {
    if (within(unit, call.node, work) && is_sleep(view, call)) return kNoNode;
  }
  if (!waits) return kNoNode;
  NodeId found = kNoNode;
  for (NodeId clause : children(unit, attempt)) {
    Kind kind = unit[clause].kind;
    if (kind == Kind::finally_clause || kind == Kind::else_clause) return kNoNode;
    if (kind == Kind::except_clause && found == kNoNode && tries_again(view, clause) && broad(view, clause))
      found = clause;
  }
  return found;
}

// The first thing that the try of a handler awaits.
NodeId attempt_of(const UnitView& view, NodeId clause) {
  const NodeId work = view.unit().child(view.unit()[clause].parent, Field::body);
  NodeId first = kNoNode;
  for (const Return& a : view.facts().awaits) {
    if (within(view.unit(), a.node, work) && a.node < first) first = a.node;
  }
  return first;
}

struct BusyLoop {
  NodeId condition = kNoNode;   // of a loop that polls,
  const Call* sleep = nullptr;  // and what it does in between
  NodeId handler = kNoNode;     // or after which the loop tries again at once
  NodeId told_at = kNoNode;
};

std::vector<BusyLoop> busy_loops(const UnitView& view) {
  std::vector<BusyLoop> found;
  if (!view.any_on_loop() || (view.facts().awaits.empty() && view.blocking().empty())) return found;
  const Unit& unit = view.unit();
  for (NodeId n = 0; n < unit.nodes.size(); ++n) {
    if (unit[n].kind != Kind::while_statement || !view.facts().function_of(n).async) continue;
    if (const Call* sleep = polls(view, n); sleep != nullptr) {
      const NodeId condition = unit.child(n, Field::condition);
      found.push_back({condition, sleep, kNoNode, condition});
    } else if (NodeId clause = hot_retry(view, n); clause != kNoNode) {
      const NodeId value = unit.child(clause, Field::value);
      found.push_back({kNoNode, nullptr, clause, value != kNoNode ? value : clause});
    }
  }
  return found;
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const BusyLoop& loop : busy_loops(view)) {
    if (!(view.document_range(loop.told_at) == finding.range)) continue;
    if (loop.handler != kNoNode)
      fixes.add(sleep_before_retry(view, loop.handler, fixes.probe()), true);
    else
      fixes.add(wait_for_event(view, loop.condition, loop.sleep->node, sleep_of(view, *loop.sleep), fixes.probe()),
                true);
    return;
  }
}

void check(const UnitView& view, Report& report) {
  for (const BusyLoop& loop : busy_loops(view)) {
    if (loop.handler != kNoNode) {
      const NodeId attempt = attempt_of(view, loop.handler);
      Finding& finding = report.add(
          loop.told_at, "When " + quoted(view, attempt) +
                            " fails the loop tries again at once, for ever: a server that is down gets requests as "
                            "fast as `" +
                            view.function_name(view.facts().function_id_of(attempt)) +
                            "()` can send them; sleep before the next try, and give up after some.");
      finding.notes.push_back({"", view.range(attempt), "this is what is tried again", -1});
      mark_fixable(view, finding, fix);
      continue;
    }
    Finding& finding =
        report.add(loop.told_at, "This loop asks for `" + std::string(view.text(loop.condition)) +
                                     "` again and again: it wakes the event loop for nothing and learns late; "
                                     "let whoever changes it set an `Event`, and wait for that.");
    finding.severity = Severity::info;
    finding.origin = sleep_of(view, *loop.sleep);
    mark_fixable(view, finding, fix);
  }
}

}  // namespace

extern constinit const Rule busy_wait = {
    .code = "AWD606",
    .name = "busy-wait",
    .summary = "Polling in a loop, or trying again at once for ever",
    .severity = Severity::warning,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
