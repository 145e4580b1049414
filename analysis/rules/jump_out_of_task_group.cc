// AWD707: return, break or continue in the body of a task group reads like leaving; it waits for all its tasks first.
#include "analysis/rules/loop_calls.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

// Jumps in the body that leave it.
std::vector<NodeId> jumps(const Unit& unit, NodeId body) {
  std::vector<NodeId> found;
  for (NodeId n = body; n < body + unit[body].size; ++n) {
    Kind kind = unit[n].kind;
    if (kind == Kind::function_definition || kind == Kind::lambda || kind == Kind::class_definition) {
      n += unit[n].size - 1;
      continue;
    }
    if (kind == Kind::return_statement) found.push_back(n);
    if (kind != Kind::break_statement && kind != Kind::continue_statement) continue;
    bool inside = false;
    for (NodeId up = unit[n].parent; up != body; up = unit[up].parent)
      inside |= unit[up].kind == Kind::for_statement || unit[up].kind == Kind::while_statement;
    if (!inside) found.push_back(n);
  }
  return found;
}

void check(const UnitView& view, Report& report) {
  const Unit& unit = view.unit();
  for (const WithItem& item : view.facts().with_items) {
    if (!item.async || item.value == kNoNode) continue;
    const Call* made = view.facts().call_at(item.value);
    if (made == nullptr || loop_fact(view.callee(*made), view, LoopRole::group) == nullptr) continue;
    NodeId body = unit.child(item.statement, Field::body);
    if (body == kNoNode) continue;
    for (NodeId jump : jumps(unit, body)) {
      std::string word(view.text(jump).substr(0, view.text(jump).find_first_of(" (")));
      Finding& finding = report.add(jump, "`" + word + "` in the body of `" + std::string(view.text(made->callee)) +
                                              "()` does not leave at once: it waits for all tasks of the group first; "
                                              "move it behind the block, or cancel the group.");
      finding.range.end = std::min(finding.range.end, finding.range.start + static_cast<std::uint32_t>(word.size()));
    }
  }
}

}  // namespace

extern constinit const Rule jump_out_of_task_group = {
    .code = "AWD707",
    .name = "jump-out-of-task-group",
    .summary = "return, break or continue in the body of a task group",
    .severity = Severity::info,
    .check = check,
};

}  // namespace awaitd::analysis
