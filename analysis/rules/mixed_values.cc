#include "analysis/rules/mixed_values.h"

#include <algorithm>
#include <set>

#include "analysis/rules/declared_plain.h"
#include "analysis/rules/needed_values.h"

namespace awaitd::analysis {
namespace {

bool inside(const Unit& unit, NodeId outer, NodeId node) { return outer <= node && node < outer + unit[outer].size; }

bool is_choice(Kind kind) {
  return kind == Kind::if_statement || kind == Kind::elif_clause || kind == Kind::conditional_expression ||
         kind == Kind::while_statement || kind == Kind::match_statement;
}

// What a choice asks: of a conditional expression all of it, it has no field for that.
NodeId question_of(const Unit& unit, NodeId choice) {
  NodeId asked = unit.child(choice, Field::condition);
  if (asked == kNoNode) asked = unit.child(choice, Field::subject);
  return asked == kNoNode ? choice : asked;
}

void add_names(const Unit& unit, NodeId question, std::set<std::string_view>& names) {
  for (NodeId n = question; n < question + unit[question].size; ++n) {
    if (unit[n].kind == Kind::identifier) names.insert(unit.text_of(n));
  }
}

// What decides whether a node runs, as the names it hangs on.
std::set<std::string_view> deciding_names(const Unit& unit, NodeId node) {
  std::set<std::string_view> names;
  for (NodeId n = unit[node].parent; n != kNoNode && unit[n].kind != Kind::function_definition; n = unit[n].parent) {
    if (is_choice(unit[n].kind)) add_names(unit, question_of(unit, n), names);
  }
  return names;
}

// `if stream: x = start()  else: x = await load()`, and behind it again `if stream:`: this code knows which it has.
bool asked_again(const UnitView& view, NodeId function, NodeId bound) {
  const Unit& unit = view.unit();
  const std::set<std::string_view> names = deciding_names(unit, bound);
  if (names.empty()) return false;
  for (NodeId n = function; n < function + unit[function].size; ++n) {
    if (!is_choice(unit[n].kind) || inside(unit, n, bound) || n < bound) continue;
    std::set<std::string_view> asked;
    add_names(unit, question_of(unit, n), asked);
    if (std::any_of(asked.begin(), asked.end(), [&](std::string_view name) { return names.count(name) != 0; }))
      return true;
  }
  return false;
}

// `async with name:`, or the name of an outer scope: it is not this function's alone.
bool taken_up_elsewhere(const UnitView& view, std::string_view name) {
  const Unit& unit = view.unit();
  for (NodeId n = 0; n < unit.nodes.size(); ++n) {
    if (unit[n].kind != Kind::identifier || unit.text_of(n) != name) continue;
    const Kind parent = unit[n].parent == kNoNode ? Kind::none : unit[unit[n].parent].kind;
    if (parent == Kind::global_statement || parent == Kind::nonlocal_statement) return true;
    if (use_of_result(view.facts(), n).use == ResultUse::entered) return true;
  }
  return false;
}

}  // namespace

bool mixed_up(const UnitView& view, const CoroutineEvent& event, const NameUses& uses) {
  if (uses.shared.empty() || event.lazy_object || !view.facts().functions[event.function].async) return false;
  const Binding& given = view.facts().bindings[event.use.binding];
  if (given.target == kNoNode || is_awaited_somewhere(view, given.name) || taken_up_elsewhere(view, given.name) ||
      asks_about(view.facts(), given.name, event.function))
    return false;
  return !asked_again(view, view.facts().functions[event.function].node, given.target);
}

}  // namespace awaitd::analysis
