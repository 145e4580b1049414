// AWD410: one database connection or session used by several tasks at once: gather(conn.f(), conn.g()), tasks in a
// loop.
#include <algorithm>
#include <map>

#include "analysis/fixes/dedent.h"
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

// Two tasks started one behind the other in a block, with no await between them: neither has begun then.
bool side_by_side(const UnitView& view, const Call& first, const Call& second) {
  const Unit& unit = view.unit();
  const NodeId a = view.facts().statement_of(first.node), b = view.facts().statement_of(second.node);
  if (first.function != second.function || a >= b || unit[a].parent != unit[b].parent) return false;
  const auto& awaits = view.facts().awaits;
  return std::none_of(awaits.begin(), awaits.end(), [&](const Return& await) {
    return await.node > a && await.node < b && await.function == first.function;
  });
}

struct Started {  // one task with one connection
  const Call* start = nullptr;
  NodeId connection = kNoNode;
};

void add_neighbours(const UnitView& view, const std::vector<Started>& started, std::vector<Shared>& found) {
  for (std::size_t i = 0; i < started.size(); ++i) {
    const std::string_view name = view.text(started[i].connection);
    const auto same = [&](const Shared& s) {
      return s.name == name && s.start->function == started[i].start->function;
    };
    if (std::any_of(found.begin(), found.end(), same)) continue;
    for (std::size_t k = i + 1; k < started.size(); ++k) {
      if (view.text(started[k].connection) != name || !side_by_side(view, *started[i].start, *started[k].start))
        continue;
      found.push_back({started[i].start, started[i].connection, std::string(name)});
      break;
    }
  }
}

std::vector<Shared> shared_connections(const UnitView& view) {
  std::vector<Shared> found;
  std::vector<Started> started;
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
      started.push_back({&start, places.front()});
    }
  }
  add_neighbours(view, started, found);
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

bool suspends_inside(const Unit& unit, NodeId node) {
  for (NodeId n = node; n < node + unit[node].size; ++n) {
    if (unit[n].kind == Kind::await || unit[n].kind == Kind::yield) return true;
  }
  return false;
}

// `async with pool.acquire() as conn:`, alone in its statement, and nothing in its body but these arguments uses conn.
const WithItem* taken_for(const UnitView& view, const Shared& shared) {
  const Unit& unit = view.unit();
  const WithItem* found = nullptr;
  for (const WithItem& item : view.facts().with_items) {
    const bool mine = item.target != kNoNode && item.async && view.text(item.target) == shared.name &&
                      item.statement < shared.place && shared.place < item.statement + unit[item.statement].size;
    if (mine) found = &item;
  }
  if (found == nullptr || view.facts().call_at(inside_parentheses(unit, found->value)) == nullptr) return nullptr;
  const auto& items = view.facts().with_items;
  if (std::count_if(items.begin(), items.end(), [&](const WithItem& i) { return i.statement == found->statement; }) !=
      1)
    return nullptr;
  const NodeId arguments = shared.start->arguments;
  for (NodeId n = found->statement; n < found->statement + unit[found->statement].size; ++n) {
    const bool inside = n >= arguments && n < arguments + unit[arguments].size;
    if (unit[n].kind == Kind::identifier && n != found->target && !inside && view.text(n) == shared.name) {
      const bool target = n > found->target && n < found->target + unit[found->target].size;
      if (!target) return nullptr;
    }
  }
  return found;
}

// The names that a comprehension gives its element: a lambda has to keep them.
std::string kept_names(const UnitView& view, NodeId element) {
  const Unit& unit = view.unit();
  std::string kept;
  for (const Binding& b : view.facts().bindings) {
    const bool loops =
        b.kind == BindingKind::comprehension && b.target > element && b.scope == view.facts().scope_of[element];
    if (!loops) continue;
    for (NodeId n = element; n < element + unit[element].size; ++n) {
      if (unit[n].kind != Kind::identifier || unit.text_of(n) != b.name) continue;
      kept += ", " + std::string(b.name) + "=" + std::string(b.name);
      break;
    }
  }
  return kept;
}

// A helper in the place of the with statement that takes a connection and hands it to one piece of work; each task gets
// its own so.
std::optional<Fix> one_for_each(const UnitView& view, const Shared& shared, bool probe) {
  const Unit& unit = view.unit();
  const WithItem* item = taken_for(view, shared);
  const auto name = free_name(view, "with_own");
  const auto below = item == nullptr ? std::nullopt : below_head(unit, item->statement);
  const auto outer = item == nullptr ? std::nullopt : indentation_of(unit, item->statement);
  if (!name || !below || !outer) return std::nullopt;
  const auto inner = indentation_of(unit, unit.first_child(unit.child(item->statement, Field::body)));
  if (!inner || inner->size() <= outer->size()) return std::nullopt;
  const std::string eol(view.document().line_ending()), step = inner->substr(outer->size());
  EditBuilder edits(view, probe);
  const std::uint32_t head = unit[item->statement].start - static_cast<std::uint32_t>(outer->size());
  edits.replace(Range{head, *below}, *outer + "async def " + *name + "(work):" + eol + *inner + "async with " +
                                         std::string(view.text(item->value)) + " as " + shared.name + ":" + eol +
                                         *inner + step + "return await work(" + shared.name + ")" + eol + eol);
  for (const Argument& a : view.facts().arguments_of(*shared.start)) {
    if (!a.name.empty()) continue;
    const NodeId element = a.stars == 1 ? element_of(view, a.value) : a.value;
    if (element == kNoNode || a.stars > 1 || unit[element].kind != Kind::call || suspends_inside(unit, element))
      return std::nullopt;
    edits.insert(unit[element].start, *name + "(lambda " + shared.name + kept_names(view, element) + ": ");
    edits.insert(unit[element].end, ")");
  }
  if (!dedent(edits, unit, {*below, unit[item->statement].end}, step.size())) return std::nullopt;
  return edits.finish("Take one in each task", Safety::suggested);
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
    fixes.add(one_for_each(view, shared, fixes.probe()), true);
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
