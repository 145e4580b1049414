// AWD410: one database connection or session used by several tasks at once: gather(conn.f(), conn.g()), tasks in a
// loop.
#include <map>

#include "analysis/knowledge/entries.h"
#include "analysis/rules/rule.h"
#include "analysis/unit_view.h"

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

void check(const UnitView& view, Report& report) {
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
      if (places.size() < 2 && !many) continue;
      Finding& finding =
          report.add(places.front(),
                     "`" + std::string(name) + "` is one connection, and `" + std::string(view.text(start.callee)) +
                         "()` runs several tasks on it at once: it can only do one thing at a time, so they fail or "
                         "read each other's answers. Take a connection from a pool in each task.");
      finding.origin = std::string(name);
      finding.notes.push_back({"", view.range(start.callee), "the tasks start here", -1});
    }
  }
}

}  // namespace

extern constinit const Rule connection_shared_between_tasks = {
    .code = "AWD410",
    .name = "connection-shared-between-tasks",
    .summary = "One connection used by several tasks at once",
    .severity = Severity::warning,
    .check = check,
};

}  // namespace awaitd::analysis
