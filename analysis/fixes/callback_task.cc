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

// A plain function that starts a task and keeps it, in front of a statement.
struct Starter {
  NodeId statement = kNoNode;
  FunctionId function = 0;
  std::string name, parameters, task;  // task: "asyncio.create_task(poll())"
  bool reads_task = false;             // that reads a name `task` of the function around
};

bool insert_starter(EditBuilder& edits, const UnitView& view, const Starter& starter) {
  const Unit& unit = view.unit();
  if (unit[starter.statement].kind != Kind::expression_statement) return false;
  const auto indent = indentation_of(unit, starter.statement);
  const auto lines = whole_lines(unit, starter.statement, starter.statement);
  const auto set = indent && lines ? task_set(view, starter.statement, edits) : std::nullopt;
  if (!set) return false;
  // A name of the new function's own; what it reads must mean what it means outside.
  const std::string task = starter.reads_task ? "new_task" : "task";
  const std::string eol(view.document().line_ending());
  const std::string inner = eol + *indent + indentation_step(view, starter.function);
  const bool first = unit.first_child(unit[starter.statement].parent) == starter.statement;
  std::string text = first || blank_line_before(view, lines->start) ? "" : eol;
  text += *indent + "def " + starter.name + "(" + starter.parameters + "):";
  for (const std::string& line :
       {task + " = " + starter.task, *set + ".add(" + task + ")", task + ".add_done_callback(" + *set + ".discard)"})
    text += inner + line;
  edits.insert(lines->start, text + eol + eol);
  return true;
}

constexpr const char* kStartTitle = "Start a task in a plain function and keep it";

// "start_poll" for poll and self._poll
std::string starter_name(const UnitView& view, NodeId callable) {
  const Kind kind = view.unit()[callable].kind;
  if (kind != Kind::identifier && kind != Kind::attribute) return "start_task";
  const std::string_view whole = view.text(callable);
  const std::string_view own = whole.substr(whole.rfind('.') + 1);
  const std::size_t first = own.find_first_not_of('_');
  return first == std::string_view::npos ? "start_task" : "start_" + std::string(own.substr(first));
}

std::optional<Fix> started(const UnitView& view, const LoopCall& call, NodeId callable, bool probe) {
  const bool given = gets_arguments(view, call, callable);
  const auto coroutine = made(view, callable, given && view.unit()[callable].kind != Kind::lambda);
  const auto name = free_name(view, starter_name(view, callable));
  EditBuilder edits(view, probe);
  Starter starter;
  starter.statement = view.facts().statement_of(call.call->node);
  starter.function = call.call->function;
  const auto create = coroutine && name
                          ? edits.name_for(std::string(root_of(call.origin)) + ".create_task", starter.statement)
                          : std::nullopt;
  if (!create) return std::nullopt;
  starter.name = *name;
  starter.parameters = given ? "*args" : "";
  starter.task = *create + "(" + *coroutine + ")";
  starter.reads_task = mentions(view, callable, "task");
  if (!insert_starter(edits, view, starter)) return std::nullopt;
  edits.replace(callable, *name);
  return edits.finish(kStartTitle, Safety::suggested);
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

std::optional<Fix> kept_by_callback(const UnitView& view, NodeId callback, bool probe) {
  const Unit& unit = view.unit();
  callback = inside_parentheses(unit, callback);
  const NodeId list = unit[outside_parentheses(unit, callback)].parent;
  const Call* call =
      list == kNoNode || unit[list].parent == kNoNode ? nullptr : view.facts().call_at(unit[list].parent);
  const auto name = free_name(view, "start_task");
  if (call == nullptr || call->arguments != list || !name) return std::nullopt;
  Starter starter;
  starter.statement = view.facts().statement_of(call->node);
  starter.function = call->function;
  starter.name = *name;
  if (unit[callback].kind == Kind::lambda) {
    const NodeId body = unit.child(callback, Field::body);
    if (body == kNoNode || unit.child(callback, Field::parameters) != kNoNode) return std::nullopt;
    starter.task = view.text(body);
    starter.reads_task = mentions(view, body, "task");
  } else {  // the coroutine stays where it is made
    bool behind = false;
    int rest = 0;
    for (const Argument& a : view.facts().arguments_of(*call)) {
      if (behind && (!a.name.empty() || a.stars != 0)) return std::nullopt;
      rest += behind;
      behind |= inside_parentheses(unit, a.value) == callback;
    }
    if (rest != 1) return std::nullopt;
    starter.parameters = "coroutine";
    starter.task = std::string(view.text(callback)) + "(coroutine)";
    starter.reads_task = mentions(view, callback, "task");
  }
  EditBuilder edits(view, probe);
  if (starter.task.find('\n') != std::string::npos || !insert_starter(edits, view, starter)) return std::nullopt;
  edits.replace(callback, *name);
  return edits.finish(kStartTitle, Safety::suggested);
}

}  // namespace awaitd::analysis
