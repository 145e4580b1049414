#include "analysis/syntax/placeholders.h"

namespace awaitd::analysis {

NodeId placeholder_of(const Unit& skeleton, std::uint32_t number) {
  for (NodeId n = 0; n < skeleton.nodes.size(); ++n) {
    if (skeleton[n].kind == Kind::placeholder && number-- == 0) return n;
  }
  return kNoNode;
}

bool under_an_if(const Unit& unit, NodeId node) {
  for (NodeId n = unit[node].parent; n != kNoNode; n = unit[n].parent) {
    if (unit[n].kind == Kind::if_statement) return true;
  }
  return false;
}

std::vector<std::uint32_t> functions_under_an_if(const Unit& skeleton) {
  std::vector<std::uint32_t> found;
  std::uint32_t number = 0;
  for (NodeId n = 0; n < skeleton.nodes.size(); ++n) {
    if (skeleton[n].kind != Kind::placeholder) continue;
    if (under_an_if(skeleton, n)) found.push_back(number);
    ++number;
  }
  return found;
}

}  // namespace awaitd::analysis
