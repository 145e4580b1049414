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

constexpr ResourceFact kOwnLock{"acquire", false, "release", ResourceFact::Form::none};

// A method `acquire` of the project whose class has a `release`, and that gives nothing to hold.
bool is_own_lock(const UnitView& view, const Call& call, const Value& function) {
  const Unit& unit = view.unit();
  NodeId method = unit[call.callee].kind == Kind::attribute ? unit.child(call.callee, Field::attribute) : kNoNode;
  if (method == kNoNode || unit.text_of(method) != kOwnLock.name || function.kind != ValueKind::function) return false;
  NodeId await = unit[outside_parentheses(unit, call.node)].parent;
  if (unit[unit[await].parent].kind != Kind::expression_statement) return false;
  for (const Value& object : view.values(unit.child(call.callee, Field::object)).values) {
    if (object.kind == ValueKind::none) continue;
    if (object.kind != ValueKind::object || view.linker().member_functions(object, kOwnLock.release).empty())
      return false;
  }
  return true;
}

const ResourceFact* fact_of(const UnitView& view, const Call& call) {
  const ResourceFact* found = nullptr;
  for (const Value& v : view.callee(call).values) {
    if (v.kind == ValueKind::none) continue;
    if (is_own_lock(view, call, v)) {
      found = &kOwnLock;
      continue;
    }
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

// The await that takes it: of the call, or of the one call that is awaited in its place, `wait_for(lock.acquire(), 5)`.
NodeId await_of(const UnitView& view, const Call& call) {
  const Unit& unit = view.unit();
  if (call.awaited) return unit[outside_parentheses(unit, call.node)].parent;
  for (const Call& outer : view.facts().calls) {
    if (outer.node >= call.node) break;
    const Argument* first = outer.awaited ? view.facts().positional(outer, 0) : nullptr;
    if (first == nullptr || first->value != call.node || view.facts().positional(outer, 1) == nullptr) continue;
    const TaskFact* fact = task_fact(view, outer);
    const bool bounds = fact != nullptr && fact->role == TaskFact::Role::collect;
    if (bounds && view.facts().call_at(view.facts().positional(outer, 1)->value) == nullptr)
      return unit[outside_parentheses(unit, outer.node)].parent;
  }
  return kNoNode;
}

std::vector<Taken> taken_in(const UnitView& view, const Flow& flow) {
  std::vector<Taken> found;
  const Unit& unit = view.unit();
  for (const Call& call : view.facts().calls) {
    if (call.function != flow.function || call.callee == kNoNode) continue;
    Taken taken;
    taken.await = await_of(view, call);
    if (taken.await == kNoNode) continue;
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

// Released on other ways only, none of them behind the acquire: a semaphore whose count is set, not a lock that is
// held.
bool adjusts(const UnitView& view, const Flow& flow, const Taken& taken) {
  if (taken.fact->result) return false;
  const Reached behind = explore_from(flow, taken.event, {true, true}, [](const Event&, EventId) { return false; });
  for (EventId e = 0; e < flow.events.size(); ++e) {
    const bool call = flow.events[e].kind == EventKind::call && flow.block_of(e).reachable;
    if (call && behind.events[e] && releases(view, flow.events[e], taken)) return false;
  }
  return true;
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

// A transaction, not a lock.
bool ends_work(const UnitView& view, const Taken& taken) {
  const CleanupFact* last =
      find_cleanup(view.knowledge(), taken.fact->release.substr(taken.fact->release.rfind(' ') + 1));
  return last != nullptr && last->kind == CleanupFact::Kind::roll_back;
}

std::string what_stays(const UnitView& view, const Taken& taken) {
  if (ends_work(view, taken)) {
    return "`" + std::string(taken.fact->result ? taken.holder : taken.receiver) +
           "` is neither committed nor rolled back";
  }
  if (!taken.fact->result) return "`" + std::string(taken.receiver) + "` stays taken";
  return "`" + std::string(taken.holder) + "` is never given back";
}

std::string what_stays(const LeftBehind& left) {
  std::string object = "`" + std::string(left.undo.object) + "`";
  if (left.undo.fact != nullptr) return object + " keeps what was put into it";
  if (left.refuses) return object + " stays as it is and the function refuses to run again";
  return object + " stays as it is";
}

void report_left(const UnitView& view, const Flow& flow, const LeftBehind& left, Report& report) {
  NodeId done = view.facts().statement_of(flow.events[left.undo.done].node);
  NodeId back = view.facts().statement_of(left.undo.node);
  NodeId where = flow.events[left.suspension].node;
  Finding& finding =
      report.add(done, "A cancellation or an exception at " + quoted(view, where) + " skips " + quoted(view, back) +
                           ", and " + what_stays(left) + "; set it back in a `finally`.");
  finding.origin = std::string(left.undo.object);
  bool counter = flow.events[left.undo.event].augmented;
  if (!left.refuses && !counter) finding.confidence = Confidence::probable;
  if (finding.confidence == Confidence::probable || view.in_test(flow.function)) finding.severity = Severity::info;
  finding.notes.push_back({"", view.range(where), "a cancellation arrives here", -1});
  finding.notes.push_back({"", view.range(back), "skipped then", -1});
  mark_fixable(view, finding, fix);
}

// The last name of "self.state.lock".
std::string_view last_part(std::string_view path) { return path.substr(path.rfind('.') + 1); }

// Somebody else in this module releases it: the function hands the lock on to its caller.
bool released_elsewhere(const UnitView& view, const Taken& taken) {
  const std::string name(last_part(taken.receiver)), release = name + ".release", acquire = name + ".acquire";
  bool found = false;
  view.each_unit_that_mentions({"release"}, [&](const UnitView& other) {
    bool releases = false, acquires = false;
    for (const Call& call : other.facts().calls) {
      std::string_view callee = call.callee == kNoNode ? std::string_view() : other.text(call.callee);
      releases |= callee.ends_with(release);
      acquires |= callee.ends_with(acquire);
    }
    found |= releases && !acquires;
  });
  return found;
}

// `task.add_done_callback(lambda _: self.lock.release())`, `stack.callback(self.lock.release)`, and a task of a
// function that releases it: from there on it is theirs.
bool released_by_others(const UnitView& view, const Flow& flow, const Taken& taken) {
  const Unit& unit = view.unit();
  for (NodeId n = taken.await; n < unit.nodes.size(); ++n) {
    if (unit[n].kind != Kind::attribute || unit.text_of(n) != std::string(taken.receiver) + ".release") continue;
    const bool called = unit[unit[n].parent].kind == Kind::call && unit[n].field == Field::function;
    if (!called || view.facts().function_id_of(n) != flow.function) return true;
  }
  const std::string release = std::string(last_part(taken.receiver)) + ".release";
  for (const Call& call : view.facts().calls) {
    if (call.function != flow.function || call.node < taken.await || call.awaited) continue;
    for (const Value& v : view.callee(call).values) {
      if (v.kind != ValueKind::function || v.module != 0 || !view.linker().signature(v).async) continue;
      view.look_at({0, v.unit});
      if (view.linker().unit({0, v.unit}).data->unit->text.find(release) != std::string::npos) return true;
    }
  }
  return false;
}

// Taken for the caller, who does not have it yet while this function goes on: what fails behind it leaves it taken.
// Most of all in `__aenter__`, behind whose exception `__aexit__` is not called.
void check_handed_on(const UnitView& view, const Flow& flow, const Taken& taken, Report& report) {
  if (taken.fact->result || !taken.receiver.starts_with("self.") ||
      taken.fact->release.find("release") == std::string_view::npos)
    return;
  auto stop = [&](const Event& event, EventId) { return releases(view, event, taken); };
  Reached reached = explore_from(flow, taken.event, {false, false}, stop);
  if (!reached.exit()) return;
  EventId where = kNone;
  for (EventId e = 0; e < flow.events.size(); ++e) {
    const Event& event = flow.events[e];
    bool await = event.kind == EventKind::await && event.suspends;
    if (!reached.events[e] || !await || (where != kNone && flow.events[where].node < event.node)) continue;
    for (const Edge& edge : flow.successors(flow.block_of_event[e])) {
      bool out = edge.early && edge.kind == EdgeKind::error;
      if (out && (edge.to == Flow::raised || explore_block(flow, edge.to, {true, false}, stop).at(Flow::raised)))
        where = e;
    }
  }
  if (where == kNone || !released_elsewhere(view, taken) || released_by_others(view, flow, taken)) return;
  const bool enters = view.function_name(flow.function) == "__aenter__";
  Finding& finding =
      report.add(taken.await, "An exception or a cancellation at " + quoted(view, flow.events[where].node) +
                                  " leaves `" + std::string(taken.receiver) + "` taken: " +
                                  (enters ? "`__aexit__()` does not run when `__aenter__()` raises"
                                          : "the caller does not know that it has it") +
                                  "; release it there.");
  finding.origin = taken.fact->name;
  if (!enters) finding.confidence = Confidence::probable;
  if (!enters || view.in_test(flow.function)) finding.severity = Severity::info;
  finding.notes.push_back({"", view.range(flow.events[where].node), "this may fail", -1});
}

void check(const UnitView& view, Report& report) {
  for (FunctionId f : suspending_functions(view, "await")) {
    const Flow& flow = view.flow(f);
    for (const LeftBehind& left : left_behind(view, flow)) report_left(view, flow, left, report);
    for (const Taken& taken : taken_in(view, flow)) {
      EventId release = release_of(view, flow, taken);
      if (release != kNone && adjusts(view, flow, taken)) continue;
      if (release == kNone) check_handed_on(view, flow, taken, report);
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
                                      quoted(view, flow.events[release].node) + ", and " + what_stays(view, taken) +
                                      "; " + (ends_work(view, taken) ? "end" : "release") +
                                      " it in a `finally`, or take it with `async with`.");
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
// Fills in what stands between the two; false if that is nothing.
bool between(const Unit& unit, Pair& pair) {
  for (NodeId n = unit.next_sibling(pair.first); n != kNoNode && n < pair.last; n = unit.next_sibling(n)) {
    if (unit[n].kind == Kind::comment) continue;
    if (pair.begin == kNoNode) pair.begin = n;
    pair.end = n;
  }
  return pair.begin != kNoNode;
}

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
  if (releases_seen != 1 || !between(unit, pair)) return std::nullopt;
  return pair;
}

void wrap_in_try(const UnitView& view, const Flow& flow, const Pair& pair, const char* title, FixList& fixes) {
  const Unit& unit = view.unit();
  auto indent = indentation_of(unit, pair.first);
  auto body = whole_lines(unit, pair.begin, pair.end);
  auto last = whole_lines(unit, pair.last, pair.last);
  if (!indent || !body || !last || !indentation_of(unit, pair.last)) return;
  const std::string eol(view.document().line_ending());
  const std::string step = indentation_step(view, flow.function);
  EditBuilder edits(view, fixes.probe());
  edits.replace(*body, *indent + "try:" + eol + indented(unit, *body, step, {}, ""));
  std::string text(view.text(pair.last));
  edits.replace({body->end, last->end}, eol + *indent + "finally:" + eol + *indent + step + text);
  fixes.add(edits.finish(title, Safety::suggested), true);
}

void wrap(const UnitView& view, const Flow& flow, const Taken& taken, bool with, FixList& fixes) {
  const Unit& unit = view.unit();
  auto pair = statements_of(view, flow, taken);
  if (!pair) return;
  if (!with) return wrap_in_try(view, flow, *pair, "Release it in a finally", fixes);
  auto body = whole_lines(unit, pair->begin, pair->end);
  auto release = whole_lines(unit, pair->last, pair->last);
  if (!indentation_of(unit, pair->first) || !body || !release || !indentation_of(unit, pair->last)) return;
  const std::string step = indentation_step(view, flow.function);
  EditBuilder edits(view, fixes.probe());
  std::string inner = indented(unit, *body, step, {}, "");
  std::string context(taken.fact->form == ResourceFact::Form::receiver ? taken.receiver
                      : taken.fact->form == ResourceFact::Form::call   ? view.text(taken.call->node)
                                                                       : view.text(taken.await));
  std::string head = "async with " + context + (taken.holder.empty() ? "" : " as " + std::string(taken.holder)) + ":";
  edits.replace(pair->first, head);
  edits.replace(*body, inner);
  edits.replace({body->end, release->end}, "");
  fixes.add(edits.finish("Take it with async with", Safety::suggested), true);
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (FunctionId f : suspending_functions(view, "await")) {
    const Flow& flow = view.flow(f);
    for (const LeftBehind& left : left_behind(view, flow)) {
      Pair pair{view.facts().statement_of(flow.events[left.undo.done].node), view.facts().statement_of(left.undo.node)};
      if (view.document_range(pair.first) != finding.range) continue;
      if (view.unit()[pair.first].parent != view.unit()[pair.last].parent || !between(view.unit(), pair)) return;
      return wrap_in_try(view, flow, pair, "Set it back in a finally", fixes);
    }
    for (const Taken& taken : taken_in(view, flow)) {
      if (view.document_range(taken.await) != finding.range) continue;
      if (taken.fact->form != ResourceFact::Form::none && taken.call->awaited) wrap(view, flow, taken, true, fixes);
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
