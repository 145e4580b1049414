// A run of statements that is to become a function of its own: which names go in and out, and whether it may move at
// all. Pure functions of the unit.
#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "analysis/unit_view.h"

namespace awaitd::analysis {

struct Region {
  FunctionId function = 0;
  std::vector<NodeId> statements;  // neighbours in one block, in order, comments left out
  NodeId begin() const { return statements.front(); }
  NodeId end(const Unit& unit) const { return statements.back() + unit[statements.back()].size; }
  bool holds(const Unit& unit, NodeId node) const { return begin() <= node && node < end(unit); }
};

// The statements from the one that holds `first` to the one that holds `last`, in the nearest block around both.
std::optional<Region> region_between(const UnitView& view, NodeId first, NodeId last);

struct RegionFlow {
  std::vector<std::string_view> results;  // assigned inside, used behind: surely assigned when the region ends
  std::vector<std::string_view> rebound;  // assigned inside, and the old value matters: nonlocal
  bool returns = false;                   // every way through ends in return or raise
};
// Nothing if the statements cannot stand in a plain nested function: they await, yield, jump out, talk to the event
// loop, or bind names in a way that a function of its own would change.
std::optional<RegionFlow> flow_of(const UnitView& view, const Region& region);

// True if node reads a name (not an attribute's, a keyword's or a target).
bool reads_name(const Unit& unit, NodeId node);

}  // namespace awaitd::analysis
