// Questions that rules ask of a Flow. All linear in its size; plain results.
#pragma once
#include <vector>

#include "analysis/flow/flow.h"

namespace awaitd::analysis {

// Which ways a walk takes, and where it ended up.
struct Paths {
  bool errors = true;   // follow ordinary exceptions
  bool cancels = true;  // follow cancellation
};
struct Reached {
  std::vector<bool> events;  // passed or met
  std::vector<bool> blocks;  // entered
  bool at(BlockId block) const { return blocks[block]; }
  bool exit() const { return blocks[Flow::exit]; }
  bool left() const { return blocks[Flow::exit] || blocks[Flow::raised] || blocks[Flow::cancelled]; }
};

// Follows all paths from behind an event, or from the start of a block. stop(event, id): the path ends there (the event
// counts as met; its own exceptions are not followed). The first event's own exceptions are not followed either.
template <typename Stop>
Reached explore(const Flow& flow, BlockId block, EventId from, Paths paths, Stop stop);
template <typename Stop>
Reached explore_from(const Flow& flow, EventId event, Paths paths, Stop stop) {
  return explore(flow, flow.block_of_event[event], event + 1, paths, stop);
}
template <typename Stop>
Reached explore_block(const Flow& flow, BlockId block, Paths paths, Stop stop) {
  return explore(flow, block, flow.blocks[block].first, paths, stop);
}

// Can control come from event a to event b without meeting an event that stops it?
template <typename Stop>
bool reaches(const Flow& flow, EventId a, EventId b, Paths paths, Stop stop) {
  return explore_from(flow, a, paths, stop).events[b];
}

// The places where the function suspends in a subtree, each once, in evaluation order; nested functions and generator
// expressions are not part of it.
std::vector<EventId> suspensions(const Flow& flow, const Unit& unit, NodeId node);
// Context expressions of the with blocks around an event, innermost first.
std::vector<NodeId> held(const Flow& flow, EventId event);
// The catch_ events of a handler in its copies for errors or for cancellation: reachable ones.
std::vector<EventId> entries(const Flow& flow, const Handler& handler, Way way);
// True if a cancellation can arrive in the body of a try: something in it suspends and nothing inside catches it.
bool cancellable(const Flow& flow, const Handler& handler);
// From the entry of a handler for cancellation: the events behind which the path leaves the handling of the
// cancellation in another way than by raising (the last event of each path: a return, a statement's end). kNone: an
// empty handler.
std::vector<EventId> swallowing(const Flow& flow, EventId entry);

template <typename Stop>
Reached explore(const Flow& flow, BlockId block, EventId from, Paths paths, Stop stop) {
  Reached reached;
  reached.events.resize(flow.events.size());
  reached.blocks.resize(flow.blocks.size());
  struct Open {
    BlockId block;
    EventId from;
  };
  std::vector<Open> open{{block, from}};
  if (from == flow.blocks[block].first) reached.blocks[block] = true;
  auto enter = [&](const Edge& edge) {
    if (edge.kind == EdgeKind::error && !paths.errors) return;
    if (edge.kind == EdgeKind::cancel && !paths.cancels) return;
    if (reached.blocks[edge.to]) return;
    reached.blocks[edge.to] = true;
    open.push_back({edge.to, flow.blocks[edge.to].first});
  };
  while (!open.empty()) {
    Open now = open.back();
    open.pop_back();
    bool raised = false, cancelled = false, stopped = false;
    for (EventId e = now.from; e < flow.blocks[now.block].last && !stopped; ++e) {
      reached.events[e] = true;
      stopped = stop(flow.events[e], e);
      if (stopped) break;
      raised |= flow.events[e].raises;
      cancelled |= flow.events[e].suspends;
    }
    for (const Edge& edge : flow.successors(now.block)) {
      if (edge.early ? (edge.kind == EdgeKind::error ? raised : cancelled) : !stopped) enter(edge);
    }
  }
  return reached;
}

}  // namespace awaitd::analysis
