#include "analysis/fixes/keep_task.h"

#include "analysis/fixes/extract.h"
#include "analysis/rules/fate.h"

namespace awaitd::analysis {
namespace {

constexpr PythonVersion kGenericBuiltins{3, 9};  // set[...] outside annotations of strings

// The text changes that give the task a name: everything of the statement up to the call, and what was chained to it.
struct Naming {
  NodeId statement = kNoNode;
  std::string name;
  Range before;  // replaced by before_text
  std::string before_text;
  Range chained;  // cut off and called on the name in a line of its own
};

std::optional<Naming> naming_of(const UnitView& view, const LoopCall& call) {
  const Unit& unit = view.unit();
  Fate fate = fate_of(view, call.call->node);
  Naming naming;
  naming.statement = view.facts().statement_of(call.call->node);
  if (fate.collected || unit[naming.statement].kind != Kind::expression_statement) return std::nullopt;
  const std::uint32_t start = unit[naming.statement].start;
  if (fate.goes == Goes::local) {
    if (unit[unit[call.call->node].parent].kind != Kind::assignment) return std::nullopt;
    const Binding& binding = view.facts().bindings[fate.binding];
    naming.name = binding.name;
    if (binding.name != "_") return naming;
    auto name = free_name(view, "task");
    if (!name) return std::nullopt;
    naming.name = naming.before_text = *name;
    naming.before = view.range(fate.at);
    return naming;
  }
  if (fate.goes != Goes::dropped || unit[call.call->node].start != start) return std::nullopt;
  auto name = free_name(view, "task");
  if (!name) return std::nullopt;
  naming.name = *name;
  naming.before = {start, start};
  naming.before_text = *name + " = ";
  const std::uint32_t end = unit[naming.statement].end;
  if (unit[call.call->node].end == end) return naming;
  if (fate.marked == nullptr || unit[fate.marked->node].end != end) return std::nullopt;  // under an if, an `and`
  naming.chained = {unit[call.call->node].end, end};
  return naming;
}

bool is_set(const ValueSet& values) {
  for (const Value& v : values.values) {
    if (v.kind != ValueKind::instance || v.name != "builtins.set") return false;
  }
  return !values.values.empty();
}

bool holds_tasks(std::string_view name) { return name.find("task") != std::string_view::npos; }

// A set for tasks that is there already: "self._tasks", "background_tasks".
std::optional<std::string> known_set(const UnitView& view, NodeId node) {
  Linker& linker = view.linker();
  const NameTables& tables = *linker.index().tables;
  const auto is_one = [&](const std::string& name, const std::vector<Member>& members) {
    if (!holds_tasks(name)) return false;
    for (const Member& m : members) {
      At where{0, m.unit};
      if (m.function != kNone || !is_set(linker.values(linker.unit(where).data->exports->terms, m.term, where)))
        return false;
    }
    return true;
  };
  const FunctionId function = view.facts().function_id_of(node);
  const std::uint32_t cls = linker.unit(view.at()).cls;
  if (cls != kNone && function == 1) {
    std::string best;
    for (const auto& [name, members] : tables.classes[cls].members) {
      if (is_one(name, members) && (best.empty() || name < best)) best = name;
    }
    const NodeId parameters = view.facts().functions[1].parameters;
    const NodeId self = parameters == kNoNode ? kNoNode : view.unit().first_child(parameters);
    const bool instance = self != kNoNode && view.text(self) == "self";
    if (!best.empty() && instance) return "self." + best;
  }
  std::string best;
  tables.globals.each([&](const std::string& name, const std::vector<Member>& members) {
    if (is_one(name, members) && view.is_global_at(name, node) && (best.empty() || name < best)) best = name;
  });
  return best.empty() ? std::nullopt : std::optional(best);
}

// "background_tasks: set[asyncio.Task] = set()"
std::string definition(const UnitView& view, const std::string& name, NodeId node) {
  auto type = imported_name(view, "asyncio.Task", node);
  bool annotated = type && view.options().target >= kGenericBuiltins;
  return name + (annotated ? ": set[" + *type + "]" : "") + " = set()";
}

}  // namespace

std::optional<std::string> task_set(const UnitView& view, NodeId node, EditBuilder& edits) {
  if (auto known = known_set(view, node)) return known;
  auto name = free_name(view, "background_tasks");
  if (name) edits.define(definition(view, *name, node));
  return name;
}

namespace {

std::optional<Fix> kept(const UnitView& view, const LoopCall& call, bool probe) {
  auto naming = naming_of(view, call);
  if (!naming) return std::nullopt;
  auto indent = indentation_of(view.unit(), naming->statement);
  auto lines = whole_lines(view.unit(), naming->statement, naming->statement);
  if (!indent || !lines) return std::nullopt;
  EditBuilder edits(view, probe);
  auto set = task_set(view, call.call->node, edits);
  if (!set) return std::nullopt;
  if (!naming->before_text.empty()) edits.replace(naming->before, naming->before_text);
  const std::string eol(view.document().line_ending());
  const std::string& name = naming->name;
  std::string behind =
      eol + *indent + *set + ".add(" + name + ")" + eol + *indent + name + ".add_done_callback(" + *set + ".discard)";
  if (naming->chained.end > naming->chained.start) {
    const std::string& text = view.unit().text;
    behind += eol + *indent + name + text.substr(naming->chained.start, naming->chained.end - naming->chained.start);
    edits.replace(naming->chained, "");
  }
  edits.insert(lines->end, std::move(behind));
  return edits.finish("Keep the task in `" + *set + "` until it is done", Safety::suggested);
}

}  // namespace

bool can_keep_task(const UnitView& view, const LoopCall& call) { return kept(view, call, true).has_value(); }

void keep_task(const UnitView& view, const LoopCall& call, FixList& fixes) {
  fixes.add(kept(view, call, fixes.probe()), true);
}

}  // namespace awaitd::analysis
