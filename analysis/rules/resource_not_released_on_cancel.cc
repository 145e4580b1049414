// AWD306: something taken by an await and released later, with a suspension between where a cancellation skips the
// release.
#include <algorithm>

#include "analysis/fixes/extract.h"
#include "analysis/fixes/fix_list.h"
#include "analysis/rules/cancel_paths.h"
#include "analysis/rules/cleanups.h"
#include "analysis/rules/fixable.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

void fix(const UnitView& view, const Finding& finding, FixList& fixes);

struct Taken {
  const ResourceFact* fact = nullptr;
  const Call* call = nullptr;
  EventId event = 0;  // the await
  NodeId await = kNoNode;
  std::string_view receiver;  // the lock, the pool
  std::string_view holder;    // the name of the result, empty if the receiver is released
};

bool has_word(std::string_view words, std::string_view word) {
  return (" " + std::string(words) + " ").find(" " + std::string(word) + " ") != std::string::npos;
}

const ResourceFact* fact_of(const UnitView& view, const Call& call) {
  const ResourceFact* found = nullptr;
  for (const Value& v : view.callee(call).values) {
    if (v.kind == ValueKind::none) continue;
    const ResourceFact* fact = v.kind == ValueKind::external ? find_resource(view.knowledge(), v.name) : nullptr;
    if (fact == nullptr) return nullptr;
    found = fact;
  }
  return found;
}

// The name that holds the result of an await: `conn = await ...`, the last of `reader, writer = await ...`.
std::string_view holder_of(const UnitView& view, NodeId await) {
  const Unit& unit = view.unit();
  NodeId outer = outside_parentheses(unit, await), parent = unit[outer].parent;
  if (parent == kNoNode || unit[parent].kind != Kind::assignment || unit[outer].field != Field::right) return {};
  NodeId target = unit.child(parent, Field::left);
  if (target == kNoNode) return {};
  if (unit[target].kind == Kind::pattern_list || unit[target].kind == Kind::tuple_pattern) {
    for (NodeId child : children(unit, target)) target = child;
  }
  return unit[target].kind == Kind::identifier ? unit.text_of(target) : std::string_view();
}

std::vector<Taken> taken_in(const UnitView& view, const Flow& flow) {
  std::vector<Taken> found;
  const Unit& unit = view.unit();
  for (const Call& call : view.facts().calls) {
    if (!call.awaited || call.function != flow.function || call.callee == kNoNode) continue;
    Taken taken;
    taken.await = unit[outside_parentheses(unit, call.node)].parent;
    auto events = flow.at(taken.await);
    if (events.empty() || !flow.block_of(events.front()).reachable) continue;
    taken.fact = fact_of(view, call);
    if (taken.fact == nullptr) continue;
    taken.call = &call;
    taken.event = events.front();
    if (unit[call.callee].kind == Kind::attribute)
      taken.receiver = unit.text_of(unit.child(call.callee, Field::object));
    if (taken.fact->result) {
      taken.holder = holder_of(view, taken.await);
      if (taken.holder.empty()) continue;
    } else if (taken.receiver.empty()) {
      continue;
    }
    found.push_back(taken);
  }
  return found;
}

bool releases(const UnitView& view, const Event& event, const Taken& taken) {
  const Unit& unit = view.unit();
  if (event.kind == EventKind::enter || event.kind == EventKind::async_enter) {
    std::string_view what = taken.fact->result ? taken.holder : taken.receiver;
    for (NodeId n = event.node; n < event.node + unit[event.node].size; ++n) {
      if (unit.text_of(n) == what) return true;  // `async with conn:`, `with closing(conn):`
    }
    return false;
  }
  if (event.kind != EventKind::call) return false;
  const Call* call = view.facts().call_at(event.node);
  if (call == nullptr || call->callee == kNoNode || unit[call->callee].kind != Kind::attribute) return false;
  std::string_view method = unit.text_of(unit.child(call->callee, Field::attribute));
  std::string_view object = unit.text_of(unit.child(call->callee, Field::object));
  if (!taken.fact->result) return object == taken.receiver && has_word(taken.fact->release, method);
  if (object == taken.holder) return has_word(taken.fact->release, method);
  const Argument* first = view.facts().positional(*call, 0);
  return first != nullptr && unit.text_of(first->value) == taken.holder &&
         (has_word(taken.fact->release, "pool:" + std::string(method)) ||
          find_cleanup(view.knowledge(), first_word(method)) != nullptr);
}

