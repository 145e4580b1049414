#include "analysis/fixes/events.h"

#include <algorithm>

namespace awaitd::analysis {
namespace {

NodeId receiver_of(const Unit& unit, const BlockingEvent& event) {
  if (event.by != UseKind::call) return event.node;
  return unit[event.node].kind == Kind::attribute ? unit.child(event.node, Field::object) : kNoNode;
}

const BlockingEvent* event_of_callee(const UnitView& view, NodeId callee) {
  for (const BlockingEvent& event : view.blocking()) {
    if (event.by == UseKind::call && event.node == callee) return &event;
  }
  return nullptr;
}

}  // namespace

std::string_view holder(const UnitView& view, const BlockingEvent& event) {
  if (event.by == UseKind::iterate) return {};
  NodeId value = event.call != nullptr ? event.call->node : event.node;
  for (const Binding& b : view.facts().bindings) {
    if (b.value == value &&
        (b.kind == BindingKind::assign || b.kind == BindingKind::with || b.kind == BindingKind::walrus))
      return b.name;
  }
  return {};
}

bool makes_a_file(const UnitView& view, const BlockingEvent& event) {
  if (event.call == nullptr) return false;
  for (const Value& v : view.values(event.call->node).values) {
    if (v.kind != ValueKind::instance) continue;
    for (const char* method : {".read", ".write", ".__iter__", ".__exit__"}) {  // the file protocol
      if (view.knowledge().fact(v.name + method) != nullptr) return true;
    }
  }
  return false;
}

bool works_on(const UnitView& view, const BlockingEvent& event, const BlockingEvent& maker) {
  const Unit& unit = view.unit();
  if (&maker == &event || maker.function != event.function || maker.call == nullptr) return false;
  std::string_view name = holder(view, maker);
  auto is_it = [&](NodeId node) {
    if (node == kNoNode) return false;
    node = inside_parentheses(unit, node);
    return node == maker.call->node ||
           (unit[node].kind == Kind::identifier && !name.empty() && unit.text_of(node) == name);
  };
  if (is_it(receiver_of(unit, event))) return true;
  if (event.call == nullptr) return false;
  for (const Argument& a : view.facts().arguments_of(*event.call)) {
    if (is_it(a.value)) return true;
  }
  return false;
}

std::vector<const BlockingEvent*> followers(const UnitView& view, const BlockingEvent& event) {
  std::vector<const BlockingEvent*> found;
  if (holder(view, event).empty()) return found;
  for (const BlockingEvent& other : view.blocking()) {
    if (other.node > event.node && works_on(view, other, event)) found.push_back(&other);
  }
  return found;
}

NodeId chained_calls(const UnitView& view, const BlockingEvent& event) {
  const Unit& unit = view.unit();
  NodeId outer = event.call->node;
  bool file = makes_a_file(view, event);
  for (;;) {
    NodeId around = unit[outside_parentheses(unit, outer)].parent;
    if (around == kNoNode) return outer;
    NodeId callee = around;
    if (unit[around].kind == Kind::argument_list && file)
      callee = unit.child(unit[around].parent, Field::function);
    else if (unit[around].kind != Kind::attribute)
      return outer;
    const BlockingEvent* next = event_of_callee(view, callee);
    if (next == nullptr) return outer;
    outer = next->call->node;
  }
}

NodeId comprehension_around(const Unit& unit, NodeId node) {
  NodeId child = node, found = kNoNode;
  for (NodeId n = unit[node].parent; n != kNoNode; child = n, n = unit[n].parent) {
    Kind kind = unit[n].kind;
    if (kind == Kind::function_definition || kind == Kind::lambda || kind == Kind::block) break;
    bool comprehension = kind == Kind::list_comprehension || kind == Kind::set_comprehension ||
                         kind == Kind::dictionary_comprehension || kind == Kind::generator_expression;
    if (!comprehension) continue;
    // The first iterable is evaluated once, outside.
    bool first_clause = unit[child].kind == Kind::for_in_clause && unit.child(n, Kind::for_in_clause) == child;
    if (!first_clause) found = n;
  }
  return found;
}

bool is_with_item(const UnitView& view, const BlockingEvent& event) {
  NodeId value = event.call != nullptr ? event.call->node : event.node;
  return std::any_of(view.facts().with_items.begin(), view.facts().with_items.end(),
                     [&](const WithItem& item) { return item.value == value; });
}

bool gives_an_iterator(const BlockingFact& fact) {
  return fact.lazy || fact.replacement.find("lambda: list(") != std::string_view::npos;
}

bool steers_its_iterator(const UnitView& view, const Loop& loop) {
  const Unit& unit = view.unit();
  NodeId body = unit.child(loop.node, Field::body);
  if (body == kNoNode || loop.target == kNoNode) return false;
  std::vector<std::string_view> names;
  for (NodeId n = loop.target; n < loop.target + unit[loop.target].size; ++n) {
    if (unit[n].kind == Kind::identifier) names.push_back(unit.text_of(n));
  }
  auto is_target = [&](NodeId n) {
    return n != kNoNode && unit[n].kind == Kind::identifier &&
           std::find(names.begin(), names.end(), unit.text_of(n)) != names.end();
  };
  for (NodeId n = body; n < body + unit[body].size; ++n) {
    Kind kind = unit[n].kind;
    if (kind == Kind::subscript && is_target(unit.child(n, Field::value))) {
      Kind around = unit[unit[n].parent].kind;
      if (unit[n].field == Field::left || around == Kind::delete_statement) return true;
    }
    // names[:] = ..., names.remove(x), names.clear(): a bare method call changes its object.
    if (kind == Kind::call && unit[unit[n].parent].kind == Kind::expression_statement) {
      NodeId callee = unit.child(n, Field::function);
      if (callee != kNoNode && unit[callee].kind == Kind::attribute && is_target(unit.child(callee, Field::object)) &&
          unit[loop.target].kind != Kind::identifier) {
        return true;
      }
    }
  }
  return false;
}

const BlockingEvent* event_at(const UnitView& view, Range document_range) {
  for (const BlockingEvent& event : view.blocking()) {
    if (view.document_range(event.node) == document_range) return &event;
  }
  return nullptr;
}

}  // namespace awaitd::analysis
