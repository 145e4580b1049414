// Blocks, edges and the ways out of nested constructs.
#include "analysis/flow/flow_builder.h"

#include <algorithm>

namespace awaitd::analysis {
namespace {

bool raising(EventKind kind) {
  switch (kind) {
    case EventKind::read_name:
    case EventKind::write_name:
    case EventKind::catch_:
    case EventKind::raise_:  // has an edge of its own
    case EventKind::return_:
    case EventKind::break_:
    case EventKind::continue_:
      return false;
    default:
      return true;
  }
}

bool suspending(EventKind kind) {
  return kind == EventKind::await || kind == EventKind::yield || kind == EventKind::async_next ||
         kind == EventKind::async_enter || kind == EventKind::async_exit;
}

}  // namespace

FlowBuilder::FlowBuilder(const UnitView& view, FunctionId function)
    : view_(view), unit_(view.unit()), facts_(view.facts()) {
  flow_.function = function;
  // Copies of finally blocks inside finally blocks multiply: real code stays far below this.
  most_ = 4096 + unit_.nodes.size() * 8;
}

Flow FlowBuilder::build() {
  const Function& fn = facts_.functions[flow_.function];
  async_ = fn.async;
  for (int i = 0; i < 4; ++i) new_block();
  if (fn.body != kNoNode) {
    if (fn.lambda) {
      expression(fn.body);
    } else {
      block(fn.body);
    }
  }
  leave({Way::return_});
  return finish();
}

BlockId FlowBuilder::new_block() {
  Draft draft;
  draft.frame = frame_;
  draft.cancelled = cancelled_;
  drafts_.push_back(std::move(draft));
  if (drafts_.size() > most_) overflow_ = true;
  return static_cast<BlockId>(drafts_.size() - 1);
}

void FlowBuilder::edge(BlockId from, BlockId to, EdgeKind kind) { drafts_[from].edges.push_back({to, kind}); }

void FlowBuilder::next_block() {
  BlockId next = new_block();
  go(next);
  start(next);
}

void FlowBuilder::emit(EventKind kind, NodeId node, NodeId value) {
  if (++emitted_ > most_) overflow_ = true;
  if (overflow_) {
    if (drafts_[current_].events.empty()) drafts_[current_].events.emplace_back();
    return;
  }
  Event event;
  event.kind = kind;
  event.node = node;
  event.value = value;
  event.raises = raising(kind);
  event.deferred = deferred_ > 0;
  // A generator's body runs in its consumer; a plain generator's yield is no place where tasks change.
  event.suspends = suspending(kind) && async_ && !event.deferred && !quiet_;
  if (event.raises && drafts_[current_].error == kNone) {
    BlockId to = landing(Way::error);
    drafts_[current_].error = to;
  }
  if (event.suspends && drafts_[current_].cancel == kNone) {
    BlockId to = landing(Way::cancel);
    drafts_[current_].cancel = to;
  }
  drafts_[current_].events.push_back(event);
}

bool FlowBuilder::enter_frame(FrameKind kind, NodeId node, bool async, Way way) {
  flow_.frames.push_back({kind, way, async, node, frame_});
  frame_ = static_cast<FrameId>(flow_.frames.size() - 1);
  return true;
}

bool FlowBuilder::deeper() {
  constexpr int kDeepest = 400;
  if (depth_ > kDeepest) overflow_ = true;
  return !overflow_;
}

// Where control goes that leaves contexts [0, depth) by `exit`: the innermost one that has a say in it.
BlockId FlowBuilder::landing(Exit exit, std::size_t depth) {
  bool exception = exit.way == Way::error || exit.way == Way::cancel;
  for (; depth > 0; --depth) {
    Context& context = contexts_[depth - 1];
    if (context.kind == Context::Kind::loop) {
      if (depth - 1 != exit.loop) continue;
      if (exit.way == Way::break_) return context.after;
      if (exit.way == Way::continue_) return context.head;
    } else if (context.kind == Context::Kind::handlers) {
      if (!exception) continue;
      BlockId& dispatch = exit.way == Way::error ? context.dispatch_error : context.dispatch_cancel;
      if (dispatch == kNone) dispatch = new_block();
      return dispatch;
    } else {
      for (const Copy& copy : context.copies) {
        if (copy.exit == exit) return copy.block;
      }
      BlockId made = new_block();
      context.copies.push_back({exit, made});
      return made;
    }
  }
  if (exit.way == Way::error) return Flow::raised;
  return exit.way == Way::cancel ? Flow::cancelled : Flow::exit;
}

Flow FlowBuilder::finish() {
  if (overflow_) {
    Flow empty;
    empty.function = flow_.function;
    empty.complete = false;
    empty.blocks.resize(4);
    return empty;
  }
  for (Draft& draft : drafts_) {
    if (draft.error != kNone) draft.edges.push_back({draft.error, EdgeKind::error, true});
    if (draft.cancel != kNone) draft.edges.push_back({draft.cancel, EdgeKind::cancel, true});
  }
  std::vector<std::vector<Edge>> back(drafts_.size());
  for (BlockId b = 0; b < drafts_.size(); ++b) {
    Draft& draft = drafts_[b];
    Block block;
    block.frame = draft.frame;
    block.condition = draft.condition;
    block.cancelled = draft.cancelled;
    block.first = static_cast<EventId>(flow_.events.size());
    flow_.events.insert(flow_.events.end(), draft.events.begin(), draft.events.end());
    block.last = static_cast<EventId>(flow_.events.size());
    flow_.block_of_event.resize(flow_.events.size(), b);
    block.first_edge = static_cast<std::uint32_t>(flow_.edges.size());
    block.edges = static_cast<std::uint32_t>(draft.edges.size());
    for (const Edge& e : draft.edges) {
      flow_.edges.push_back(e);
      back[e.to].push_back({b, e.kind, e.early});
    }
    flow_.blocks.push_back(block);
  }
  for (BlockId b = 0; b < back.size(); ++b) {
    flow_.blocks[b].first_back = static_cast<std::uint32_t>(flow_.back_edges.size());
    flow_.blocks[b].backs = static_cast<std::uint32_t>(back[b].size());
    flow_.back_edges.insert(flow_.back_edges.end(), back[b].begin(), back[b].end());
  }
  std::vector<BlockId> open{Flow::entry};
  flow_.blocks[Flow::entry].reachable = true;
  while (!open.empty()) {
    BlockId b = open.back();
    open.pop_back();
    for (const Edge& e : flow_.successors(b)) {
      if (flow_.blocks[e.to].reachable) continue;
      flow_.blocks[e.to].reachable = true;
      open.push_back(e.to);
    }
  }
  flow_.by_node.resize(flow_.events.size());
  for (EventId e = 0; e < flow_.by_node.size(); ++e) flow_.by_node[e] = e;
  std::sort(flow_.by_node.begin(), flow_.by_node.end(), [&](EventId a, EventId b) {
    NodeId x = flow_.events[a].node, y = flow_.events[b].node;
    return x != y ? x < y : a < b;
  });
  return std::move(flow_);
}

Flow build_flow(const UnitView& view, FunctionId function) { return FlowBuilder(view, function).build(); }

}  // namespace awaitd::analysis
