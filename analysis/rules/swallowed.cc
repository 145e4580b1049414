#include "analysis/rules/swallowed.h"

#include <algorithm>

#include "analysis/flow/exceptions.h"
#include "analysis/knowledge/words.h"
#include "analysis/rules/finished.h"
#include "analysis/rules/unshielded.h"

namespace awaitd::analysis {
namespace {

bool is_log_name(std::string_view name) {
  for (std::string_view level : {"debug", "info", "warning", "warn", "error", "exception", "critical", "log"}) {
    if (name == level) return true;
  }
  return false;
}

// A call that only tells of the exception: by the tables, or by a logger's method on something unknown.
bool only_tells(const UnitView& view, const Call& call) {
  const TaskFact* fact = task_fact(view, call);
  if (fact != nullptr) return fact->role == TaskFact::Role::log;
  const Unit& unit = view.unit();
  if (call.callee == kNoNode || unit[call.callee].kind != Kind::attribute) return false;
  NodeId name = unit.child(call.callee, Field::attribute);
  return name != kNoNode && is_log_name(unit.text_of(name));
}

// Expressions whose value is, or holds, that of a part of them.
bool carries(Kind kind) {
  switch (kind) {
    case Kind::parenthesized_expression:
    case Kind::tuple:
    case Kind::keyword_argument:
    case Kind::argument_list:
    case Kind::list:
    case Kind::expression_list:
    case Kind::dictionary:
    case Kind::pair:
    case Kind::boolean_operator:
    case Kind::conditional_expression:
    case Kind::subscript:
      return true;
    default:
      return false;
  }
}

// The exception by the name of the handler, or sys.exc_info().
bool is_the_exception(const UnitView& view, const Handler& handler, NodeId node) {
  const Unit& unit = view.unit();
  if (unit[node].kind == Kind::identifier)
    return handler.alias != kNoNode && node > handler.alias && unit.text_of(node) == unit.text_of(handler.alias);
  const Call* call = unit[node].kind == Kind::call ? view.facts().call_at(node) : nullptr;
  return call != nullptr && call->argument_count == 0 && calls_one_of(view, *call, "now_handled");
}

// The exception object is stored or handed to somebody who may deal with it: future.set_exception(e), error = e.
bool exception_lives_on(const UnitView& view, const Handler& handler) {
  const Unit& unit = view.unit();
  for (NodeId n = handler.clause; n < handler.clause + unit[handler.clause].size; ++n) {
    if (!is_the_exception(view, handler, n)) continue;
    NodeId outer = unit[n].parent;
    while (outer != kNoNode && carries(unit[outer].kind)) outer = unit[outer].parent;
    if (outer == kNoNode) continue;
    switch (unit[outer].kind) {
      case Kind::assignment:
      case Kind::return_statement:
      case Kind::yield:
        return true;
      case Kind::call: {
        const Call* call = view.facts().call_at(outer);
        if (call != nullptr && !only_tells(view, *call)) return true;
        break;
      }
      default:
        break;
    }
  }
  return false;
}

// `future.cancel()` of a future that is no task: whoever waits for it is told that the work was cancelled. And
// `asyncio.current_task().cancel()`: the next await raises it on.
bool hands_on(const UnitView& view, const Handler& handler, bool itself) {
  const Unit& unit = view.unit();
  const NodeId end = handler.clause + unit[handler.clause].size;
  return std::any_of(view.facts().calls.begin(), view.facts().calls.end(), [&](const Call& call) {
    if (call.node < handler.clause || call.node >= end) return false;
    if (!itself) return calls_one_of(view, call, "tells_cancelled");
    const TaskFact* fact = task_fact(view, call);
    return fact != nullptr && fact->role == TaskFact::Role::cancel && unit[call.callee].kind == Kind::attribute &&
           is_own_task(view, unit.child(call.callee, Field::object));
  });
}

// `cancelled = True`, and further down `if cancelled: raise`.
bool raised_later(const UnitView& view, const Flow& flow, const Handler& handler) {
  const Unit& unit = view.unit();
  for (EventId e : flow.inside(unit, handler.clause)) {
    if (flow.events[e].kind != EventKind::write_name || flow.events[e].node == handler.alias) continue;
    std::string_view name = unit.text_of(flow.events[e].node);
    for (NodeId n = handler.clause + unit[handler.clause].size; n < unit.nodes.size(); ++n) {
      NodeId test = unit[n].kind == Kind::if_statement ? unit.child(n, Field::condition) : kNoNode;
      if (test == kNoNode) continue;
      bool asks = false, raises = false;
      for (NodeId m = test; m < test + unit[test].size; ++m)
        asks |= unit[m].kind == Kind::identifier && unit.text_of(m) == name;
      for (NodeId m = n; m < n + unit[n].size; ++m) raises |= unit[m].kind == Kind::raise_statement;
      if (asks && raises) return true;
    }
  }
  return false;
}

// Nobody is waiting for the result of the cancellation: a task's main function that ends there, maybe after a cleanup.
bool harmless_end(const UnitView& view, const Swallow& swallow) {
  if (swallow.after == Aftermath::repeats || (swallow.after == Aftermath::goes_on && !swallow.named)) return false;
  Callers callers = callers_of(view, swallow.function);
  if (swallow.after == Aftermath::goes_on) return callers.spawned && !callers.awaited;
  if (swallow.named) return !callers.awaited;
  return callers.spawned && !callers.awaited;
}

bool worth_telling(const UnitView& view, const Swallow& swallow) {
  // A future that is awaited may have been cancelled by somebody else; only the function's own calls are sure to speak
  // of it.
  if (swallow.waited.tasks) return true;
  for (EventId e : swallow.arriving) {
    const Event& event = view.flow(swallow.function).events[e];
    bool call = event.kind != EventKind::await || event.value == kNoNode ||
                view.facts().call_at(inside_parentheses(view.unit(), event.value)) != nullptr;
    if (call || !swallow.named) return !harmless_end(view, swallow);
  }
  return false;
}

// `except BaseException: pass` around the cleanup in a handler that raises on the error it is there for: an exception
// leaves the function all the same.
bool raises_in_the_end(const Flow& flow, std::span<const BlockId> behind) {
  return std::all_of(behind.begin(), behind.end(), [&](BlockId block) {
    FrameId outer = flow.around(block, FrameKind::handler);
    if (outer == kNone) return false;
    auto raise = [](const Event& e, EventId) { return e.kind == EventKind::raise_; };
    Reached reached = explore_block(flow, block, {false, false}, raise);
    bool raises = false;
    for (EventId e = 0; e < flow.events.size(); ++e) raises |= reached.events[e] && raise(flow.events[e], e);
    for (BlockId b = 0; b < flow.blocks.size(); ++b) {
      if (reached.blocks[b] && flow.around(b, FrameKind::handler, flow.frames[outer].node) == kNone) return false;
    }
    return raises;
  });
}

// `if not self.closed: raise` in the handler of a loop that asks for the same: `while not self.closed`.
bool raises_while_looping(const UnitView& view, const Handler& handler) {
  const Unit& unit = view.unit();
  for (NodeId n = unit[handler.clause].parent; n != kNoNode; n = unit[n].parent) {
    if (unit[n].kind == Kind::function_definition) return false;
    const NodeId condition = unit[n].kind == Kind::while_statement ? unit.child(n, Field::condition) : kNoNode;
    if (condition == kNoNode) continue;
    for (NodeId m = handler.clause; m < handler.clause + unit[handler.clause].size; ++m) {
      const NodeId asked = unit[m].kind == Kind::if_statement ? unit.child(m, Field::condition) : kNoNode;
      const NodeId body = asked == kNoNode ? kNoNode : unit.child(m, Field::consequence);
      if (body == kNoNode || unit.text_of(asked) != unit.text_of(condition)) continue;
      if (unit.child(body, Kind::raise_statement) != kNoNode) return true;
    }
  }
  return false;
}

// `stop = True` in the handler of a loop that asks for it: `while not stop`.
bool ends_its_loop(const UnitView& view, const Flow& flow, const Handler& handler) {
  const Unit& unit = view.unit();
  for (EventId e : flow.inside(unit, handler.clause)) {
    const Event& event = flow.events[e];
    bool write = event.kind == EventKind::write_name || event.kind == EventKind::write_attribute;
    if (!write || event.node == handler.alias) continue;
    for (NodeId n = unit[handler.clause].parent; n != kNoNode; n = unit[n].parent) {
      if (unit[n].kind == Kind::function_definition) break;
      NodeId condition = unit[n].kind == Kind::while_statement ? unit.child(n, Field::condition) : kNoNode;
      if (condition == kNoNode) continue;
      for (NodeId m = condition; m < condition + unit[condition].size; ++m) {
        if (unit[m].kind == unit[event.node].kind && unit.text_of(m) == unit.text_of(event.node)) return true;
      }
    }
  }
  return false;
}

// Part of the handling of another cancellation: one that arrives here is not the first.
bool on_cancelled_way(const Flow& flow, FrameId frame) {
  for (FrameId f = frame; f != kNone; f = flow.frames[f].parent) {
    if (flow.frames[f].way == Way::cancel) return true;
  }
  return false;
}

// Without the awaits of what has ended already.
std::vector<EventId> suspending(const UnitView& view, const Flow& flow, std::vector<EventId> events) {
  std::erase_if(events, [&](EventId e) { return has_ended(view, flow.events[e]); });
  return events;
}

void add_handlers(const UnitView& view, FunctionId function, std::vector<Swallow>& out) {
  const Flow& flow = view.flow(function);
  for (const Handler& handler : flow.handlers) {
    if (handler.catches.cancel != Catch::all) continue;
    Swallow swallow;
    swallow.function = function;
    swallow.handler = &handler;
    swallow.named = handler.catches.named;
    std::vector<BlockId> behind;
    for (EventId entry : entries(flow, handler, Way::cancel)) {
      // Inside the handling of another cancellation this one is not the first.
      BlockId block = flow.block_of_event[entry];
      FrameId own = flow.around(block, FrameKind::handler, handler.clause);
      if (on_cancelled_way(flow, flow.frames[own].parent)) continue;
      std::vector<BlockId> on = going_on(flow, entry, handler.clause);
      if (on.empty() || raises_in_the_end(flow, on)) continue;
      behind.insert(behind.end(), on.begin(), on.end());
      std::vector<EventId> from = suspending(view, flow, arrivals(flow, block));
      // trio, anyio: a scope that shields lets no cancellation in.
      std::erase_if(from, [&](EventId e) { return shielded(view, flow, e); });
      swallow.arriving.insert(swallow.arriving.end(), from.begin(), from.end());
    }
    if (behind.empty() || swallow.arriving.empty()) continue;
    if (asks_for_cancellation(view, handler.clause) || exception_lives_on(view, handler)) continue;
    if (hands_on(view, handler, true) || raises_while_looping(view, handler)) continue;
    if (raised_later(view, flow, handler)) continue;
    swallow.after = aftermath(flow, behind, swallow.arriving);
    if (swallow.after != Aftermath::repeats && hands_on(view, handler, false)) continue;
    if (swallow.after == Aftermath::repeats && ends_its_loop(view, flow, handler)) swallow.after = Aftermath::goes_on;
    swallow.waited = waited_tasks(view, flow, swallow.arriving);
    if (worth_telling(view, swallow)) out.push_back(std::move(swallow));
  }
}

void add_suppressed(const UnitView& view, FunctionId function, std::vector<Swallow>& out) {
  const Flow& flow = view.flow(function);
  for (const WithItem& item : view.facts().with_items) {
    if (item.function != function || item.value == kNoNode || item.async) continue;
    Suppression suppression = suppression_of(view, item.value);
    const ManagerFact* manager = manager_of(view, item.value);
    if (suppression.catches.cancel != Catch::all || manager->kind != ManagerKind::suppress) continue;
    Swallow swallow;
    swallow.function = function;
    swallow.context = item.value;
    swallow.named = suppression.catches.named;
    std::vector<BlockId> behind;
    for (EventId e : flow.at(item.value)) {
      const Block& block = flow.block_of(e);
      if (flow.events[e].kind != EventKind::exit || !block.reachable || !block.cancelled) continue;
      if (on_cancelled_way(flow, block.frame)) continue;
      for (const Edge& edge : flow.successors(flow.block_of_event[e])) {
        if (edge.kind == EdgeKind::suppressed && !flow.blocks[edge.to].cancelled) behind.push_back(edge.to);
      }
      std::vector<EventId> from = suspending(view, flow, arrivals(flow, flow.block_of_event[e]));
      swallow.arriving.insert(swallow.arriving.end(), from.begin(), from.end());
    }
    if (behind.empty() || swallow.arriving.empty()) continue;
    swallow.after = aftermath(flow, behind, swallow.arriving);
    swallow.waited = waited_tasks(view, flow, swallow.arriving);
    if (worth_telling(view, swallow)) out.push_back(std::move(swallow));
  }
}

}  // namespace

std::vector<Swallow> swallowed_cancellations(const UnitView& view) {
  std::vector<Swallow> found;
  const bool handles = view.unit().text.find("except") != std::string::npos;
  for (FunctionId f : suspending_functions(view, "")) {
    if (handles) add_handlers(view, f, found);
    bool with = std::any_of(view.facts().with_items.begin(), view.facts().with_items.end(),
                            [&](const WithItem& item) { return item.function == f && !item.async; });
    if (with) add_suppressed(view, f, found);
  }
  return found;
}

}  // namespace awaitd::analysis
