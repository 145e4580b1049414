// AWD509: await, async for and async with where no coroutine is: a SyntaxError, so the module cannot even be imported.
#include "analysis/fixes/fix_list.h"
#include "analysis/rules/notebooks.h"
#include "analysis/rules/rule.h"
#include "analysis/unit_view.h"

namespace awaitd::analysis {
namespace {

// A generator expression may hold await and async for anywhere; it becomes an async generator (language
// reference 6.2.8). Its first iterable belongs to the code around it.
bool in_generator_expression(const Unit& unit, NodeId node) {
  NodeId child = node;
  for (NodeId n = unit[node].parent; n != kNoNode; child = n, n = unit[n].parent) {
    Kind kind = unit[n].kind;
    if (kind == Kind::function_definition || kind == Kind::lambda || kind == Kind::class_definition) return false;
    if (kind != Kind::generator_expression) continue;
    NodeId first = unit.child(n, Kind::for_in_clause);
    bool outside =
        child == first && node >= unit.child(first, Field::right) && unit.child(first, Field::right) != kNoNode;
    if (!outside) return true;
  }
  return false;
}

// Cells: IPython and Jupyter run top-level await; their text form marks cells with such comments.
bool is_notebook(const UnitView& view) {
  if (in_notebook(view)) return true;
  bool cells = false;
  view.each_unit([&](const UnitView& other) {
    for (const Comment& c : other.facts().comments) {
      std::string_view text = std::string_view(other.unit().text).substr(c.start, c.end - c.start);
      cells |= text.starts_with("# %%") || text.starts_with("# In[") || text.starts_with("#%%");
    }
  });
  return cells;
}

// {{ name }}: no set can be in a set, so this is a template for a file that comes out otherwise.
bool is_template(const UnitView& view) {
  bool braces = false;
  view.each_unit([&](const UnitView& other) {
    const Unit& unit = other.unit();
    for (NodeId n = 1; n < unit.nodes.size(); ++n)
      braces |= unit[n].kind == Kind::set && unit[unit[n].parent].kind == Kind::set;
  });
  return braces;
}

struct Place {
  NodeId node = kNoNode;
  FunctionId function = 0;
  std::string_view what;
};

std::vector<Place> places(const UnitView& view) {
  std::vector<Place> found;
  const Facts& facts = view.facts();
  for (const Return& a : facts.awaits) found.push_back({a.node, a.function, "await"});
  for (const Loop& loop : facts.loops) {
    if (loop.async) found.push_back({loop.node, loop.function, "async for"});
  }
  for (const WithItem& item : facts.with_items) {
    bool again = !found.empty() && found.back().node == item.statement;
    if (item.async && !again) found.push_back({item.statement, item.function, "async with"});
  }
  std::erase_if(found, [&](const Place& p) { return p.node == kNoNode || facts.functions[p.function].async; });
  std::erase_if(found, [&](const Place& p) {
    const bool clause = view.unit()[p.node].kind == Kind::for_in_clause;
    return in_generator_expression(view.unit(), clause ? p.node + 1 : p.node);
  });
  return found;
}

// Nobody of this module calls it: then an async def leaves no call un-awaited.
bool never_called(const UnitView& view, std::string_view name) {
  bool called = false;
  view.each_unit_that_mentions({name}, [&](const UnitView& other) {
    for (const Call& call : other.facts().calls) {
      if (call.callee == kNoNode) continue;
      std::string_view callee = other.text(call.callee);
      called |= callee.substr(callee.rfind('.') + 1) == name;
    }
  });
  return !called;
}

std::optional<Fix> make_async(const UnitView& view, FunctionId id, bool probe) {
  const Function& function = view.facts().functions[id];
  if (function.module || function.lambda || function.name == kNoNode) return std::nullopt;
  std::string name = view.function_name(id);
  if (name.starts_with("__") || !never_called(view, name)) return std::nullopt;
  EditBuilder edits(view, probe);
  edits.insert(view.unit()[function.node].start, "async ");
  return edits.finish("Make `" + name + "` an async def", Safety::suggested);
}

void check(const UnitView& view, Report& report) {
  std::vector<Place> found = places(view);
  if (found.empty() || view.unit().has_error) return;
  for (const Place& place : found) {
    const Function& function = view.facts().functions[place.function];
    const bool top = function.module && !view.facts().functions[place.function].lambda;
    if (top && (is_notebook(view) || is_template(view))) return;
    std::string where = function.lambda ? "in a lambda"
                        : top           ? "outside a function"
                                        : "in the plain function `" + view.function_name(place.function) + "()`";
    std::string way = function.lambda ? "write an async def"
                      : top           ? "put it into an async def and start that with `asyncio.run()`"
                                      : "make it an async def";
    // The keyword is enough: what follows can be long.
    Finding& finding = report.add(place.node, "`" + std::string(place.what) + "` " + where +
                                                  " is a SyntaxError: the module cannot be imported; " + way + ".");
    finding.fixable = make_async(view, place.function, true).has_value();
    finding.range.end =
        std::min(finding.range.end, finding.range.start + static_cast<std::uint32_t>(place.what.size()));
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const Place& place : places(view)) {
    if (view.document_range(place.node).start == finding.range.start)
      return fixes.add(make_async(view, place.function, fixes.probe()), true);
  }
}

}  // namespace

extern constinit const Rule await_outside_async = {
    .code = "AWD509",
    .name = "await-outside-async",
    .summary = "await, async for or async with outside an async def",
    .severity = Severity::error,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
