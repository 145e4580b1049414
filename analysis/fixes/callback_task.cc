#include "analysis/fixes/callback_task.h"

#include <algorithm>

#include "analysis/fixes/async_way.h"
#include "analysis/fixes/extract.h"
#include "analysis/fixes/keep_task.h"
#include "analysis/rules/hand_over.h"

namespace awaitd::analysis {
namespace {

// The call that makes the coroutine, with what the callback is given.
std::optional<std::string> made(const UnitView& view, NodeId callable, bool arguments) {
  const Unit& unit = view.unit();
  const std::string text(view.text(callable));
  if (unit[callable].kind == Kind::identifier || unit[callable].kind == Kind::attribute)
    return text + (arguments ? "(*args)" : "()");
  if (unit[callable].kind != Kind::lambda || text.find('\n') != std::string::npos) return std::nullopt;
  if (unit.child(callable, Field::parameters) != kNoNode) return std::nullopt;
  const NodeId body = unit.child(callable, Field::body);
  return body == kNoNode ? std::nullopt : std::optional(std::string(view.text(body)));
}

// More positional arguments behind the callable, an `args=`, or the future that a done callback is called with.
bool gets_arguments(const UnitView& view, const LoopCall& call, NodeId callable) {
  if (call.as(LoopRole::mark) != nullptr) return true;
  bool behind = false, more = false;
  for (const Argument& a : view.facts().arguments_of(*call.call)) {
    if (inside_parentheses(view.unit(), a.value) == callable)
      behind = true;
    else
      more |= a.name.empty() ? behind : a.name == "args" || a.name == "kwargs" || a.stars == 2;
  }
  return more;
}

bool mentions(const UnitView& view, NodeId node, std::string_view name) {
  const Unit& unit = view.unit();
  for (NodeId n = node; n < node + unit[node].size; ++n) {
    if (unit[n].kind == Kind::identifier && unit.text_of(n) == name) return true;
  }
  return false;
}

std::optional<Fix> started(const UnitView& view, const LoopCall& call, NodeId callable, bool probe) {
  const Unit& unit = view.unit();
  const NodeId statement = view.facts().statement_of(call.call->node);
  const auto indent = indentation_of(unit, statement);
  const auto lines = whole_lines(unit, statement, statement);
  const bool arguments = gets_arguments(view, call, callable) && unit[callable].kind != Kind::lambda;
  const auto coroutine = made(view, callable, arguments);
  const bool named = unit[callable].kind == Kind::identifier || unit[callable].kind == Kind::attribute;
  const std::string_view whole = named ? view.text(callable) : std::string_view();
  const std::string own(whole.substr(whole.rfind('.') + 1));
  const auto name = free_name(view, own.empty() ? "start_task" : "start_" + own.substr(own.find_first_not_of('_')));
  if (!indent || !lines || !coroutine || !name || unit[statement].kind != Kind::expression_statement) return std::nullopt;
  EditBuilder edits(view, probe);
  const auto create = edits.name_for(std::string(root_of(call.origin)) + ".create_task", statement);
  const auto set = create ? task_set(view, statement, edits) : std::nullopt;
  if (!set) return std::nullopt;
  // A name of the new function's own; what it reads must mean what it means outside.
  const std::string task = mentions(view, callable, "task") ? "new_task" : "task";
  const std::string eol(view.document().line_ending());
  const std::string step = indentation_step(view, call.call->function), inner = eol + *indent + step;
  const bool given = gets_arguments(view, call, callable);
  const bool first = unit.first_child(unit[statement].parent) == statement;
  std::string text = first || blank_line_before(view, lines->start) ? "" : eol;
  text += *indent + "def " + *name + (given ? "(*args):" : "():");
  for (const std::string& line : {task + " = " + *create + "(" + *coroutine + ")", *set + ".add(" + task + ")",
                                  task + ".add_done_callback(" + *set + ".discard)"})
    text += inner + line;
  edits.insert(lines->start, text + eol + eol);
  edits.replace(callable, *name);
  return edits.finish("Start a task in a plain function and keep it", Safety::suggested);
}

std::optional<Fix> run_there(const UnitView& view, const LoopCall& call, NodeId callable, bool probe) {
  for (const HandOver& over : hand_overs(view)) {
    if (over.call == call.call && over.to == HandOver::To::process) return std::nullopt;  // a lambda cannot go there
  }
  const bool given = gets_arguments(view, call, callable);
  const auto coroutine = made(view, callable, given && view.unit()[callable].kind != Kind::lambda);
  EditBuilder edits(view, probe);
  const std::string runner = std::string(view.library().name) + ".run";
  const LoopFact* runs = view.knowledge().loop_fact(runner, LoopRole::run);
  if (!coroutine || runs == nullptr || runs->takes_function) return std::nullopt;
  const auto run = edits.name_for(runner, call.call->node);
  if (!run) return std::nullopt;
  edits.replace(callable, std::string(given ? "lambda *args: " : "lambda: ") + *run + "(" + *coroutine + ")");
  return edits.finish("Run it with `" + *run + "()` there", Safety::suggested);
}

}  // namespace

std::optional<Fix> in_a_plain_function(const UnitView& view, const LoopCall& call, const LoopFact& row, NodeId callable,
                                       bool probe) {
  callable = inside_parentheses(view.unit(), callable);
  if (row.advice == "task" && root_of(call.origin) == view.library().name) return started(view, call, callable, probe);
  if (row.advice == "loop") return run_there(view, call, callable, probe);
  return std::nullopt;
}

}  // namespace awaitd::analysis
