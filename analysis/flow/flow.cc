#include "analysis/flow/flow.h"

#include <algorithm>

namespace awaitd::analysis {
namespace {

constexpr std::string_view kEventNames[] = {"read",   "write", "del",   "read",   "write", "del",     "read",
                                            "write",  "del",   "call",  "await",  "yield", "iter",    "next",
                                            "anext",  "enter", "exit",  "aenter", "aexit", "op",      "test",
                                            "import", "catch", "raise", "return", "break", "continue"};
constexpr std::string_view kEdgeNames[] = {"", "yes ", "no ", "error ", "cancel ", "suppressed "};
constexpr std::string_view kWayNames[] = {"normal", "error", "cancel", "return", "break", "continue"};
constexpr std::string_view kFrameNames[] = {"loop", "with", "try", "except", "finally"};

std::string first_line(std::string_view text) { return std::string(text.substr(0, text.find('\n'))); }

std::string block_name(BlockId block) {
  constexpr std::string_view names[] = {"entry", "exit", "raised", "cancelled"};
  return block < 4 ? std::string(names[block]) : "b" + std::to_string(block);
}

std::string frames_of(const Flow& flow, FrameId frame) {
  std::string out;
  for (; frame != kNone; frame = flow.frames[frame].parent) {
    const Frame& f = flow.frames[frame];
    std::string name(kFrameNames[static_cast<std::size_t>(f.kind)]);
    if (f.kind == FrameKind::handler || f.kind == FrameKind::finally_)
      name.append("(").append(kWayNames[static_cast<std::size_t>(f.way)]).append(")");
    out = out.empty() ? name : name + " > " + out;
  }
  return out;
}

}  // namespace

std::span<const std::uint32_t> Flow::at(NodeId node) const {
  auto first = std::partition_point(by_node.begin(), by_node.end(), [&](EventId e) { return events[e].node < node; });
  auto last = std::partition_point(first, by_node.end(), [&](EventId e) { return events[e].node == node; });
  return {first, last};
}

std::span<const std::uint32_t> Flow::inside(const Unit& unit, NodeId node) const {
  const NodeId end = node + unit[node].size;
  auto first = std::partition_point(by_node.begin(), by_node.end(), [&](EventId e) { return events[e].node < node; });
  auto last = std::partition_point(first, by_node.end(), [&](EventId e) { return events[e].node < end; });
  return {first, last};
}

const Handler* Flow::handler(NodeId clause) const {
  auto at = std::partition_point(handlers.begin(), handlers.end(), [&](const Handler& h) { return h.clause < clause; });
  return at != handlers.end() && at->clause == clause ? &*at : nullptr;
}

FrameId Flow::around(BlockId block, FrameKind kind, NodeId node) const {
  FrameId frame = blocks[block].frame;
  while (frame != kNone && (frames[frame].kind != kind || (node != kNoNode && frames[frame].node != node)))
    frame = frames[frame].parent;
  return frame;
}

std::string describe(const Event& event, const Unit& unit) {
  std::string out(kEventNames[static_cast<std::size_t>(event.kind)]);
  if (event.node != kNoNode) out += " " + first_line(unit.text_of(event.node));
  if (event.augmented) out += " (augmented)";
  if (event.deferred) out += " (deferred)";
  if (event.rethrow) out += " (again)";
  if (event.suspends) out += " *";
  return out;
}

std::string dump(const Flow& flow, const Unit& unit) {
  if (!flow.complete) return "incomplete\n";
  std::string out;
  for (BlockId b = 0; b < flow.blocks.size(); ++b) {
    const Block& block = flow.blocks[b];
    if (!block.reachable || (b > Flow::entry && b <= Flow::cancelled)) continue;
    out += block_name(b) + ":";
    if (block.cancelled) out += " cancelled";
    std::string frames = frames_of(flow, block.frame);
    if (!frames.empty()) out += " in " + frames;
    out += "\n";
    for (const Event& event : flow.events_of(b)) out += "  " + describe(event, unit) + "\n";
    if (block.condition != kNoNode) out += "  ? " + first_line(unit.text_of(block.condition)) + "\n";
    for (const Edge& edge : flow.successors(b)) {
      out.append("  -> ")
          .append(kEdgeNames[static_cast<std::size_t>(edge.kind)])
          .append(block_name(edge.to))
          .append("\n");
    }
  }
  return out;
}

}  // namespace awaitd::analysis
