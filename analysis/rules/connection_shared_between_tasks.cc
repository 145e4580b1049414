// AWD410: one database connection or session used by several tasks at once: gather(conn.f(), conn.g()), tasks in a
// loop.
#include <map>

#include "analysis/fixes/extract.h"
#include "analysis/fixes/fix_list.h"
#include "analysis/knowledge/entries.h"
#include "analysis/rules/cancel_paths.h"
#include "analysis/rules/fixable.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

bool is_connection(const UnitView& view, NodeId expression) {
  for (const Value& v : view.values(expression).values) {
    if (v.kind == ValueKind::instance && !v.probable && has_role(view.knowledge().canonical(v.name), "connection"))
      return true;
  }
  return false;
}

// The connections a coroutine call works with: its receiver or an argument.
void used_by(const UnitView& view, const Call& call, std::vector<NodeId>& out) {
  const Unit& unit = view.unit();
  auto consider = [&](NodeId n) {
    if (n != kNoNode && (unit[n].kind == Kind::identifier || unit[n].kind == Kind::attribute) && is_connection(view, n))
      out.push_back(n);
  };
  if (call.callee != kNoNode && unit[call.callee].kind == Kind::attribute)
    consider(unit.child(call.callee, Field::object));
  for (const Argument& a : view.facts().arguments_of(call)) consider(a.value);
}

bool starts_tasks(const UnitView& view, const Call& call) {
  for (const Value& v : view.callee(call).values) {
    const ContextFact* fact = view.knowledge().context(v.name);
    if (fact != nullptr && fact->role == Role::schedule && !fact->decorator) return true;
  }
  return false;
}

// A comprehension inside the arguments, or a loop around the call, whose own variable the connection is not.
bool repeated(const UnitView& view, NodeId call, NodeId until, NodeId connection) {
  const Unit& unit = view.unit();
  const Facts& facts = view.facts();
  std::string_view name = unit.text_of(connection);
  name = name.substr(0, name.find('.'));
  for (NodeId n = unit[call].parent; n != kNoNode && n != until; n = unit[n].parent) {
    bool loop = unit[n].kind == Kind::list_comprehension || unit[n].kind == Kind::generator_expression ||
                unit[n].kind == Kind::set_comprehension || unit[n].kind == Kind::for_statement;
    if (unit[n].kind == Kind::function_definition) return false;
    if (!loop) continue;
    for (const Binding& b : facts.bindings) {
      bool inside = b.target != kNoNode && b.target > n && b.target < n + unit[n].size;
      if (inside && b.name == name) return false;
    }
    return true;
  }
  return false;
}

struct Shared {
  const Call* start = nullptr;
  NodeId place = kNoNode;  // the first use of the connection
  std::string name;
};

std::vector<Shared> shared_connections(const UnitView& view) {
  std::vector<Shared> found;
  const Facts& facts = view.facts();
  const Unit& unit = view.unit();
  for (const Call& start : facts.calls) {
    if (start.arguments == kNoNode || !facts.functions[start.function].async || !starts_tasks(view, start)) continue;
    std::map<std::string_view, std::vector<NodeId>> users;
    bool many = false;
    for (const Call& call : facts.calls) {
      if (call.node <= start.arguments || call.node >= start.arguments + unit[start.arguments].size || call.awaited)
        continue;
      std::vector<NodeId> connections;
      used_by(view, call, connections);
      for (NodeId c : connections) {
        users[view.text(c)].push_back(c);
        many |= repeated(view, call.node, start.arguments, c);
        // A loop that starts one task a turn.
        if (start.argument_count == 1) many |= repeated(view, start.node, kNoNode, c);
      }
    }
    for (const auto& [name, places] : users) {
      if (places.size() > 1 || many) found.push_back({&start, places.front(), std::string(name)});
    }
  }
  return found;
}

// The one element of `*[f(x) for x in xs]`: the call; kNoNode if it is something else.
NodeId element_of(const UnitView& view, NodeId value) {
  const Unit& unit = view.unit();
  const NodeId list = inside_parentheses(unit, value);
  if (unit[list].kind != Kind::list_comprehension && unit[list].kind != Kind::generator_expression) return kNoNode;
  const NodeId element = unit.child(list, Field::body);
  return element != kNoNode && unit[element].kind == Kind::call ? element : kNoNode;
}

// `[await f(), await g()]` for `await gather(f(), g())`: one after the other is all that a connection can do.
void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  const Unit& unit = view.unit();
  for (const Shared& shared : shared_connections(view)) {
    if (view.document_range(shared.place) != finding.range) continue;
    const Call& start = *shared.start;
    const NodeId await = unit[start.node].parent;
    const TaskFact* fact = task_fact(view, start);
    const bool gathers = fact != nullptr && fact->role == TaskFact::Role::collect;
    if (!gathers || !start.awaited || unit[await].kind != Kind::await || start.argument_count == 0) return;
    std::vector<std::string> parts;
    std::string loops;
    for (const Argument& a : view.facts().arguments_of(start)) {
      const NodeId element = a.stars == 1 ? element_of(view, a.value) : a.value;
      const bool call = element != kNoNode && unit[element].kind == Kind::call && a.name.empty() && a.stars < 2;
      if (!call || (a.stars == 1 && start.argument_count != 1)) return;
      parts.push_back("await " + std::string(view.text(element)));
      if (a.stars == 1) {
        const NodeId list = inside_parentheses(unit, a.value);
        loops = unit.text.substr(unit[element].end, unit[list].end - 1 - unit[element].end);
      }
    }
    const NodeId statement = unit[await].parent;
    const bool dropped = unit[statement].kind == Kind::expression_statement;
    auto indent = indentation_of(unit, statement);
    const bool lines = dropped && loops.empty() && indent.has_value();
    const std::string between = lines ? std::string(view.document().line_ending()) + *indent : ", ";
    std::string text;
    for (const std::string& part : parts) text += (text.empty() ? "" : between) + part;
    EditBuilder edits(view, fixes.probe());
    edits.replace(await, lines ? text : "[" + text + loops + "]");
    fixes.add(edits.finish("Run them one after the other", Safety::suggested), true);
    return;
  }
}

void check(const UnitView& view, Report& report) {
  for (const Shared& shared : shared_connections(view)) {
    Finding& finding = report.add(
        shared.place, "`" + shared.name + "` is one connection, and `" + std::string(view.text(shared.start->callee)) +
                          "()` runs several tasks on it at once: it can only do one thing at a time, so they fail or "
                          "read each other's answers. Take a connection from a pool in each task.");
    finding.origin = shared.name;
    finding.notes.push_back(
        {"", view.range(shared.start->callee),
         "the tasks start here: while one waits for its answer on `" + shared.name + "` the next one sends its own",
         -1});
    mark_fixable(view, finding, fix);
  }
}

}  // namespace

extern constinit const Rule connection_shared_between_tasks = {
    .code = "AWD410",
    .name = "connection-shared-between-tasks",
    .summary = "One connection used by several tasks at once",
    .severity = Severity::warning,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