// The result lives on elsewhere: returned, yielded, stored, put into something.
bool gives_away(const UnitView& view, const Event& event, const Taken& taken) {
  if (taken.holder.empty()) return false;
  const Unit& unit = view.unit();
  bool store = event.kind == EventKind::return_ || event.kind == EventKind::yield ||
               event.kind == EventKind::write_attribute || event.kind == EventKind::write_item ||
               event.kind == EventKind::write_name;
  if (!store || event.value == kNoNode) return false;
  for (NodeId n = event.value; n < event.value + unit[event.value].size; ++n) {
    if (unit[n].kind != Kind::identifier || unit.text_of(n) != taken.holder) continue;
    NodeId parent = unit[n].parent;
    bool used = parent != kNoNode && unit[parent].kind == Kind::attribute && unit[n].field == Field::object;
    if (!used) return true;
  }
  return false;
}

// The release that this function does do, somewhere; kNone if none.
EventId release_of(const UnitView& view, const Flow& flow, const Taken& taken) {
  for (EventId e = 0; e < flow.events.size(); ++e) {
    if (flow.events[e].kind == EventKind::call && flow.block_of(e).reachable && releases(view, flow.events[e], taken))
      return e;
  }
  return kNone;
}

// Then AWD313 speaks of the handler that a cancellation passes by.
bool released_in_handler(const UnitView& view, const Flow& flow, const Taken& taken) {
  for (EventId e = 0; e < flow.events.size(); ++e) {
    const Event& event = flow.events[e];
    if (event.kind != EventKind::call || flow.around(flow.block_of_event[e], FrameKind::handler) == kNone) continue;
    if (releases(view, event, taken)) return true;
  }
  return false;
}

std::string what_stays(const Taken& taken) {
  if (!taken.fact->result) return "`" + std::string(taken.receiver) + "` stays taken";
  return "`" + std::string(taken.holder) + "` is never given back";
}

void check(const UnitView& view, Report& report) {
  for (FunctionId f : suspending_functions(view, "await")) {
    const Flow& flow = view.flow(f);
    for (const Taken& taken : taken_in(view, flow)) {
      EventId release = release_of(view, flow, taken);
      if (release == kNone || released_in_handler(view, flow, taken)) continue;
      std::vector<NodeId> clauses;
      for (EventId e = 0; e < flow.events.size(); ++e) {
        if (flow.events[e].kind == EventKind::call && releases(view, flow.events[e], taken))
          add_way_out(flow, e, clauses);
      }
      auto stop = [&](const Event& event, EventId e) {
        return releases(view, event, taken) || gives_away(view, event, taken) || goes_through_release(flow, clauses, e);
      };
      Reached reached = explore_from(flow, taken.event, {false, true}, stop);
      if (!reached.at(Flow::cancelled)) continue;
      EventId where = kNone;
      for (EventId e = 0; e < flow.events.size(); ++e) {
        if (!reached.events[e] || !flow.events[e].suspends || stop(flow.events[e], e)) continue;
        if (where == kNone || flow.events[e].node < flow.events[where].node) where = e;
      }
      if (where == kNone) continue;
      Finding& finding =
          report.add(taken.await, "A cancellation at " + quoted(view, flow.events[where].node) + " skips " +
                                      quoted(view, flow.events[release].node) + ", and " + what_stays(taken) +
                                      "; release it in a `finally`, or take it with `async with`.");
      finding.origin = taken.fact->name;
      if (view.in_test(f)) finding.severity = Severity::info;
      finding.notes.push_back({"", view.range(flow.events[where].node), "a cancellation arrives here", -1});
      finding.notes.push_back({"", view.range(flow.events[release].node), "skipped then", -1});
      mark_fixable(view, finding, fix);
    }
  }
}

