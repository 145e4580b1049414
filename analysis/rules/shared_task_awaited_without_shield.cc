// AWD314: a task that several callers await - made once, kept, and found there by the next - without a shield: the
// first caller that is cancelled cancels it for all.
#include "analysis/fixes/fix_list.h"
#include "analysis/rules/cancel_paths.h"
#include "analysis/rules/fixable.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

void fix(const UnitView& view, const Finding& finding, FixList& fixes);

// Where tasks are kept: an attribute, or a container by its expression.
std::string_view place_of(const Unit& unit, NodeId node) {
  if (unit[node].kind == Kind::attribute) return unit.text_of(node);
  if (unit[node].kind != Kind::subscript) return {};
  NodeId container = unit.child(node, Field::value);
  return container == kNoNode ? std::string_view() : unit.text_of(container);
}

// What is read there: self.tasks[key], self.tasks.get(key), self.task.
std::string_view read_place(const UnitView& view, NodeId node) {
  const Unit& unit = view.unit();
  node = inside_parentheses(unit, node);
  if (const Call* call = view.facts().call_at(node)) {
    if (call->callee == kNoNode || unit[call->callee].kind != Kind::attribute || call->argument_count == 0) return {};
    NodeId name = unit.child(call->callee, Field::attribute), object = unit.child(call->callee, Field::object);
    bool get = name != kNoNode && unit.text_of(name) == "get";
    return get && object != kNoNode ? unit.text_of(object) : std::string_view();
  }
  return place_of(unit, node);
}

struct Stored {
  EventId event = 0;
  std::string_view place;
  std::string_view name;  // the local that holds the same task, if one does
};

bool spawns(const UnitView& view, NodeId value) {
  const Call* call = view.facts().call_at(inside_parentheses(view.unit(), value));
  const TaskFact* fact = call == nullptr ? nullptr : task_fact(view, *call);
  return fact != nullptr && fact->role == TaskFact::Role::spawn;
}

// Bindings of a local name in the function that may stand for the task.
template <typename Each>
void each_binding(const UnitView& view, const Flow& flow, std::string_view name, Each each) {
  for (const Binding& b : view.facts().bindings) {
    if (b.name == name && b.value != kNoNode && view.facts().scopes[b.scope].function == flow.function) each(b.value);
  }
}

std::vector<Stored> stored_tasks(const UnitView& view, const Flow& flow) {
  std::vector<Stored> found;
  const Unit& unit = view.unit();
  for (EventId e = 0; e < flow.events.size(); ++e) {
    const Event& event = flow.events[e];
    bool write = event.kind == EventKind::write_attribute || event.kind == EventKind::write_item;
    if (!write || event.value == kNoNode || !flow.block_of(e).reachable) continue;
    Stored stored{e, place_of(unit, event.node), {}};
    NodeId value = inside_parentheses(unit, event.value);
    bool task = spawns(view, value);
    if (unit[value].kind == Kind::identifier) {
      stored.name = unit.text_of(value);
      each_binding(view, flow, stored.name, [&](NodeId from) { task |= spawns(view, from); });
    }
    if (task && !stored.place.empty()) found.push_back(stored);
  }
  return found;
}

// The await may be of a task that an earlier caller stored.
bool awaits_stored(const UnitView& view, const Flow& flow, NodeId operand, const Stored& stored) {
  const Unit& unit = view.unit();
  operand = inside_parentheses(unit, operand);
  if (unit[operand].kind != Kind::identifier) return read_place(view, operand) == stored.place;
  bool found = false;
  each_binding(view, flow, unit.text_of(operand), [&](NodeId from) {
    from = inside_parentheses(unit, from);
    if (unit[from].kind == Kind::named_expression) from = unit.child(from, Field::value);
    found |= from != kNoNode && read_place(view, from) == stored.place;
  });
  return found;
}

void check_function(const UnitView& view, const Flow& flow, Report& report) {
  std::vector<Stored> tasks = stored_tasks(view, flow);
  if (tasks.empty()) return;
  auto always = [](const Event&, EventId) { return false; };
  for (EventId e = 0; e < flow.events.size(); ++e) {
    const Event& event = flow.events[e];
    if (event.kind != EventKind::await || event.value == kNoNode || !flow.block_of(e).reachable) continue;
    if (flow.at(event.node).front() != e) continue;  // a copy in another way out
    for (const Stored& stored : tasks) {
      if (!awaits_stored(view, flow, event.value, stored)) continue;
      // Where making the task fails there is none to await.
      const NodeId storing = view.facts().statement_of(flow.events[stored.event].node);
      auto stop = [&](const Event& other, EventId id) {
        return id == stored.event || (other.node >= storing && other.node < storing + view.unit()[storing].size);
      };
      bool found = explore_block(flow, Flow::entry, {true, false}, stop).events[e];
      bool replaced = explore_from(flow, e, {true, false}, always).events[stored.event];
      if (!found || replaced) continue;
      Finding& finding = report.add(event.value, "Every caller of `" + view.function_name(flow.function) +
                                                     "()` awaits the same task in `" + std::string(stored.place) +
                                                     "`: when one of them is cancelled the task is, for all; await "
                                                     "`asyncio.shield(" +
                                                     std::string(view.text(event.value)) + ")`.");
      finding.notes.push_back({"", view.range(flow.events[stored.event].node),
                               "kept here in `" + std::string(stored.place) + "`, where the next caller finds it", -1});
      finding.notes.push_back({"", view.range(event.node),
                               "each caller of `" + view.function_name(flow.function) +
                                   "()` waits here: the first that is cancelled cancels the task for the others",
                               -1});
      mark_fixable(view, finding, fix);
      break;
    }
  }
}

void check(const UnitView& view, Report& report) {
  const std::string& text = view.unit().text;
  if (text.find("create_") == std::string::npos && text.find("ensure_future") == std::string::npos) return;
  for (FunctionId f : suspending_functions(view, "await")) check_function(view, view.flow(f), report);
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const Return& await : view.facts().awaits) {
    if (await.value == kNoNode || view.document_range(await.value) != finding.range) continue;
    EditBuilder edits(view, fixes.probe());
    auto shield = edits.name_for("asyncio.shield", await.node);
    if (!shield) return;
    NodeId inner = inside_parentheses(view.unit(), await.value);
    edits.replace(await.value, *shield + "(" + std::string(view.text(inner)) + ")");
    fixes.add(edits.finish("Shield the shared task", Safety::suggested), true);
    return;
  }
}

}  // namespace

extern constinit const Rule shared_task_awaited_without_shield = {
    .code = "AWD314",
    .name = "shared-task-awaited-without-shield",
    .summary = "A task that several callers await is cancelled with the first of them",
    .severity = Severity::warning,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
