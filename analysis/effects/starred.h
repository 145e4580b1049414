// What a `**` argument holds, where the function shows it: `client.post(url, **{"timeout": 5})`, or a dict that it
// fills under constant keys and hands on. Pure functions of the facts; ids are the unit's.
#pragma once
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/facts/facts.h"

namespace awaitd::analysis {

// Keys and what stands for their values, those that only some path sets among them. Nothing if there may be others.
using StarredKeys = std::vector<std::pair<std::string_view, NodeId>>;
std::optional<StarredKeys> starred_keys(const Facts& facts, const Argument& argument);

}  // namespace awaitd::analysis
