// AWD403: a loop over a shared container that suspends in its body, while other code puts things in or takes them out.
#include <algorithm>

#include "analysis/fixes/fix_list.h"
#include "analysis/flow/queries.h"
#include "analysis/knowledge/entries.h"
#include "analysis/knowledge/words.h"
#include "analysis/rules/concurrency.h"
#include "analysis/rules/rule.h"
#include "analysis/rules/shared_state.h"

namespace awaitd::analysis {
namespace {

struct Shape {
  NodeId container = kNoNode;  // self.items
  bool raises = false;         // its iterators notice a change: dict, set
};

struct Mutation {
  std::uint32_t unit = 0;
  std::string file;
  Range range;
  std::string function;
};

// self.items, self.items.values()
Shape shape_of(const UnitView& view, NodeId iterable) {
  const Unit& unit = view.unit();
  Shape shape;
  shape.container = inside_parentheses(unit, iterable);
  if (unit[shape.container].kind == Kind::call) {
    const Call* call = view.facts().call_at(shape.container);
    if (call == nullptr || call->argument_count != 0 || call->callee == kNoNode ||
        unit[call->callee].kind != Kind::attribute)
      return {};
    NodeId method = unit.child(call->callee, Field::attribute);
    std::string_view name = method == kNoNode ? std::string_view() : unit.text_of(method);
    if (name != "values" && name != "items" && name != "keys") return {};
    shape.container = unit.child(call->callee, Field::object);
  }
  if (shape.container == kNoNode) return {};
  if (unit[shape.container].kind != Kind::attribute && unit[shape.container].kind != Kind::identifier) return {};
  bool known = false;
  for (const Value& v : view.values(shape.container).values) {
    if (v.kind != ValueKind::instance) continue;
    known |= has_role(v.name, "mutable");
    shape.raises |= has_role(v.name, "noticing");
  }
  return known ? shape : Shape{};
}

// Places of a unit that add to or take from `text` ("self.items" of that unit's own class, or a global).
void mutations_of(const Facts& facts, const std::string& text, std::vector<Range>& out) {
  const Unit& unit = *facts.unit;
  if (unit.text.find(text) == std::string::npos) return;
  for (NodeId n = 0; n < unit.nodes.size(); ++n) {
    if (unit[n].kind != Kind::attribute && unit[n].kind != Kind::identifier) continue;
    if (unit.text_of(n) != text) continue;
    NodeId parent = unit[n].parent;
    if (parent == kNoNode) continue;
    if (unit[parent].kind == Kind::subscript && unit[n].field == Field::value) {
      NodeId outer = unit[parent].parent;
      bool stored = unit[outer].kind == Kind::assignment && unit[parent].field == Field::left;
      if (stored || unit[outer].kind == Kind::delete_statement) out.push_back({unit[parent].start, unit[parent].end});
    } else if (unit[parent].kind == Kind::attribute && unit[n].field == Field::object) {
      NodeId method = unit.child(parent, Field::attribute), call = unit[parent].parent;
      bool called = method != kNoNode && unit[call].kind == Kind::call && unit[parent].field == Field::function;
      if (called && is_word_for("mutates", unit.text_of(method))) out.push_back({unit[call].start, unit[call].end});
    }
  }
}

// The one task of a coroutine of the same object, kept as an attribute, that was awaited before the loop: it is over.
bool is_over(const UnitView& view, const Loop& loop, const std::string& coroutine) {
  std::string task;
  bool only = true;
  view.each_unit_that_mentions({coroutine}, [&](const UnitView& other) {
    const Unit& unit = other.unit();
    for (NodeId n = 0; n < unit.nodes.size(); ++n) {
      if (unit[n].kind != Kind::identifier || other.text(n) != coroutine || unit[n].field == Field::name) continue;
      const NodeId statement = other.facts().statement_of(n), assigned = unit.first_child(statement);
      const bool stored = assigned != kNoNode && unit[assigned].kind == Kind::assignment;
      const NodeId left = stored ? unit.child(assigned, Field::left) : kNoNode;
      only &= left != kNoNode && n > left && unit[left].kind == Kind::attribute &&
              (task.empty() || task == other.text(left));
      if (left != kNoNode) task = other.text(left);
    }
  });
  if (!only || task.empty()) return false;
  return std::any_of(view.facts().awaits.begin(), view.facts().awaits.end(), [&](const Return& await) {
    return await.function == loop.function && await.node < loop.node && await.value != kNoNode &&
           view.text(await.value) == task;
  });
}

// Who changes the container, outside the function that loops over it.
std::optional<Mutation> mutated(const UnitView& view, FunctionId function, NodeId container) {
  const Unit& unit = view.unit();
  Linker& linker = view.linker();
  std::optional<Mutation> found;
  auto look = [&](std::uint32_t module, std::uint32_t u, const std::string& text) {
    if (found || (module == 0 && u == view.at().unit)) return;
    const IndexedUnit& other = linker.unit({module, u});
    std::vector<Range> ranges;
    mutations_of(*other.data->facts, text, ranges);
    const Facts& facts = *other.data->facts;
    if (ranges.empty() || facts.functions.size() < 2) return;
    std::string name = linker.function_name({module, u}, 1);
    name = name.substr(name.rfind('.') + 1);
    if (name == "__init__" || name == "__post_init__") return;
    found = Mutation{u, module == 0 ? std::string() : linker.index(module).path, ranges.front(), name};
    if (module != 0) found->range = {other.to_document(ranges.front().start), other.to_document(ranges.front().end)};
  };
  (void)function;
  if (unit[container].kind == Kind::identifier) {
    view.each_unit_that_mentions({view.text(container)}, [&](const UnitView& other) {
      look(0, other.at().unit, std::string(view.text(container)));
    });
    return found;
  }
  NodeId object = unit.child(container, Field::object), name = unit.child(container, Field::attribute);
  if (object == kNoNode || name == kNoNode) return found;
  for (const Value& v : view.values(object).values) {
    if (v.kind != ValueKind::object) continue;
    const ModuleIndex& home = linker.index(v.module);
    if (v.module == 0) view.look_for(view.text(name));
    for (std::uint32_t u = 0; u < home.units.size(); ++u) {
      if (home.units[u].cls == v.id) look(v.module, u, "self." + std::string(view.text(name)));
    }
  }
  return found;
}

// A suspension of the body from which the loop takes its next step.
EventId suspended_in(const UnitView& view, const Loop& loop) {
  const Unit& unit = view.unit();
  const Flow& flow = view.flow(loop.function);
  // Of a comprehension all of it.
  const bool statement = unit[loop.node].kind == Kind::for_statement;
  NodeId body = statement ? unit.child(loop.node, Field::body) : unit[loop.node].parent;
  if (!flow.complete || body == kNoNode) return kNone;
  for (EventId e : suspensions(flow, unit, body)) {
    Reached on = explore_from(flow, e, {true, false}, [](const Event&, EventId) { return false; });
    for (EventId n : flow.at(loop.node)) {
      if (flow.events[n].kind == EventKind::next && on.events[n]) return e;
    }
    for (EventId n : flow.at(loop.iterable)) {
      if (flow.events[n].kind == EventKind::next && on.events[n]) return e;
    }
  }
  return kNone;
}

void check(const UnitView& view, Report& report) {
  const Facts& facts = view.facts();
  if (facts.awaits.empty() && facts.with_items.empty()) return;
  for (const Loop& loop : facts.loops) {
    if (loop.async || loop.iterable == kNoNode || !facts.functions[loop.function].async || view.in_test(loop.function))
      continue;
    Shape shape = shape_of(view, loop.iterable);
    if (shape.container == kNoNode) continue;
    NodeId root = shape.container;
    if (view.unit()[root].kind == Kind::identifier && !view.is_global_at(view.text(root), root)) continue;
    EventId wait = suspended_in(view, loop);
    if (wait == kNone) continue;
    bool locked = false;
    for (const Guarded& g : guarded_parts(view, loop.function)) {
      locked |= g.from <= view.unit()[loop.node].start && view.unit()[loop.node].start < g.to;
    }
    if (locked) continue;
    std::optional<Mutation> by = mutated(view, loop.function, shape.container);
    if (!by || (by->file.empty() && is_over(view, loop, by->function))) continue;
    if (evidence_of(view, loop.function, true).under_lock) continue;
    std::string name = "`" + std::string(view.text(shape.container)) + "`", who = "`" + by->function + "()`";
    std::string message = "The loop over " + name + " is suspended at the await in its body, and " + who +
                          " may change it meanwhile: " +
                          (shape.raises ? "the next step raises a RuntimeError" : "elements are skipped or met twice") +
                          ". Iterate over a copy: `list(...)`.";
    Finding& finding = report.add(loop.iterable, std::move(message));
    finding.origin = std::string(view.text(shape.container));
    if (!shape.raises) {
      finding.severity = Severity::hint;
      finding.confidence = Confidence::probable;
    }
    finding.fixable = true;
    const Flow& flow = view.flow(loop.function);
    finding.notes.push_back(
        {"", view.range(flow.events[wait].node), "the loop is suspended here, with its iterator open", -1});
    Note note;
    note.file = by->file;
    note.range = by->range;
    note.unit = by->file.empty() ? static_cast<int>(by->unit) : -1;
    note.text = who + " changes " + name + " here";
    finding.notes.push_back(std::move(note));
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const Loop& loop : view.facts().loops) {
    if (loop.iterable == kNoNode || view.document_range(loop.iterable) != finding.range) continue;
    if (!view.is_global_at("list", loop.iterable) || view.linker().index().tables->globals.contains("list")) return;
    EditBuilder edits(view, fixes.probe());
    edits.replace(loop.iterable, "list(" + std::string(view.text(loop.iterable)) + ")");
    fixes.add(edits.finish("Iterate over a copy with list()", Safety::safe), true);
    return;
  }
}

}  // namespace

extern constinit const Rule mutation_during_async_iteration = {
    .code = "AWD403",
    .name = "mutation-during-async-iteration",
    .summary = "A shared container changed while a loop over it is suspended",
    .severity = Severity::warning,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
