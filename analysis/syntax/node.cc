#include "analysis/syntax/node.h"

namespace awaitd::analysis {

NodeId Unit::child(NodeId id, Field field) const {
  for (NodeId c : children(*this, id)) {
    if (nodes[c].field == field) return c;
  }
  return kNoNode;
}

NodeId Unit::child(NodeId id, Kind kind) const {
  for (NodeId c : children(*this, id)) {
    if (nodes[c].kind == kind) return c;
  }
  return kNoNode;
}

NodeId Unit::next_sibling(NodeId id) const {
  const NodeId parent = nodes[id].parent;
  if (parent == kNoNode) return kNoNode;
  const NodeId next = id + nodes[id].size;
  return next < parent + nodes[parent].size ? next : kNoNode;
}

NodeId Unit::ancestor(NodeId id, Kind kind) const {
  for (NodeId p = nodes[id].parent; p != kNoNode; p = nodes[p].parent) {
    if (nodes[p].kind == kind) return p;
  }
  return kNoNode;
}

NodeId Unit::covering(std::uint32_t start, std::uint32_t end) const {
  if (nodes.empty()) return kNoNode;
  NodeId found = 0;
  for (bool deeper = true; deeper;) {
    deeper = false;
    for (NodeId c : children(*this, found)) {
      if (nodes[c].start > start) break;
      // An empty range at the seam of two siblings belongs to the later one.
      if (end <= nodes[c].end && (start < nodes[c].end || nodes[c].start == nodes[c].end)) {
        found = c;
        deeper = true;
        break;
      }
    }
  }
  return found;
}

NodeId last_statement(const Unit& unit, NodeId block) {
  NodeId last = kNoNode;
  for (NodeId c : children(unit, block)) {
    if (unit[c].kind != Kind::comment) last = c;
  }
  return last;
}

}  // namespace awaitd::analysis
