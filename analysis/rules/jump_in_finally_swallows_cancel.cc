// AWD304: return, break or continue in a finally through which a cancellation is on its way: the jump ends it.
#include "analysis/fixes/dedent.h"
#include "analysis/fixes/extract.h"
#include "analysis/rules/cancel_paths.h"
#include "analysis/rules/fixable.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

// A break or continue of a loop inside the node.
bool stays_within(const Unit& unit, NodeId node, NodeId jump) {
  for (NodeId child = jump, n = unit[jump].parent; n != kNoNode && n > node; child = n, n = unit[n].parent) {
    const bool loop = unit[n].kind == Kind::for_statement || unit[n].kind == Kind::while_statement;
    if (loop && unit[child].field == Field::body) return true;
  }
  return false;
}

// The finally that the jump leaves while a cancellation goes through it; kNoNode if none.
NodeId left_finally(const Unit& unit, const Flow& flow, EventId jump) {
  BlockId block = flow.block_of_event[jump];
  for (FrameId f = flow.blocks[block].frame; f != kNone; f = flow.frames[f].parent) {
    const Frame& frame = flow.frames[f];
    if (frame.kind != FrameKind::finally_ || frame.way != Way::cancel) continue;
    if (flow.events[jump].kind == EventKind::return_) return frame.node;
    return stays_within(unit, frame.node, flow.events[jump].node) ? kNoNode : frame.node;
  }
  return kNoNode;
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes);

void check(const UnitView& view, Report& report) {
  for (FunctionId f : suspending_functions(view, "finally")) {
    const Flow& flow = view.flow(f);
    NodeId last = kNoNode;
    for (std::uint32_t e : flow.by_node) {
      const Event& event = flow.events[e];
      bool jump =
          event.kind == EventKind::return_ || event.kind == EventKind::break_ || event.kind == EventKind::continue_;
      if (!jump || event.node == last || !flow.block_of(e).reachable || left_finally(view.unit(), flow, e) == kNoNode)
        continue;
      last = event.node;
      std::string word(view.text(event.node).substr(0, view.text(event.node).find_first_of(" \n;(")));
      Finding& finding =
          report.add(event.node, "`" + word + "` in `finally` ends a cancellation of `" + view.function_name(f) +
                                     "()` (and any other exception) that is on its way; move it behind the "
                                     "`try` statement.");
      finding.range.end = finding.range.start + static_cast<std::uint32_t>(word.size());
      for (EventId wait : arrivals(flow, flow.block_of_event[e])) {
        finding.notes.push_back(
            {"", view.range(flow.events[wait].node),
             "a cancellation of `" + view.function_name(f) + "()` arrives here, and ends at the `" + word + "`", -1});
        break;
      }
      mark_fixable(view, finding, fix);
    }
  }
}

NodeId last_of_block(const Unit& unit, NodeId block) {
  NodeId last = kNoNode;
  for (NodeId c : children(unit, block)) {
    if (unit[c].kind != Kind::comment) last = c;
  }
  return last;
}

// Nothing else in the try leaves it by a jump, whose value the one in the finally replaces today.
bool only_jump(const UnitView& view, NodeId attempt, NodeId jump) {
  const Unit& unit = view.unit();
  const FunctionId function = view.facts().function_id_of(jump);
  for (NodeId n = attempt; n < attempt + unit[attempt].size; ++n) {
    const Kind k = unit[n].kind;
    const bool jumps = k == Kind::return_statement || k == Kind::break_statement || k == Kind::continue_statement;
    if (jumps && n != jump && view.facts().function_id_of(n) == function) return false;
  }
  return true;
}

std::uint32_t line_start(const Unit& unit, std::uint32_t at) {
  while (at > 0 && unit.text[at - 1] != '\n') --at;
  return at;
}

// From the line break before one offset to the end of the line of another.
Range lines_of(const Unit& unit, std::uint32_t from, std::uint32_t to) {
  from = line_start(unit, from);
  if (from > 0) --from;
  if (from > 0 && unit.text[from - 1] == '\r') --from;
  while (to < unit.text.size() && unit.text[to] != '\n' && unit.text[to] != '\r') ++to;
  return {from, to};
}

// The jump behind the try statement, at its indentation; without a finally (or a try) that holds nothing else.
void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  const Unit& unit = view.unit();
  for (NodeId jump = 0; jump < unit.nodes.size(); ++jump) {
    const Kind k = unit[jump].kind;
    if (k != Kind::return_statement && k != Kind::break_statement && k != Kind::continue_statement) continue;
    if (view.document_range(jump).start != finding.range.start) continue;
    const NodeId block = unit[jump].parent, finally = unit[block].parent;
    if (unit[finally].kind != Kind::finally_clause || last_of_block(unit, block) != jump) return;
    const NodeId attempt = unit[finally].parent;
    auto outer = indentation_of(unit, attempt), inner = indentation_of(unit, jump);
    if (!outer || !inner || !only_jump(view, attempt, jump)) return;
    EditBuilder edits(view, fixes.probe());
    const std::string moved = std::string(view.document().line_ending()) + *outer + std::string(view.text(jump));
    const bool alone = unit.first_child(block) == jump;
    const std::uint32_t end = unit[attempt].end;
    if (!alone) {
      edits.replace(lines_of(unit, unit[jump].start, unit[jump].end), moved);
    } else if (unit.child(attempt, Kind::except_clause) != kNoNode) {
      edits.replace(lines_of(unit, unit[finally].start, end), moved);
    } else {
      const NodeId body = unit.child(attempt, Field::body);
      const NodeId first = body == kNoNode ? kNoNode : unit.first_child(body);
      auto deep = first == kNoNode ? std::nullopt : indentation_of(unit, first);
      auto below = below_head(unit, attempt);
      if (!deep || !below || deep->size() <= outer->size()) return;
      edits.replace(Range{line_start(unit, unit[attempt].start), *below}, "");
      if (!dedent(edits, unit, {*below, unit[body].end}, deep->size() - outer->size())) return;
      edits.replace(Range{unit[body].end, end}, moved);
    }
    fixes.add(edits.finish("Move it behind the try statement", Safety::suggested), true);
    return;
  }
}

}  // namespace

extern constinit const Rule jump_in_finally_swallows_cancel = {
    .code = "AWD304",
    .name = "jump-in-finally-swallows-cancel",
    .summary = "return, break or continue in a finally ends a cancellation",
    .severity = Severity::warning,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
