// AWD409: an event is cleared only after the work it announced: a set() during the work is lost.
#include <algorithm>
#include <optional>

#include "analysis/fixes/extract.h"
#include "analysis/flow/queries.h"
#include "analysis/knowledge/entries.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

struct Pair {
  const Call* wait = nullptr;
  const Call* clear = nullptr;
  NodeId suspension = kNoNode;
  NodeId event = kNoNode;
};

NodeId object_of(const UnitView& view, const Call& call, std::string_view method) {
  const Unit& unit = view.unit();
  if (call.callee == kNoNode || unit[call.callee].kind != Kind::attribute) return kNoNode;
  NodeId name = unit.child(call.callee, Field::attribute);
  return name != kNoNode && unit.text_of(name) == method ? unit.child(call.callee, Field::object) : kNoNode;
}

bool is_signal(const UnitView& view, NodeId object) {
  ValueSet values = view.values(object);
  bool some = false;
  for (const Value& v : values.values) {
    if (v.kind == ValueKind::none) continue;
    if (v.kind != ValueKind::instance || !has_role(view.knowledge().canonical(v.name), "signal")) return false;
    some = true;
  }
  return some;
}

// `await asyncio.sleep(1)`, `await self.sleep(1)`: more may come in the meantime, and the work begins behind it.
bool only_sleeps(const UnitView& view, const Event& event) {
  const Call* call =
      event.value == kNoNode ? nullptr : view.facts().call_at(inside_parentheses(view.unit(), event.value));
  if (call == nullptr || call->callee == kNoNode) return false;
  const std::string_view callee = view.text(call->callee);
  return callee.substr(callee.rfind('.') + 1) == "sleep";
}

bool suspends_in(const Flow& flow, const Reached& part, EventId except) {
  for (EventId e = 0; e < flow.events.size(); ++e) {
    if (part.events[e] && flow.events[e].suspends && e != except) return true;
  }
  return false;
}

// From behind the wait to the clear, over another suspension, without asking again whether there is work.
std::optional<NodeId> suspended_between(const UnitView& view, const Call& wait, const Call& clear) {
  const Flow& flow = view.flow(wait.function);
  const Unit& unit = view.unit();
  EventId from = kNone, to = kNone;
  for (EventId e = 0; e < flow.events.size(); ++e) {
    const Event& event = flow.events[e];
    bool waits =
        event.kind == EventKind::await && wait.node >= event.node && wait.node < event.node + unit[event.node].size;
    if (waits && from == kNone && flow.block_of(e).reachable) from = e;
    if (event.kind == EventKind::call && event.node == clear.node && to == kNone && flow.block_of(e).reachable) to = e;
  }
  if (from == kNone || to == kNone) return std::nullopt;
  Reached first =
      explore_from(flow, from, {true, false}, [&](const Event& e, EventId id) { return id == to || e.suspends; });
  const Reached behind = explore_from(flow, to, {false, false}, [&](const Event&, EventId id) { return id == from; });
  const bool works_behind = suspends_in(flow, behind, from);
  for (EventId s = 0; s < flow.events.size(); ++s) {
    if (!first.events[s] || !flow.events[s].suspends || s == to || s == from) continue;
    if (works_behind && only_sleeps(view, flow.events[s])) continue;
    // A condition behind the last suspension looks for more work.
    Reached second = explore_from(flow, s, {true, false}, [&](const Event& e, EventId id) {
      if (id == to) return true;
      const Block& block = flow.block_of(id);
      bool asks = block.condition != kNoNode && e.node >= block.condition &&
                  e.node < block.condition + unit[block.condition].size;
      return id == from || (asks && (e.kind == EventKind::read_attribute || e.kind == EventKind::call));
    });
    if (second.events[to]) return flow.events[s].node;
  }
  return std::nullopt;
}

std::vector<Pair> pairs(const UnitView& view) {
  std::vector<Pair> found;
  const Facts& facts = view.facts();
  for (const Call& clear : facts.calls) {
    NodeId object = object_of(view, clear, "clear");
    if (object == kNoNode || !clear.statement || !facts.functions[clear.function].async || clear.argument_count != 0)
      continue;
    for (const Call& wait : facts.calls) {
      NodeId other = object_of(view, wait, "wait");
      if (other == kNoNode || wait.function != clear.function || wait.node > clear.node ||
          view.text(other) != view.text(object))
        continue;
      if (!is_signal(view, object) || view.in_test(clear.function)) continue;
      auto between = suspended_between(view, wait, clear);
      if (!between) continue;
      found.push_back({&wait, &clear, *between, object});
      break;
    }
  }
  return found;
}

void check(const UnitView& view, Report& report) {
  if (view.facts().awaits.size() < 2) return;
  for (const Pair& p : pairs(view)) {
    std::string name = "`" + std::string(view.text(p.event)) + "`";
    Finding& finding = report.add(
        p.clear->node, name +
                           " is cleared only after an await that follows `wait()`: a `set()` that arrives meanwhile is "
                           "lost, and the next `wait()` may wait for ever. Clear it right after `wait()`.");
    finding.origin = std::string(view.text(p.event));
    finding.notes.push_back({"", view.range(p.wait->node), "woken up here", -1});
    finding.notes.push_back({"", view.range(p.suspension),
                             "suspended here: another task calls `set()`, which changes nothing as it is set already",
                             -1});
    finding.fixable = true;
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  const Unit& unit = view.unit();
  for (const Pair& p : pairs(view)) {
    if (view.document_range(p.clear->node) != finding.range) continue;
    NodeId wait = view.facts().statement_of(p.wait->node), clear = view.facts().statement_of(p.clear->node);
    if (unit[wait].parent != unit[clear].parent || unit[wait].kind != Kind::expression_statement) return;
    auto indent = indentation_of(unit, wait);
    auto lines = whole_lines(unit, clear, clear);
    if (!indent || !lines || lines->start == 0) return;
    EditBuilder edits(view, fixes.probe());
    std::string eol(view.document().line_ending());
    edits.insert(unit[wait].end, eol + *indent + std::string(view.text(clear)));
    std::uint32_t start = lines->start - 1;
    if (unit.text[start] == '\n' && start > 0 && unit.text[start - 1] == '\r') --start;
    edits.replace(Range{start, lines->end}, "");
    fixes.add(edits.finish("Clear the event right after wait()", Safety::suggested), true);
    return;
  }
}

}  // namespace

extern constinit const Rule event_cleared_after_work = {
    .code = "AWD409",
    .name = "event-cleared-after-work",
    .summary = "An event cleared only after the work",
    .severity = Severity::warning,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
