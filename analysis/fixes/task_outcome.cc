#include "analysis/fixes/task_outcome.h"

#include "analysis/fixes/extract.h"
#include "analysis/rules/fate.h"

namespace awaitd::analysis {
namespace {

bool is_endless(const Unit& unit, NodeId statement) {
  const NodeId condition =
      unit[statement].kind == Kind::while_statement ? unit.child(statement, Field::condition) : kNoNode;
  return condition != kNoNode && unit[condition].kind == Kind::true_;
}

// A return of this function behind the statement, but for the one at its end.
bool returns_between(const UnitView& view, FunctionId function, NodeId statement, NodeId last) {
  for (const Return& r : view.facts().returns) {
    if (r.function == function && r.node > statement && r.node != last) return true;
  }
  return false;
}

// The statement `await call(...)` or `name = await call(...)`; before: what is put in front of the await to give its
// value a name, empty if it has one.
struct Awaited {
  NodeId statement = kNoNode;
  NodeId target = kNoNode;  // of an assignment
  std::string indent;
  Range lines;
};
std::optional<Awaited> awaited_by(const UnitView& view, const Call& call) {
  const Unit& unit = view.unit();
  Awaited out;
  out.statement = view.facts().statement_of(call.node);
  if (!call.awaited || unit[out.statement].kind != Kind::expression_statement) return std::nullopt;
  const NodeId expression = unit.first_child(out.statement);
  const NodeId await = outside_parentheses(unit, unit[outside_parentheses(unit, call.node)].parent);
  if (expression != await) {
    if (unit[expression].kind != Kind::assignment || unit.child(expression, Field::right) != await ||
        unit.child(expression, Field::type) != kNoNode)
      return std::nullopt;
    out.target = unit.child(expression, Field::left);
  }
  const auto indent = indentation_of(unit, out.statement);
  const auto lines = whole_lines(unit, out.statement, out.statement);
  if (!indent || !lines) return std::nullopt;
  out.indent = *indent;
  out.lines = *lines;
  return out;
}

}  // namespace

std::optional<Fix> await_at_the_end(const UnitView& view, const LoopCall& spawn, bool probe) {
  const Unit& unit = view.unit();
  const FunctionId function = spawn.call->function;
  const Fate fate = fate_of(view, spawn.call->node);
  const NodeId statement = view.facts().statement_of(spawn.call->node);
  const NodeId block = unit[statement].parent;
  if (fate.goes != Goes::local || fate.collected || block != view.facts().functions[function].body) return std::nullopt;
  const NodeId last = last_statement(unit, block);
  const auto indent = indentation_of(unit, statement);
  const auto lines = whole_lines(unit, last, last);
  if (!indent || !lines || last == statement || is_endless(unit, last) || unit[last].kind == Kind::raise_statement ||
      returns_between(view, function, statement, last))
    return std::nullopt;
  const std::string name(view.facts().bindings[fate.binding].name), eol(view.document().line_ending());
  EditBuilder edits(view, probe);
  if (unit[last].kind == Kind::return_statement) {
    edits.insert(lines->start, *indent + "await " + name + eol);
  } else {
    edits.insert(lines->end, eol + *indent + "await " + name);
  }
  return edits.finish("Await `" + name + "` before `" + view.function_name(function) + "()` returns",
                      Safety::suggested);
}

std::optional<Fix> raise_first_failure(const UnitView& view, const LoopCall& gather, bool probe) {
  const Unit& unit = view.unit();
  const auto at = awaited_by(view, *gather.call);
  const auto fresh = free_name(view, "results"), result = free_name(view, "result");
  if (!at || !fresh || !result) return std::nullopt;
  if (at->target != kNoNode && unit[at->target].kind != Kind::identifier) return std::nullopt;
  const std::string results = at->target == kNoNode ? *fresh : std::string(view.text(at->target));
  EditBuilder edits(view, probe);
  if (at->target == kNoNode) edits.insert(unit[at->statement].start, results + " = ");
  const std::string line = std::string(view.document().line_ending()) + at->indent;
  const std::string step = indentation_step(view, gather.call->function);
  edits.insert(at->lines.end, line + "for " + *result + " in " + results + ":" + line + step + "if isinstance(" +
                                  *result + ", BaseException):" + line + step + step + "raise " + *result);
  return edits.finish("Raise the first failure once all are done", Safety::suggested);
}

std::optional<Fix> ask_done_tasks(const UnitView& view, const LoopCall& wait, bool probe) {
  const Unit& unit = view.unit();
  const auto at = awaited_by(view, *wait.call);
  const auto fresh = free_name(view, "done"), task = free_name(view, "task");
  if (!at || !fresh || !task) return std::nullopt;
  std::string done = *fresh;
  if (at->target != kNoNode) {  // done, pending = await wait(...)
    const NodeId first = unit.first_child(at->target);
    if (unit[at->target].kind != Kind::pattern_list || first == kNoNode || unit[first].kind != Kind::identifier)
      return std::nullopt;
    done = view.text(first);
    if (done == "_") return std::nullopt;
  }
  EditBuilder edits(view, probe);
  if (at->target == kNoNode) edits.insert(unit[at->statement].start, done + ", _ = ");
  const std::string line = std::string(view.document().line_ending()) + at->indent;
  edits.insert(at->lines.end, line + "for " + *task + " in " + done + ":" + line +
                                  indentation_step(view, wait.call->function) + *task + ".result()");
  return edits.finish("Raise what a task that is done has failed with", Safety::suggested);
}

}  // namespace awaitd::analysis
