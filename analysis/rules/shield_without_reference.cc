// AWD307: asyncio.shield around a task that only the shield knows: once the caller is cancelled nobody holds it.
#include "analysis/fixes/extract.h"
#include "analysis/fixes/fix_list.h"
#include "analysis/fixes/keep_task.h"
#include "analysis/rules/cancel_paths.h"
#include "analysis/rules/fixable.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

void fix(const UnitView& view, const Finding& finding, FixList& fixes);

bool gives_one_thing(const ValueSet& values) { return !values.unknown && values.values.size() == 1; }

// The expression makes a new coroutine or task, rather than giving one that somebody keeps.
bool makes_new(const UnitView& view, NodeId expression) {
  const Call* call = view.facts().call_at(inside_parentheses(view.unit(), expression));
  if (call == nullptr) return false;
  const TaskFact* fact = task_fact(view, *call);
  if (fact != nullptr && (fact->role == TaskFact::Role::spawn || fact->role == TaskFact::Role::collect)) {
    const Argument* first = view.facts().positional(*call, 0);
    if (first == nullptr || first->stars != 0) return false;
    // ensure_future(future) is that future, and gives nobody a task for sure; create_task() does, whatever it takes.
    const bool always = fact->role == TaskFact::Role::spawn && gives_one_thing(view.values(call->node));
    return always || makes_new(view, first->value);
  }
  ValueSet values = view.values(call->node);
  if (values.unknown || values.empty()) return false;
  for (const Value& v : values.values) {
    if (v.kind != ValueKind::coroutine) return false;
  }
  return true;
}

// `self.closing = shield(close())`: the future it gives holds the inner task, and is kept itself.
bool is_kept(const UnitView& view, const Call& call) {
  const Unit& unit = view.unit();
  const NodeId parent = unit[outside_parentheses(unit, call.node)].parent;
  if (parent == kNoNode || unit[parent].kind != Kind::assignment) return false;
  const NodeId left = unit.child(parent, Field::left);
  return left != kNoNode && (unit[left].kind == Kind::attribute || unit[left].kind == Kind::subscript);
}

void check(const UnitView& view, Report& report) {
  if (view.unit().text.find("shield") == std::string::npos) return;
  for (const Call& call : view.facts().calls) {
    if (call.callee == kNoNode || call.argument_count == 0) continue;
    const TaskFact* fact = task_fact(view, call);
    if (fact == nullptr || fact->role != TaskFact::Role::shield) continue;
    const Argument& inner = view.facts().arguments_of(call)[0];
    if (inner.stars != 0 || !makes_new(view, inner.value) || is_kept(view, call)) continue;
    Finding& finding = report.add(
        call.node, "When the caller is cancelled nothing refers to the task of " + quoted(view, inner.value) +
                       " any more: it may vanish half done, and its errors are lost; keep the task "
                       "where it outlives the caller, and shield that.");
    finding.origin = fact->name;
    finding.notes.push_back({"", view.range(inner.value),
                             "made here: when `" + view.function_name(call.function) +
                                 "()` is cancelled it goes on, and only the loop's weak set knows it",
                             -1});
    mark_fixable(view, finding, fix);
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  const Unit& unit = view.unit();
  for (const Call& call : view.facts().calls) {
    if (call.argument_count == 0 || view.document_range(call.node) != finding.range) continue;
    NodeId inner = view.facts().arguments_of(call)[0].value;
    NodeId statement = view.facts().statement_of(call.node);
    Kind kind = unit[statement].kind;
    if (kind != Kind::expression_statement && kind != Kind::return_statement) return;
    auto indent = indentation_of(unit, statement);
    auto name = free_name(view, "task");
    if (!indent || !name) return;
    // Nothing may be evaluated before it that stands before it now.
    if (unit[call.node].start - unit[statement].start > 40) return;
    EditBuilder edits(view, fixes.probe());
    std::string made(view.text(inner));
    const Call* inner_call = view.facts().call_at(inner);
    const TaskFact* fact = inner_call == nullptr ? nullptr : task_fact(view, *inner_call);
    if (fact == nullptr) {
      auto spawn = edits.name_for("asyncio.ensure_future", statement);
      if (!spawn) return;
      made = *spawn + "(" + made + ")";
    }
    auto set = task_set(view, statement, edits);
    if (!set) return;
    const std::string line = std::string(view.document().line_ending()) + *indent;
    edits.insert(unit[statement].start, *name + " = " + made + line + *set + ".add(" + *name + ")" + line + *name +
                                            ".add_done_callback(" + *set + ".discard)" + line);
    edits.replace(inner, *name);
    fixes.add(edits.finish("Keep the task in `" + *set + "` until it is done", Safety::suggested), true);
    return;
  }
}

}  // namespace

extern constinit const Rule shield_without_reference = {
    .code = "AWD307",
    .name = "shield-without-reference",
    .summary = "asyncio.shield around a task that nothing else refers to",
    .severity = Severity::warning,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
