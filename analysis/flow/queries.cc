#include "analysis/flow/queries.h"

#include <algorithm>

namespace awaitd::analysis {

std::vector<EventId> suspensions(const Flow& flow, const Unit& unit, NodeId node) {
  std::vector<EventId> found;
  NodeId last = kNoNode;
  EventKind kind{};
  for (EventId e : flow.inside(unit, node)) {
    const Event& event = flow.events[e];
    if (!event.suspends || !flow.block_of(e).reachable) continue;
    if (event.node == last && event.kind == kind) continue;  // the same in another copy
    last = event.node;
    kind = event.kind;
    found.push_back(e);
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<NodeId> held(const Flow& flow, EventId event) {
  std::vector<NodeId> items;
  for (FrameId f = flow.block_of(event).frame; f != kNone; f = flow.frames[f].parent) {
    if (flow.frames[f].kind == FrameKind::with) items.push_back(flow.frames[f].node);
  }
  return items;
}

std::vector<EventId> entries(const Flow& flow, const Handler& handler, Way way) {
  std::vector<EventId> found;
  for (EventId e : flow.at(handler.clause)) {
    if (flow.events[e].kind != EventKind::catch_ || !flow.block_of(e).reachable) continue;
    FrameId frame = flow.around(flow.block_of_event[e], FrameKind::handler, handler.clause);
    if (frame != kNone && flow.frames[frame].way == way) found.push_back(e);
  }
  return found;
}

bool cancellable(const Flow& flow, const Handler& handler) { return !entries(flow, handler, Way::cancel).empty(); }

std::vector<EventId> swallowing(const Flow& flow, EventId entry) {
  std::vector<EventId> found;
  const Reached reached =
      explore_from(flow, entry, {}, [&](const Event&, EventId e) { return !flow.block_of(e).cancelled; });
  for (BlockId b = 0; b < flow.blocks.size(); ++b) {
    const Block& block = flow.blocks[b];
    if (!block.cancelled || (!reached.blocks[b] && b != flow.block_of_event[entry])) continue;
    for (const Edge& edge : flow.successors(b)) {
      if (edge.early || flow.blocks[edge.to].cancelled || edge.to == Flow::raised || edge.to == Flow::cancelled)
        continue;
      if (edge.kind == EdgeKind::error || edge.kind == EdgeKind::cancel) continue;
      found.push_back(block.first < block.last ? block.last - 1 : kNone);
      break;
    }
  }
  return found;
}

}  // namespace awaitd::analysis
