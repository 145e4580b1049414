#include "analysis/rules/absence.h"

#include <algorithm>

#include "analysis/flow/exceptions.h"
#include "analysis/flow/queries.h"

namespace awaitd::analysis {
namespace {

const ExceptionFact* raised_without(const UnitView& view, const Event& read) {
  if (read.kind != EventKind::read_item && read.kind != EventKind::read_attribute) return nullptr;
  const Absent absent = read.kind == EventKind::read_item ? Absent::item : Absent::attribute;
  // self.conn.send(), self.connect(): it may be about an attribute of that.
  const Node& node = view.unit()[read.node];
  if (absent == Absent::attribute && (node.field == Field::object || node.field == Field::function)) return nullptr;
  for (const ExceptionFact& fact : view.knowledge().exceptions()) {
    if (fact.absent == absent) return &fact;
  }
  return nullptr;
}

bool catches(const UnitView& view, NodeId type, const ExceptionFact& raised) {
  const Unit& unit = view.unit();
  type = inside_parentheses(unit, type);
  if (unit[type].kind == Kind::tuple) {
    for (NodeId element : children(unit, type)) {
      if (catches(view, element, raised)) return true;
    }
    return false;
  }
  const ValueSet values = view.values(type);
  return !values.unknown && std::any_of(values.values.begin(), values.values.end(), [&](const Value& v) {
    return v.kind == ValueKind::external && handles(view, v.name, raised.name);
  });
}

}  // namespace

bool only_of_absence(const UnitView& view, NodeId type) {
  const Unit& unit = view.unit();
  type = inside_parentheses(unit, type);
  if (unit[type].kind == Kind::tuple) {
    std::size_t classes = 0;
    for (NodeId element : children(unit, type)) {
      if (unit[element].kind == Kind::comment) continue;
      if (!only_of_absence(view, element)) return false;
      ++classes;
    }
    return classes > 0;
  }
  const ValueSet values = view.values(type);
  if (values.unknown || values.values.size() != 1) return false;
  const auto& facts = view.knowledge().exceptions();
  return std::any_of(facts.begin(), facts.end(), [&](const ExceptionFact& fact) {
    return fact.absent != Absent::none && fact.name == values.values.front().name;
  });
}

std::vector<EventId> handlers_of_absence(const UnitView& view, const Flow& flow, EventId read) {
  const ExceptionFact* raised = flow.handlers.empty() ? nullptr : raised_without(view, flow.events[read]);
  if (raised == nullptr) return {};
  const Unit& unit = view.unit();
  for (FrameId f = flow.block_of(read).frame; f != kNone; f = flow.frames[f].parent) {
    if (flow.frames[f].kind != FrameKind::try_body) continue;
    for (NodeId clause : children(unit, flow.frames[f].node)) {
      const Handler* handler = unit[clause].kind == Kind::except_clause ? flow.handler(clause) : nullptr;
      if (handler == nullptr) continue;
      if (handler->catches.error == Catch::all || handler->group) return {};
      if (handler->type != kNoNode && catches(view, handler->type, *raised)) return entries(flow, *handler, Way::error);
    }
  }
  return {};
}

}  // namespace awaitd::analysis
