// AWD707: return, break or continue in the body of a task group reads like leaving; it waits for all its tasks first.
#include "analysis/fixes/dedent.h"
#include "analysis/fixes/extract.h"
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

// The jump as the statement behind the block, where it is the block's last one: one step further out.
std::optional<Fix> move_out(const UnitView& view, NodeId group, NodeId jump, bool probe) {
  const Unit& unit = view.unit();
  NodeId last = kNoNode, body = unit.child(group, Field::body);
  int statements = 0;
  for (NodeId c : children(unit, body)) {
    if (unit[c].kind == Kind::comment) continue;
    last = c;
    ++statements;
  }
  const auto outer = indentation_of(unit, group), inner = indentation_of(unit, jump);
  const auto lines = last == jump && statements > 1 ? whole_lines(unit, jump, jump) : std::nullopt;
  if (!lines || !outer || !inner || inner->size() <= outer->size()) return std::nullopt;
  EditBuilder edits(view, probe);
  if (!dedent(edits, unit, *lines, inner->size() - outer->size())) return std::nullopt;
  return edits.finish("Move it behind the block", Safety::suggested);
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
      finding.fixable = move_out(view, item.statement, jump, true).has_value();
    }
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  const Unit& unit = view.unit();
  for (const WithItem& item : view.facts().with_items) {
    const NodeId body = item.async ? unit.child(item.statement, Field::body) : kNoNode;
    if (body == kNoNode) continue;
    for (NodeId jump : jumps(unit, body)) {
      if (view.document_range(jump).start != finding.range.start) continue;
      return fixes.add(move_out(view, item.statement, jump, fixes.probe()), true);
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
    .fix = fix,
};

}  // namespace awaitd::analysis
