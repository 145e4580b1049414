#include "analysis/fixes/extract.h"

#include <algorithm>

#include "analysis/fixes/async_way.h"
#include "analysis/fixes/events.h"
#include "analysis/fixes/offload.h"

namespace awaitd::analysis {
namespace {

bool in_region(const UnitView& view, const Region& region, const BlockingEvent& event) {
  return region.holds(view.unit(), event.node);
}

NodeId receiver_of(const UnitView& view, const BlockingEvent& event) {
  if (event.by != UseKind::call) return event.node;
  return view.unit()[event.node].kind == Kind::attribute ? view.unit().child(event.node, Field::object) : kNoNode;
}

// An object that its thread must not leave: it has to be made inside the region.
bool made_inside(const UnitView& view, const Region& region, const BlockingEvent& event) {
  const Unit& unit = view.unit();
  NodeId receiver = receiver_of(view, event);
  while (receiver != kNoNode && unit[receiver].kind == Kind::call) {
    NodeId callee = unit.child(receiver, Field::function);
    receiver = callee != kNoNode && unit[callee].kind == Kind::attribute ? unit.child(callee, Field::object) : kNoNode;
  }
  if (receiver == kNoNode) return true;
  ValueSet values = view.values(receiver);
  bool object = values.unknown || std::any_of(values.values.begin(), values.values.end(),
                                              [](const Value& v) { return v.kind != ValueKind::external; });
  if (!object) return true;  // a module or a class
  if (unit[receiver].kind != Kind::identifier) return false;
  for (const Binding& b : view.facts().bindings) {
    if (b.name == unit.text_of(receiver) && b.value != kNoNode && region.holds(unit, b.target)) return true;
  }
  return false;
}

bool events_may_move(const UnitView& view, const Region& region) {
  bool waits = false;  // something in there that lets other threads run
  for (const BlockingEvent& event : view.blocking()) {
    if (!in_region(view, region, event)) continue;
    waits |= event.fact->gil != Gil::held;
    Offload offload = event.fact->offload;
    if (offload == Offload::same_thread && !made_inside(view, region, event)) return false;
    if (offload != Offload::yes && offload != Offload::own_object && offload != Offload::same_thread) return false;
  }
  return waits;
}

// What goes out must not block when it is used there.
bool results_are_harmless(const UnitView& view, const Region& region, const RegionFlow& flow) {
  for (const BlockingEvent& event : view.blocking()) {
    if (in_region(view, region, event) && makes_a_file(view, event)) {
      std::string_view name = holder(view, event);
      if (std::find(flow.results.begin(), flow.results.end(), name) != flow.results.end()) return false;
    }
    if (in_region(view, region, event) || event.function != region.function) continue;
    NodeId receiver = receiver_of(view, event);
    if (receiver == kNoNode || view.unit()[receiver].kind != Kind::identifier) continue;
    std::string_view name = view.text(receiver);
    if (std::find(flow.results.begin(), flow.results.end(), name) != flow.results.end()) return false;
    if (std::find(flow.rebound.begin(), flow.rebound.end(), name) != flow.rebound.end()) return false;
  }
  return true;
}

std::string joined(const std::vector<std::string_view>& names) {
  std::string all;
  for (std::string_view name : names) all += (all.empty() ? "" : ", ") + std::string(name);
  return all;
}

// A name for the new function, from what it does.
std::string_view name_of_work(const UnitView& view, const Region& region) {
  bool writes = false;
  BlockingKind kind = BlockingKind::configured;
  for (const BlockingEvent& event : view.blocking()) {
    if (!in_region(view, region, event)) continue;
    bool named = kind == BlockingKind::configured || kind == BlockingKind::cpu;
    if (named) kind = event.fact->kind;
    writes |= last_of(event.origin).starts_with("write") || last_of(event.origin).starts_with("dump");
  }
  switch (kind) {
    case BlockingKind::file_io:
      if (view.unit()[region.begin()].kind != Kind::with_statement || region.statements.size() > 1)
        return "work_on_files";
      return writes ? "write_file" : "read_file";
    case BlockingKind::database:
      return "use_database";
    case BlockingKind::http:
      return "fetch";
    case BlockingKind::subprocess:
      return "run_process";
    case BlockingKind::network:
      return "use_network";
    default:
      return "work";
  }
}

// `data = f.read()` as the last thing that runs: it can return its value itself.
NodeId final_assignment(const UnitView& view, const Region& region, const RegionFlow& flow) {
  if (flow.results.size() != 1 || !flow.rebound.empty()) return kNoNode;
  const Unit& unit = view.unit();
  NodeId statement = region.statements.back();
  while (unit[statement].kind == Kind::with_statement) {
    NodeId last = kNoNode;
    for (NodeId c : children(unit, unit.child(statement, Field::body))) {
      if (unit[c].kind != Kind::comment) last = c;
    }
    if (last == kNoNode) return kNoNode;
    statement = last;
  }
  NodeId assignment = unit[statement].kind == Kind::expression_statement ? unit.first_child(statement) : kNoNode;
  if (assignment == kNoNode || unit[assignment].kind != Kind::assignment) return kNoNode;
  NodeId left = unit.child(assignment, Field::left), right = unit.child(assignment, Field::right);
  if (left == kNoNode || right == kNoNode || unit[left].kind != Kind::identifier ||
      unit[right].kind == Kind::assignment)
    return kNoNode;
  bool annotated = unit.child(assignment, Field::type) != kNoNode;
  return !annotated && unit.text_of(left) == flow.results[0] ? assignment : kNoNode;
}

std::string body_of(const UnitView& view, Range lines, NodeId assignment, const std::string& step) {
  const Unit& unit = view.unit();
  if (assignment == kNoNode) return indented(unit, lines, step);
  Range cut{unit[assignment].start, unit[unit.child(assignment, Field::right)].start};
  return indented(unit, lines, step, cut, "return ");
}

bool first_of_block(const Unit& unit, NodeId statement) {
  return unit.first_child(unit[statement].parent) == statement;
}

}  // namespace

std::optional<Fix> extract(const UnitView& view, const Region& region, std::string title, bool probe) {
  const Unit& unit = view.unit();
  if (!can_await(view, region.begin()) || !events_may_move(view, region)) return std::nullopt;
  auto lines = whole_lines(unit, region.begin(), region.statements.back());
  auto flow = flow_of(view, region);
  if (!lines || !flow || !results_are_harmless(view, region, *flow)) return std::nullopt;
  auto name = free_name(view, std::string(name_of_work(view, region)));
  EditBuilder edits(view, probe);
  auto call = name ? offloaded(edits, view, region.begin(), *name, false) : std::nullopt;
  if (!call) return std::nullopt;
  std::string indent = *indentation_of(unit, region.begin());
  std::string step = indentation_step(view, region.function);
  std::string eol(view.document().line_ending());
  NodeId assignment = final_assignment(view, region, *flow);
  bool gap = !first_of_block(unit, region.begin()) && !blank_line_before(view, lines->start);
  std::string text = (gap ? eol : "") + indent + "def " + *name + "():" + eol;
  if (!flow->rebound.empty()) text += indent + step + "nonlocal " + joined(flow->rebound) + eol;
  text += body_of(view, *lines, assignment, step) + eol;
  if (!flow->results.empty() && assignment == kNoNode) text += indent + step + "return " + joined(flow->results) + eol;
  std::string target = flow->returns ? "return " : flow->results.empty() ? "" : joined(flow->results) + " = ";
  edits.replace(*lines, text + eol + indent + target + "await " + *call);
  return edits.finish(std::move(title), Safety::suggested);
}

namespace {

NodeId with_statement_of(const UnitView& view, const BlockingEvent& event) {
  NodeId value = event.call != nullptr ? event.call->node : event.node;
  for (const WithItem& item : view.facts().with_items) {
    if (item.value == value) return item.statement;
  }
  return kNoNode;
}

NodeId loop_of(const UnitView& view, const BlockingEvent& event) {
  NodeId value = outside_parentheses(view.unit(), event.call != nullptr ? event.call->node : event.node);
  for (const Loop& loop : view.facts().loops) {
    if (loop.iterable == value && view.unit()[loop.node].kind == Kind::for_statement) return loop.node;
  }
  return kNoNode;
}

bool mentions(const Unit& unit, NodeId node, const std::vector<std::string_view>& names) {
  for (NodeId n = node; n < node + unit[node].size; ++n) {
    if (unit[n].kind == Kind::identifier && reads_name(unit, n) &&
        std::find(names.begin(), names.end(), unit.text_of(n)) != names.end()) {
      return true;
    }
  }
  return false;
}

// From where the object is made to the last statement of the same block that uses it or what was made of it.
std::optional<Region> life_of(const UnitView& view, const BlockingEvent& maker) {
  const Unit& unit = view.unit();
  std::string_view name = holder(view, maker);
  if (name.empty()) return std::nullopt;
  std::vector<std::string_view> names{name};
  NodeId start = view.facts().statement_of(maker.node), last = start;
  NodeId block = unit[start].parent;
  for (NodeId s : children(unit, block)) {
    if (s < start || unit[s].kind == Kind::comment || !mentions(unit, s, names)) continue;
    last = s;
    for (const Binding& b : view.facts().bindings) {  // cur = conn.cursor()
      if (b.statement != s || b.value == kNoNode || unit[b.value].kind != Kind::call || !mentions(unit, b.value, names))
        continue;
      bool blocks = std::any_of(view.blocking().begin(), view.blocking().end(), [&](const BlockingEvent& e) {
        NodeId receiver = receiver_of(view, e);
        return receiver != kNoNode && unit[receiver].kind == Kind::identifier && unit.text_of(receiver) == b.name;
      });
      if (blocks) names.push_back(b.name);
    }
  }
  return region_between(view, start, last);
}

// The life of the object this event works on, or makes.
std::optional<Region> life_around(const UnitView& view, const BlockingEvent& event) {
  for (const BlockingEvent& maker : view.blocking()) {
    if (maker.function != event.function || maker.node > event.node) continue;
    if (NodeId with = with_statement_of(view, maker); with != kNoNode) {
      if (with < event.node && event.node < with + view.unit()[with].size) return region_between(view, with, with);
      continue;
    }
    auto region = life_of(view, maker);
    if (region && in_region(view, *region, event)) return region;
  }
  return std::nullopt;
}

}  // namespace

void fix_extracted(const UnitView& view, const BlockingEvent& event, FixList& fixes) {
  if (event.fact->kind == BlockingKind::sleep) return;
  EditBuilder trial(view, true);
  if (offload_event(trial, view, event)) return;  // it can move by itself
  std::optional<Region> region;
  std::string title = offload_title(view, "the block");
  if (NodeId with = with_statement_of(view, event); with != kNoNode) {
    region = region_between(view, with, with);
  } else if (NodeId loop = loop_of(view, event); loop != kNoNode && event.fact->offload != Offload::same_thread) {
    region = region_between(view, loop, loop);
    title = offload_title(view, "the loop");
  } else {
    region = life_around(view, event);
    title = offload_title(view, "these statements");
  }
  if (region)
    fixes.add(extract(view, *region, std::move(title), fixes.probe()), event.fact->strength != Strength::small);
}

namespace {

NodeId loop_around(const UnitView& view, const BlockingEvent& event) {
  const Unit& unit = view.unit();
  NodeId found = kNoNode, child = event.node;
  for (NodeId n = unit[child].parent; n != kNoNode; child = n, n = unit[n].parent) {
    Kind kind = unit[n].kind;
    if (kind == Kind::function_definition || kind == Kind::lambda) break;
    if (kind == Kind::while_statement || (kind == Kind::for_statement && unit[child].field != Field::right)) found = n;
  }
  return found;
}

// A call that does the same on any thread: of a library whose functions are known by name.
bool harmless(const UnitView& view, const Call& call) {
  ValueSet callee = view.callee(call);
  return !callee.unknown && !callee.values.empty() &&
         std::all_of(callee.values.begin(), callee.values.end(),
                     [](const Value& v) { return v.kind == ValueKind::external; });
}

// Every statement of the region does some of the work, or makes no call that could care where it runs.
bool stand_together(const UnitView& view, const Region& region, const std::vector<const BlockingEvent*>& group) {
  const Unit& unit = view.unit();
  for (NodeId s : region.statements) {
    bool works = std::any_of(group.begin(), group.end(),
                             [&](const BlockingEvent* e) { return s <= e->node && e->node < s + unit[s].size; });
    bool calls = std::any_of(view.facts().calls.begin(), view.facts().calls.end(), [&](const Call& c) {
      return s <= c.node && c.node < s + unit[s].size && !harmless(view, c);
    });
    if (!works && calls) return false;
  }
  return true;
}

}  // namespace

void fix_together(const UnitView& view, const std::vector<const BlockingEvent*>& group, std::string_view what,
                  bool preferred, FixList& fixes) {
  NodeId first = group.front()->node, last = group.back()->node;
  if (group.size() == 1 || view.facts().statement_of(first) == view.facts().statement_of(last)) {
    if (NodeId loop = loop_around(view, *group.front()); loop != kNoNode) first = loop;
    if (NodeId loop = loop_around(view, *group.back()); loop != kNoNode) last = loop;
  }
  auto region = region_between(view, first, last);
  if (!region || !stand_together(view, *region, group)) return;
  bool loop = view.unit()[region->begin()].kind == Kind::for_statement && region->statements.size() == 1;
  fixes.add(extract(view, *region, offload_title(view, loop ? "the loop" : what), fixes.probe()), preferred);
}

void fix_group(const UnitView& view, const std::vector<const BlockingEvent*>& group, bool preferred, FixList& fixes) {
  fix_together(view, group, "these statements", preferred, fixes);
  if (fixes.enough()) return;
  EditBuilder edits(view, fixes.probe());
  for (const BlockingEvent* event : group) {
    if (!offload_event(edits, view, *event)) return;
  }
  fixes.add(edits.finish(offload_title(view, group.size() == 1 ? "" : "each of them"), Safety::suggested), preferred);
}

}  // namespace awaitd::analysis
