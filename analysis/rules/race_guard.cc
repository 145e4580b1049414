#include "analysis/rules/race_guard.h"

namespace awaitd::analysis {
namespace {

Guard side_of_bound(const UnitView& view, NodeId comparison, NodeId asked, bool yes) {
  const Unit& unit = view.unit();
  const bool less =
      unit.child(comparison, Kind::op_less) != kNoNode || unit.child(comparison, Kind::op_less_equal) != kNoNode;
  const bool more =
      unit.child(comparison, Kind::op_greater) != kNoNode || unit.child(comparison, Kind::op_greater_equal) != kNoNode;
  if (!less && !more) return Guard::other;
  if (less == more || view.text(comparison).find('-') != std::string_view::npos) return Guard::bound;
  const NodeId left = unit.first_child(comparison);
  const bool on_left = asked < left + unit[left].size;
  return (less == on_left) == yes ? Guard::below : Guard::above;
}

}  // namespace

Guard guard_of(const UnitView& view, NodeId condition, NodeId asked, bool yes) {
  const Unit& unit = view.unit();
  const NodeId n = inside_parentheses(unit, condition);
  if (unit[n].kind == Kind::named_expression || (n == asked && unit[n].kind != Kind::comparison_operator))
    return yes ? Guard::present : Guard::absent;
  // bool(x); getattr(x, "y", None) says something else
  if (unit[n].kind != Kind::comparison_operator) return Guard::other;
  bool none = false;
  for (NodeId c : children(unit, n)) none |= unit[c].kind == Kind::none;
  if (unit.child(n, Kind::kw_in) != kNoNode) return yes ? Guard::present : Guard::absent;
  if (unit.child(n, Kind::kw_not_in) != kNoNode) return yes ? Guard::absent : Guard::present;
  if (none && (unit.child(n, Kind::kw_is) != kNoNode || unit.child(n, Kind::op_equal) != kNoNode))
    return yes ? Guard::absent : Guard::present;
  if (none) return yes ? Guard::present : Guard::absent;
  return side_of_bound(view, n, asked, yes);
}

}  // namespace awaitd::analysis
