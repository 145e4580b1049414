// AWD313: cleanup in an `except Exception` that a cancellation passes by, with nothing on its way out that does it too.
#include <algorithm>

#include "analysis/fixes/fix_list.h"
#include "analysis/rules/absence.h"
#include "analysis/rules/cancel_paths.h"
#include "analysis/rules/cleanups.h"
#include "analysis/rules/fixable.h"
#include "analysis/rules/rule.h"
#include "analysis/rules/unshielded.h"

namespace awaitd::analysis {
namespace {

void fix(const UnitView& view, const Finding& finding, FixList& fixes);

// `await task`, `await gather(*tasks)`: its cancellation stops them.
bool stops_them(const UnitView& view, const Event& event, const Undo& undo) {
  if (undo.fact == nullptr || undo.fact->kind != CleanupFact::Kind::stop) return false;
  if (event.kind != EventKind::await || event.value == kNoNode) return false;
  NodeId operand = inside_parentheses(view.unit(), event.value);
  if (view.text(operand) == undo.object) return true;
  const Call* call = view.facts().call_at(operand);
  const TaskFact* fact = call == nullptr ? nullptr : task_fact(view, *call);
  if (fact == nullptr || fact->role != TaskFact::Role::collect) return false;
  for (const Argument& a : view.facts().arguments_of(*call)) {
    if (view.text(a.value) == undo.object) return true;
  }
  return false;
}

// A suspension in the try from which a cancellation leaves the function with the thing not given back.
EventId leak(const UnitView& view, const Flow& flow, const Handler& handler, const Undo& undo) {
  std::vector<NodeId> clauses;
  for (EventId e = 0; e < flow.events.size(); ++e) {
    if (gives_back(view, flow, e, undo)) add_way_out(flow, e, clauses);
  }
  std::erase(clauses, handler.clause);
  auto stop = [&](const Event&, EventId e) {
    return gives_back(view, flow, e, undo) || goes_through_release(flow, clauses, e);
  };
  std::optional<Reached> since;
  if (undo.done != kNone) since = explore_from(flow, undo.done, {}, stop);
  NodeId body = view.unit().child(handler.statement, Field::body);
  std::vector<BlockId> harmless;
  for (EventId e : flow.inside(view.unit(), body)) {
    const Event& event = flow.events[e];
    const Block& block = flow.block_of(e);
    if (!event.suspends || !block.reachable || block.cancelled || stops_them(view, event, undo)) continue;
    // Round a loop is another thing of the same name.
    if (undo.done != kNone && flow.events[undo.done].node > event.node) continue;
    if (since && !since->events[e]) continue;
    NodeId done = undo.done == kNone ? kNoNode : flow.events[undo.done].node;
    if (done != kNoNode && done >= event.node && done < event.node + view.unit()[event.node].size)
      continue;  // not taken yet
    if (flow.around(flow.block_of_event[e], FrameKind::try_body, handler.statement) == kNone) continue;
    for (const Edge& edge : flow.successors(flow.block_of_event[e])) {
      bool out = edge.early && edge.kind == EdgeKind::cancel;
      if (!out || std::find(harmless.begin(), harmless.end(), edge.to) != harmless.end()) continue;
      if (edge.to == Flow::cancelled || explore_block(flow, edge.to, {false, true}, stop).at(Flow::cancelled)) return e;
      harmless.push_back(edge.to);  // most suspensions of a try leave by the same way
    }
  }
  return kNone;
}

// What is set back was no claim on anything: `self.online = True` after the answer came, in the try itself, says what
// the answer was. Nor is an entry of a mapping that the function made for itself and that ends with it.
bool only_tells(const UnitView& view, const Flow& flow, const Handler& handler, const Undo& undo) {
  if (undo.fact != nullptr || undo.helper || undo.done == kNone) return false;
  const Unit& unit = view.unit();
  const Facts& facts = view.facts();
  const std::string_view root = undo.object.substr(0, undo.object.find_first_of(".["));
  for (std::uint32_t b : facts.bindings_in(facts.functions[flow.function].scope, root)) {
    const NodeId value = facts.bindings[b].value;
    if (value != kNoNode && facts.bindings[b].kind == BindingKind::assign && unit[value].kind == Kind::dictionary)
      return true;
  }
  const NodeId done = flow.events[undo.done].node, body = unit.child(handler.statement, Field::body);
  if (body == kNoNode || done < body || done >= body + unit[body].size) return false;
  return std::any_of(facts.awaits.begin(), facts.awaits.end(),
                     [&](const Return& a) { return a.function == flow.function && a.node > body && a.node < done; });
}

// The handler ends the function: its last statement returns or raises.
bool leaves(const UnitView& view, const Handler& handler) {
  const Unit& unit = view.unit();
  NodeId block = unit.child(handler.clause, Kind::block), last = kNoNode;
  if (block == kNoNode) return false;
  for (NodeId child : children(unit, block)) {
    if (unit[child].kind != Kind::comment) last = child;
  }
  return last != kNoNode && (unit[last].kind == Kind::return_statement || unit[last].kind == Kind::raise_statement);
}

std::string consequence(const Undo& undo, const std::string& object) {
  if (undo.helper) return "what it sets back stays as it was";
  if (undo.fact == nullptr) return object + " is not set back";
  switch (undo.fact->kind) {
    case CleanupFact::Kind::release:
      return object + " stays taken";
    case CleanupFact::Kind::close:
      return object + " stays open";
    case CleanupFact::Kind::roll_back:
      return object + " is not rolled back";
    case CleanupFact::Kind::stop:
      return object + " keeps running";
    case CleanupFact::Kind::remove:
      return "what it removes is left behind";
    case CleanupFact::Kind::answer:
      return "whoever awaits " + object + " waits for ever";
  }
  return {};
}

void report_leak(const UnitView& view, const Flow& flow, const Handler& handler, const Undo& undo, EventId suspension,
                 bool raises, bool certain, Report& report) {
  std::string object = "`" + std::string(undo.object) + "`";
  std::string type =
      handler.type == kNoNode ? std::string("this handler") : "`except " + quoted(view, handler.type).substr(1);
  NodeId undone = undo.fact == nullptr && !undo.helper ? view.facts().statement_of(undo.node) : undo.node;
  std::string message = "A cancellation at " + quoted(view, flow.events[suspension].node) + " passes " + type +
                        " by: " + quoted(view, undone) + " does not run and " + consequence(undo, object) + "; ";
  message +=
      raises ? "catch BaseException here, or move the cleanup into `finally`." : "move the cleanup into `finally`.";
  Finding& finding = report.add(handler.type == kNoNode ? handler.clause : handler.type, std::move(message));
  if (!certain) finding.confidence = Confidence::probable;
  if (!certain || view.in_test(flow.function)) finding.severity = Severity::info;
  finding.notes.push_back({"", view.range(flow.events[suspension].node), "a cancellation arrives here", -1});
  finding.notes.push_back({"", view.range(undone), "skipped then", -1});
  if (undo.done != kNone)
    finding.notes.push_back({"", view.range(flow.events[undo.done].node), "what it would undo", -1});
  mark_fixable(view, finding, fix);
}

void check_handler(const UnitView& view, const Flow& flow, const Handler& handler, Report& report) {
  if (handler.catches.cancel != Catch::none || handler.catches.error == Catch::none) return;
  if (handler.type != kNoNode && only_of_absence(view, handler.type)) return;
  std::vector<EventId> entered = entries(flow, handler, Way::error);
  if (entered.empty()) return;
  BlockId block = flow.block_of_event[entered.front()];
  bool raises = !falls_through(flow, handler.clause, Way::error);
  const bool all = handler.catches.error == Catch::all, returns = leaves(view, handler);
  std::optional<Undo> best;
  EventId where = kNone;
  bool best_certain = false;
  for (Undo undo : undos(view, flow, handler.clause)) {
    if (owned_by_with(view, flow, block, undo) || only_tells(view, flow, handler, undo)) continue;
    EventId suspension = leak(view, flow, handler, undo);
    if (suspension == kNone && undo.done != kNone && undo.telling) {
      undo.done = kNone;  // cancelled while it is being taken: half of it may be there
      suspension = leak(view, flow, handler, undo);
    }
    if (suspension == kNone) continue;
    // What was taken is given back in any case; what is closed or stopped may be so because of this error alone.
    bool given_back = undo.fact == nullptr || undo.fact->kind == CleanupFact::Kind::release;
    // What the object of the method keeps lives on after the function: only an error may be a reason to stop it.
    bool ends = raises || (returns && undo.done != kNone && !undo.object.starts_with("self"));
    bool certain = undo.done != kNone && (given_back ? all || raises : all && ends);
    bool likely = given_back && !undo.helper ? undo.done != kNone : ends && (all || undo.done != kNone);
    if (undo.fact != nullptr && undo.fact->kind == CleanupFact::Kind::answer) likely = all;
    if ((!certain && !likely) || (best && (best_certain || !certain))) continue;
    best = undo;
    best_certain = certain;
    where = suspension;
  }
  if (best) report_leak(view, flow, handler, *best, where, raises, best_certain, report);
}

void check(const UnitView& view, Report& report) {
  for (FunctionId f : suspending_functions(view, "except")) {
    const Flow& flow = view.flow(f);
    for (const Handler& handler : flow.handlers) check_handler(view, flow, handler, report);
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (FunctionId f : suspending_functions(view, "except")) {
    const Flow& flow = view.flow(f);
    for (const Handler& handler : flow.handlers) {
      if (handler.type == kNoNode || view.document_range(handler.type) != finding.range) continue;
      bool raises = !falls_through(flow, handler.clause, Way::error);
      // Under trio and anyio an await in a handler for cancellation is cancelled itself.
      bool awaits = !suspensions(flow, view.unit(), handler.clause).empty();
      if (!raises || handler.catches.error != Catch::all || handler.group) return;
      if (awaits && level_cancellation(view)) return;
      if (!view.is_global_at("BaseException", handler.type)) return;
      EditBuilder edits(view, fixes.probe());
      edits.replace(handler.type, "BaseException");
      fixes.add(edits.finish("Catch BaseException", Safety::suggested), true);
      return;
    }
  }
}

}  // namespace

extern constinit const Rule cleanup_misses_cancellation = {
    .code = "AWD313",
    .name = "cleanup-misses-cancellation",
    .summary = "Cleanup in an except clause that a cancellation passes by",
    .severity = Severity::warning,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
