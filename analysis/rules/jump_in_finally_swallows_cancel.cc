// AWD304: return, break or continue in a finally through which a cancellation is on its way: the jump ends it.
#include "analysis/rules/cancel_paths.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

// The finally that the jump leaves while a cancellation goes through it; kNoNode if none.
NodeId left_finally(const Flow& flow, EventId jump) {
  BlockId block = flow.block_of_event[jump];
  for (FrameId f = flow.blocks[block].frame; f != kNone; f = flow.frames[f].parent) {
    const Frame& frame = flow.frames[f];
    if (frame.kind != FrameKind::finally_ || frame.way != Way::cancel) continue;
    if (flow.events[jump].kind == EventKind::return_) return frame.node;
    for (const Edge& edge : flow.successors(block)) {
      if (!edge.early && flow.around(edge.to, FrameKind::finally_, frame.node) == kNone) return frame.node;
    }
    return kNoNode;
  }
  return kNoNode;
}

void check(const UnitView& view, Report& report) {
  for (FunctionId f : suspending_functions(view, "finally")) {
    const Flow& flow = view.flow(f);
    NodeId last = kNoNode;
    for (std::uint32_t e : flow.by_node) {
      const Event& event = flow.events[e];
      bool jump =
          event.kind == EventKind::return_ || event.kind == EventKind::break_ || event.kind == EventKind::continue_;
      if (!jump || event.node == last || !flow.block_of(e).reachable || left_finally(flow, e) == kNoNode) continue;
      last = event.node;
      std::string word(view.text(event.node).substr(0, view.text(event.node).find_first_of(" \n;(")));
      Finding& finding =
          report.add(event.node, "`" + word + "` in `finally` ends a cancellation of `" + view.function_name(f) +
                                     "()` (and any other exception) that is on its way; move it behind the "
                                     "`try` statement.");
      finding.range.end = finding.range.start + static_cast<std::uint32_t>(word.size());
    }
  }
}

}  // namespace

extern constinit const Rule jump_in_finally_swallows_cancel = {
    .code = "AWD304",
    .name = "jump-in-finally-swallows-cancel",
    .summary = "return, break or continue in a finally ends a cancellation",
    .severity = Severity::warning,
    .check = check,
};

}  // namespace awaitd::analysis