// Acquire and release as statements of one block, with the code between them.
struct Pair {
  NodeId first = kNoNode, last = kNoNode;  // the statements
  NodeId begin = kNoNode, end = kNoNode;   // what stands between them
};
std::optional<Pair> statements_of(const UnitView& view, const Flow& flow, const Taken& taken) {
  const Unit& unit = view.unit();
  EventId release = release_of(view, flow, taken);
  if (release == kNone) return std::nullopt;
  Pair pair{view.facts().statement_of(taken.await), view.facts().statement_of(flow.events[release].node)};
  if (unit[pair.first].parent != unit[pair.last].parent || unit[pair.last].kind != Kind::expression_statement)
    return std::nullopt;
  // Released once, and only there.
  int releases_seen = 0;
  for (EventId e = 0; e < flow.events.size(); ++e) {
    const Event& event = flow.events[e];
    releases_seen +=
        event.kind == EventKind::call && flow.block_of(e).reachable && releases(view, event, taken) ? 1 : 0;
  }
  if (releases_seen != 1) return std::nullopt;
  for (NodeId n = unit.next_sibling(pair.first); n != kNoNode && n < pair.last; n = unit.next_sibling(n)) {
    if (unit[n].kind == Kind::comment) continue;
    if (pair.begin == kNoNode) pair.begin = n;
    pair.end = n;
  }
  if (pair.begin == kNoNode) return std::nullopt;
  return pair;
}

void wrap(const UnitView& view, const Flow& flow, const Taken& taken, bool with, FixList& fixes) {
  const Unit& unit = view.unit();
  auto pair = statements_of(view, flow, taken);
  if (!pair) return;
  auto indent = indentation_of(unit, pair->first);
  auto body = whole_lines(unit, pair->begin, pair->end);
  auto release = whole_lines(unit, pair->last, pair->last);
  if (!indent || !body || !release || !indentation_of(unit, pair->last)) return;
  const std::string eol(view.document().line_ending());
  const std::string step = indentation_step(view, flow.function);
  EditBuilder edits(view, fixes.probe());
  std::string inner = indented(unit, *body, step, {}, "");
  if (with) {
    std::string context(taken.fact->form == ResourceFact::Form::receiver ? taken.receiver
                        : taken.fact->form == ResourceFact::Form::call   ? view.text(taken.call->node)
                                                                         : view.text(taken.await));
    std::string head = "async with " + context + (taken.holder.empty() ? "" : " as " + std::string(taken.holder)) + ":";
    edits.replace(pair->first, head);
    edits.replace(*body, inner);
    edits.replace({body->end, release->end}, "");
    fixes.add(edits.finish("Take it with async with", Safety::suggested), true);
    return;
  }
  edits.replace(*body, *indent + "try:" + eol + inner);
  std::string text(view.text(pair->last));
  edits.replace({body->end, release->end}, eol + *indent + "finally:" + eol + *indent + step + text);
  fixes.add(edits.finish("Release it in a finally", Safety::suggested), true);
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (FunctionId f : suspending_functions(view, "await")) {
    const Flow& flow = view.flow(f);
    for (const Taken& taken : taken_in(view, flow)) {
      if (view.document_range(taken.await) != finding.range) continue;
      if (taken.fact->form != ResourceFact::Form::none) wrap(view, flow, taken, true, fixes);
      if (!fixes.enough()) wrap(view, flow, taken, false, fixes);
      return;
    }
  }
}

}  // namespace

extern constinit const Rule resource_not_released_on_cancel = {
    .code = "AWD306",
    .name = "resource-not-released-on-cancel",
    .summary = "A lock or connection that a cancellation leaves taken",
    .severity = Severity::warning,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
