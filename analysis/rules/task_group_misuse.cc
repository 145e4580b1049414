// AWD708: a task group with a single task, and tasks that outlive what they were given: the block that closes it stands
// inside the group.
#include "analysis/rules/loop_calls.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

struct Group {
  const WithItem* item = nullptr;
  const Call* made = nullptr;
  std::string_view name;
  NodeId body = kNoNode;
};

std::string_view target_name(const Unit& unit, const WithItem& item) {
  if (item.target == kNoNode) return {};
  NodeId target = unit[item.target].kind == Kind::as_pattern_target ? unit.first_child(item.target) : item.target;
  return target != kNoNode && unit[target].kind == Kind::identifier ? unit.text_of(target) : std::string_view();
}

std::vector<Group> groups_of(const UnitView& view) {
  std::vector<Group> groups;
  const Unit& unit = view.unit();
  for (const WithItem& item : view.facts().with_items) {
    if (!item.async || item.value == kNoNode) continue;
    const Call* made = view.facts().call_at(item.value);
    if (made == nullptr || loop_fact(view.callee(*made), view, LoopRole::group) == nullptr) continue;
    Group group{&item, made, target_name(unit, item), unit.child(item.statement, Field::body)};
    if (!group.name.empty() && group.body != kNoNode) groups.push_back(group);
  }
  return groups;
}

bool within(const Unit& unit, NodeId outer, NodeId node) { return outer < node && node < outer + unit[outer].size; }

bool starts_in(const UnitView& view, const LoopCall& call, const Group& group) {
  const Unit& unit = view.unit();
  if (call.as(LoopRole::group_spawn) == nullptr || unit[call.call->callee].kind != Kind::attribute) return false;
  NodeId object = unit.child(call.call->callee, Field::object);
  return object != kNoNode && unit.text_of(object) == group.name && within(unit, group.body, call.call->node);
}

bool mentions(const Unit& unit, NodeId root, std::string_view name) {
  for (NodeId n = root; n < root + unit[root].size; ++n) {
    if (unit[n].kind == Kind::identifier && unit.text_of(n) == name && unit[n].field != Field::attribute &&
        unit[n].field != Field::name)
      return true;
  }
  return false;
}

// The body is nothing but one start of a task.
bool is_alone(const Unit& unit, const Group& group, const Call& call) {
  int statements = 0;
  for (NodeId c : children(unit, group.body)) statements += unit[c].kind != Kind::comment;
  NodeId statement = unit[call.node].parent;
  // A task that gets the group starts more tasks in it.
  if (call.arguments != kNoNode && mentions(unit, call.arguments, group.name)) return false;
  return statements == 1 && call.statement && statement != kNoNode && unit[statement].parent == group.body;
}

void check_inner_blocks(const UnitView& view, const Group& group, const LoopCall& call, Report& report) {
  const Unit& unit = view.unit();
  for (const WithItem& inner : view.facts().with_items) {
    if (!within(unit, group.body, inner.statement) || !within(unit, inner.statement, call.call->node)) continue;
    std::string_view name = target_name(unit, inner);
    if (name.empty() || call.call->arguments == kNoNode || !mentions(unit, call.call->arguments, name)) continue;
    Finding& finding =
        report.add(call.call->callee, "The task outlives `" + std::string(name) +
                                          "`: its `with` block ends before the group `" + std::string(group.name) +
                                          "` waits for the task; open it outside the group, or in the task.");
    finding.notes.push_back({"", view.range(inner.value), "closed when this block is left", -1});
    return;
  }
}

void check(const UnitView& view, Report& report) {
  if (view.facts().with_items.empty()) return;
  for (const Group& group : groups_of(view)) {
    for (const LoopCall& call : view.loop_calls()) {
      if (!starts_in(view, call, group)) continue;
      check_inner_blocks(view, group, call, report);
      if (!is_alone(view.unit(), group, *call.call)) continue;
      report.add(group.item->value, "A task group with a single task: `" + std::string(view.text(group.made->callee)) +
                                        "()` waits for it at once, as an `await` would, and wraps its exception in a "
                                        "group; await the coroutine.");
    }
  }
}

}  // namespace

extern constinit const Rule task_group_misuse = {
    .code = "AWD708",
    .name = "task-group-misuse",
    .summary = "A task group of one task, or a task that outlives what it was given",
    .severity = Severity::info,
    .check = check,
};

}  // namespace awaitd::analysis
