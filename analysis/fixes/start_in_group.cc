#include "analysis/fixes/start_in_group.h"

#include <algorithm>

#include "analysis/fixes/extract.h"
#include "analysis/rules/fate.h"

namespace awaitd::analysis {
namespace {

constexpr PythonVersion kTaskGroups{3, 11};

bool ends_function(Kind kind) { return kind == Kind::function_definition || kind == Kind::lambda; }

bool catches_by_name(const UnitView& view, NodeId clause) {
  const NodeId value = view.unit().child(clause, Field::value);
  if (value == kNoNode) return false;
  const ValueSet values = view.values(value);
  return values.unknown || values.values.size() != 1 ||
         (values.values.front().name != "builtins.Exception" && values.values.front().name != "builtins.BaseException");
}

// Something around it in its function waits for an exception of some kind.
bool expects_an_exception(const UnitView& view, NodeId node) {
  const Unit& unit = view.unit();
  NodeId child = node;
  for (NodeId n = unit[node].parent; n != kNoNode && !ends_function(unit[n].kind); child = n, n = unit[n].parent) {
    if (unit[n].kind == Kind::try_statement && unit[child].field == Field::body) {
      for (NodeId clause : children(unit, n)) {
        if (unit[clause].kind == Kind::except_clause && catches_by_name(view, clause)) return true;
      }
    }
    if (unit[n].kind != Kind::with_statement) continue;
    for (const WithItem& item : view.facts().with_items) {
      const Call* made = item.statement == n && item.value != kNoNode ? view.facts().call_at(item.value) : nullptr;
      if (made != nullptr && loop_fact(view.callee(*made), view, LoopRole::expect) != nullptr) return true;
    }
  }
  return false;
}

// A call of the function in this module whose surroundings do.
bool callers_expect_one(const UnitView& view, FunctionId function) {
  const At own = view.at();
  const auto calls_it = [&](const UnitView& other, const Call& call) {
    const ValueSet callee = other.callee(call);
    return std::any_of(callee.values.begin(), callee.values.end(), [&](const Value& v) {
      return v.kind == ValueKind::function && v.module == 0 && v.unit == own.unit && v.id == function;
    });
  };
  bool found = false;
  const auto look = [&](const UnitView& other) {
    for (const Call& call : other.facts().calls) {
      found = found || (call.awaited && expects_an_exception(other, call.node) && calls_it(other, call));
    }
  };
  const NodeId name = view.facts().functions[function].name;
  if (name == kNoNode) return false;
  view.each_unit_that_mentions({view.text(name)}, look);
  return found;
}

// Jumps that would leave the statements from `first` to the end of `last`.
bool is_left_on_the_way(const Unit& unit, NodeId first, NodeId last) {
  const NodeId end = last + unit[last].size;
  for (NodeId n = first; n < end; ++n) {
    const Kind kind = unit[n].kind;
    if (ends_function(kind) || kind == Kind::class_definition) {
      n += unit[n].size - 1;
      continue;
    }
    if (kind == Kind::return_statement || kind == Kind::yield) return true;
    if (kind != Kind::break_statement && kind != Kind::continue_statement) continue;
    bool inside = false;
    for (NodeId up = unit[n].parent; up >= first && up < end; up = unit[up].parent) {
      inside |= unit[up].kind == Kind::for_statement || unit[up].kind == Kind::while_statement;
    }
    if (!inside) return true;
  }
  return false;
}

// The statement that the group starts with: the spawn's own, or the outermost loop around it, so that the tasks of all
// rounds run side by side.
NodeId outermost(const UnitView& view, NodeId statement) {
  const Unit& unit = view.unit();
  NodeId found = statement;
  for (NodeId n = unit[statement].parent; n != kNoNode && !ends_function(unit[n].kind); n = unit[n].parent) {
    if (unit[n].kind == Kind::for_statement || unit[n].kind == Kind::while_statement) found = n;
  }
  return found;
}

// What the group runs: from the first statement to the last of its block, but for a return at the end.
struct Body {
  NodeId first = kNoNode, last = kNoNode;
  bool alone = false;
};
std::optional<Body> body_from(const Unit& unit, NodeId first) {
  const NodeId block = unit[first].parent;
  if (block == kNoNode || unit[block].kind != Kind::block) return std::nullopt;
  Body body{first, first, true};
  for (NodeId c : children(unit, block)) {
    if (c <= first || unit[c].kind == Kind::comment || unit[c].kind == Kind::return_statement) continue;
    body.last = c;
    body.alone = false;
  }
  return is_left_on_the_way(unit, first, body.last) ? std::nullopt : std::optional(body);
}

// `create_task(f())`, `create_task(f(), name="x")`: what a group's method takes as well.
std::optional<std::string> arguments_for_group(const UnitView& view, const LoopCall& spawn) {
  const Argument* coroutine = argument_of(view, *spawn.call, *spawn.as(LoopRole::spawn));
  if (coroutine == nullptr) return std::nullopt;
  for (const Argument& a : view.facts().arguments_of(*spawn.call)) {
    const bool taken = &a == coroutine || a.name == "name" || a.name == "context";
    if (!taken || a.stars != 0) return std::nullopt;
  }
  const ValueSet values = view.values(coroutine->value);
  const bool all = !values.unknown && !values.empty() &&
                   std::all_of(values.values.begin(), values.values.end(),
                               [](const Value& v) { return v.kind == ValueKind::coroutine; });
  return all ? std::optional(std::string(view.text(spawn.call->arguments))) : std::nullopt;
}

// The expression that a statement of its own is: the spawn, or an assignment to a name that nobody reads.
bool stands_alone(const UnitView& view, const LoopCall& spawn, NodeId statement) {
  const Fate fate = fate_of(view, spawn.call->node);
  if (fate.collected || fate.marked != nullptr || view.unit()[statement].kind != Kind::expression_statement)
    return false;
  if (fate.goes == Goes::dropped) return view.unit()[statement].start == view.unit()[spawn.call->node].start;
  if (fate.goes != Goes::local) return false;
  const LocalUse use = local_use(view, fate.binding);
  return use.reads.empty() && use.marks.empty() &&
         view.unit()[view.unit()[spawn.call->node].parent].kind == Kind::assignment;
}

}  // namespace

std::optional<Fix> start_in_group(const UnitView& view, const LoopCall& spawn, bool probe) {
  const Unit& unit = view.unit();
  const FunctionId function = spawn.call->function;
  if (view.options().target < kTaskGroups || !view.facts().functions[function].async ||
      view.facts().functions[function].generator)
    return std::nullopt;
  const NodeId statement = view.facts().statement_of(spawn.call->node);
  const auto arguments = stands_alone(view, spawn, statement) ? arguments_for_group(view, spawn) : std::nullopt;
  if (!arguments) return std::nullopt;
  const NodeId first = outermost(view, statement);
  const auto body = body_from(unit, first);
  // A group of one task that is all its body would only be an await.
  if (!body || (body->alone && first == statement)) return std::nullopt;
  const auto indent = indentation_of(unit, first);
  const auto lines = whole_lines(unit, first, body->last);
  const auto group = free_name(view, "group");
  if (!indent || !lines || !group) return std::nullopt;
  if (expects_an_exception(view, first) || callers_expect_one(view, function)) return std::nullopt;
  EditBuilder edits(view, probe);
  const auto manager = edits.name_for("asyncio.TaskGroup", spawn.call->node);
  if (!manager) return std::nullopt;
  const std::string head =
      *indent + "async with " + *manager + "() as " + *group + ":" + std::string(view.document().line_ending());
  edits.replace(*lines, head + indented(unit, *lines, indentation_step(view, function), view.range(statement),
                                        *group + ".create_task" + *arguments));
  return edits.finish("Start it in a TaskGroup, which waits for it", Safety::suggested);
}

}  // namespace awaitd::analysis
