// Worklist dataflow over a Flow. A state is any value with `bool join(const State&)` (true if it grew) that can only
// grow finitely often; Bits is one. Exceptions are taken literally: what an event did is not yet in the state that its
// error or cancel edge carries. Values; any thread.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "analysis/flow/flow.h"

namespace awaitd::analysis {

// A set of small numbers.
class Bits {
 public:
  explicit Bits(std::size_t size = 0) : words_((size + 63) / 64) {}
  bool test(std::size_t i) const { return (words_[i / 64] >> (i % 64) & 1) != 0; }
  void set(std::size_t i) { words_[i / 64] |= std::uint64_t{1} << (i % 64); }
  void reset(std::size_t i) { words_[i / 64] &= ~(std::uint64_t{1} << (i % 64)); }
  bool any() const {
    for (std::uint64_t w : words_)
      if (w != 0) return true;
    return false;
  }
  bool join(const Bits& other) {
    bool grew = false;
    for (std::size_t i = 0; i < words_.size(); ++i) {
      grew |= (other.words_[i] & ~words_[i]) != 0;
      words_[i] |= other.words_[i];
    }
    return grew;
  }
  bool operator==(const Bits&) const = default;

 private:
  std::vector<std::uint64_t> words_;
};

// The state at the start of each block that control can reach; nothing for the others.
//   step(state, event, id)   what an event does to the state
//   raise(state, event, id)  what happens to the copy that leaves with an exception of this event (mostly nothing)
//   pass(state, block, edge) false: nobody goes this way with this state
template <typename State, typename Step, typename Raise, typename Pass>
std::vector<std::optional<State>> forward(const Flow& flow, const State& at_entry, Step step, Raise raise, Pass pass) {
  std::vector<std::optional<State>> in(flow.blocks.size());
  std::vector<BlockId> work{Flow::entry};
  std::vector<bool> queued(flow.blocks.size());
  in[Flow::entry] = at_entry;
  auto flow_to = [&](BlockId to, const State& state) {
    bool grew = !in[to];
    if (grew) {
      in[to] = state;
    } else {
      grew = in[to]->join(state);
    }
    if (grew && !queued[to]) {
      queued[to] = true;
      work.push_back(to);
    }
  };
  while (!work.empty()) {
    BlockId b = work.back();
    work.pop_back();
    queued[b] = false;
    State state = *in[b];
    const Block& block = flow.blocks[b];
    auto leave = [&](EdgeKind kind, const State& with) {
      for (const Edge& edge : flow.successors(b)) {
        if (edge.early && edge.kind == kind && pass(with, b, edge)) flow_to(edge.to, with);
      }
    };
    for (EventId e = block.first; e < block.last; ++e) {
      const Event& event = flow.events[e];
      if (event.raises || event.suspends) {
        State out = state;
        raise(out, event, e);
        if (event.raises) leave(EdgeKind::error, out);
        if (event.suspends) leave(EdgeKind::cancel, out);
      }
      step(state, event, e);
    }
    for (const Edge& edge : flow.successors(b)) {
      if (!edge.early && pass(state, b, edge)) flow_to(edge.to, state);
    }
  }
  return in;
}

template <typename State, typename Step>
std::vector<std::optional<State>> forward(const Flow& flow, const State& at_entry, Step step) {
  return forward(
      flow, at_entry, step, [](State&, const Event&, EventId) {},
      [](const State&, BlockId, const Edge&) { return true; });
}

// The same against the direction of time: the state at the end of each block, joined over all ways on. at_exits: the
// state of the three exits. step(state, event, id) makes the state before an event of the one behind it.
template <typename State, typename Step>
std::vector<State> backward(const Flow& flow, const State& nothing, const State& at_exits, Step step) {
  std::vector<State> in(flow.blocks.size(), nothing), out = in;  // at the start and the end of each block
  std::vector<BlockId> work;
  std::vector<bool> queued(flow.blocks.size(), true);
  for (BlockId b = 0; b < flow.blocks.size(); ++b) work.push_back(b);
  while (!work.empty()) {
    BlockId b = work.back();
    work.pop_back();
    queued[b] = false;
    if (b == Flow::exit || b == Flow::raised || b == Flow::cancelled) out[b].join(at_exits);
    auto behind = [&](State& state, bool early, EdgeKind kind) {
      for (const Edge& edge : flow.successors(b)) {
        if (edge.early == early && (!early || edge.kind == kind)) state.join(in[edge.to]);
      }
    };
    behind(out[b], false, EdgeKind::next);
    State state = out[b];
    const Block& block = flow.blocks[b];
    for (EventId e = block.last; e-- > block.first;) {
      const Event& event = flow.events[e];
      step(state, event, e);
      if (event.raises) behind(state, true, EdgeKind::error);
      if (event.suspends) behind(state, true, EdgeKind::cancel);
    }
    if (!in[b].join(state)) continue;
    for (const Edge& edge : flow.predecessors(b)) {
      if (queued[edge.to]) continue;
      queued[edge.to] = true;
      work.push_back(edge.to);
    }
  }
  return out;
}

}  // namespace awaitd::analysis
