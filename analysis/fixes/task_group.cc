#include "analysis/fixes/task_group.h"

#include <algorithm>

#include "analysis/fixes/extract.h"
#include "analysis/rules/coroutine_values.h"

namespace awaitd::analysis {
namespace {

constexpr PythonVersion kTaskGroups{3, 11};

bool catches_all(const UnitView& view, NodeId clause) {
  const NodeId value = view.unit().child(clause, Field::value);
  if (value == kNoNode) return true;
  const ValueSet values = view.values(value);
  if (values.unknown || values.values.size() != 1) return false;
  const std::string& name = values.values.front().name;
  return name == "builtins.Exception" || name == "builtins.BaseException";
}

// The nearest try around it catches whatever comes, and nothing by its name.
bool is_caught_as_a_whole(const UnitView& view, NodeId node) {
  const Unit& unit = view.unit();
  NodeId child = node;
  for (NodeId n = unit[node].parent; n != kNoNode; child = n, n = unit[n].parent) {
    if (unit[n].kind == Kind::function_definition || unit[n].kind == Kind::lambda) return false;
    if (unit[n].kind != Kind::try_statement || unit[child].field != Field::body) continue;
    int clauses = 0;
    for (NodeId clause : children(unit, n)) {
      if (unit[clause].kind != Kind::except_clause) continue;
      if (!catches_all(view, clause)) return false;
      ++clauses;
    }
    if (clauses > 0) return true;
  }
  return false;
}

bool makes_coroutine(const UnitView& view, NodeId node) {
  const Call* const call = view.facts().call_at(node);
  const auto made = call == nullptr || call->awaited ? std::nullopt : coroutine_made(view, *call);
  return made && !made->lazy_object && view.text(node).find('\n') == std::string_view::npos;
}

// What gather() is given: calls one by one, or one call for each round of a comprehension.
struct Given {
  std::vector<NodeId> calls;
  std::string rounds;  // " for n in names if n"
};

std::optional<Given> given_to(const UnitView& view, const Call& gather) {
  const Unit& unit = view.unit();
  const auto arguments = view.facts().arguments_of(gather);
  Given given;
  for (const Argument& a : arguments) {
    if (!a.name.empty() || a.stars > 1) return std::nullopt;
    NodeId value = inside_parentheses(unit, a.value);
    if (a.stars == 1) {
      const bool comprehension =
          unit[value].kind == Kind::generator_expression || unit[value].kind == Kind::list_comprehension;
      const NodeId body = comprehension && arguments.size() == 1 ? unit.child(value, Field::body) : kNoNode;
      if (body == kNoNode) return std::nullopt;
      const std::string_view all = view.text(value);
      given.rounds =
          all.substr(unit[body].end - unit[value].start, all.size() - 1 - (unit[body].end - unit[value].start));
      if (given.rounds.find('\n') != std::string::npos) return std::nullopt;
      value = body;
    }
    if (!makes_coroutine(view, value)) return std::nullopt;
    given.calls.push_back(value);
  }
  return given.calls.empty() ? std::nullopt : std::optional(std::move(given));
}

// "results = ", "return ", or nothing; no value if the await is part of something else.
std::optional<std::string> taken_by(const UnitView& view, NodeId await, NodeId statement) {
  const Unit& unit = view.unit();
  const NodeId parent = unit[await].parent;
  if (parent == statement && unit[statement].kind == Kind::expression_statement) return "";
  if (parent == statement && unit[statement].kind == Kind::return_statement) return "return ";
  const bool assigned = unit[parent].kind == Kind::assignment && unit[parent].parent == statement &&
                        unit.child(parent, Field::right) == await && unit.child(parent, Field::type) == kNoNode;
  if (!assigned) return std::nullopt;
  return std::string(view.text(unit.child(parent, Field::left))) + " = ";
}

}  // namespace

std::optional<Fix> into_task_group(const UnitView& view, const LoopCall& gather, bool probe) {
  const Unit& unit = view.unit();
  const NodeId node = gather.call->node;
  const NodeId await = unit[outside_parentheses(unit, node)].parent;
  const NodeId statement = view.facts().statement_of(node);
  if (view.options().target < kTaskGroups || !gather.call->awaited || !is_caught_as_a_whole(view, node))
    return std::nullopt;
  const auto given = given_to(view, *gather.call);
  const auto taken = given ? taken_by(view, await, statement) : std::nullopt;
  const auto lines = taken ? whole_lines(unit, statement, statement) : std::nullopt;
  const auto group = free_name(view, "group"), tasks = free_name(view, "tasks"), task = free_name(view, "task");
  if (!lines || !group || !tasks || !task) return std::nullopt;
  EditBuilder edits(view, probe);
  const auto manager = edits.name_for("asyncio.TaskGroup", node);
  if (!manager) return std::nullopt;

  std::vector<std::string> started;
  for (NodeId call : given->calls) started.push_back(*group + ".create_task(" + std::string(view.text(call)) + ")");
  const std::string outer = std::string(view.document().line_ending()) + *indentation_of(unit, statement);
  const std::string inner = outer + indentation_step(view, gather.call->function);
  std::string text = "async with " + *manager + "() as " + *group + ":";
  if (taken->empty() && given->rounds.empty()) {
    for (const std::string& one : started) text += inner + one;
  } else {
    std::string list;
    for (const std::string& one : started) list += (list.empty() ? "" : ", ") + one;
    text += inner + *tasks + " = [" + list + given->rounds + "]";
  }
  if (!taken->empty()) text += outer + *taken + "[" + *task + ".result() for " + *task + " in " + *tasks + "]";
  edits.replace(statement, text);
  return edits.finish("Run them in a TaskGroup", Safety::suggested);
}

}  // namespace awaitd::analysis
