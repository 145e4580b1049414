// AWD311: an `async for` over an async generator that has something to clean up, left early without closing it.
#include "analysis/fixes/fix_list.h"
#include "analysis/rules/cancel_paths.h"
#include "analysis/rules/fixable.h"
#include "analysis/rules/generators.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

void fix(const UnitView& view, const Finding& finding, FixList& fixes);

// The generator cleans up behind a yield: a finally or a with around one.
bool cleans_up(const Facts& facts, FunctionId function) {
  const Unit& unit = *facts.unit;
  for (const Return& yield : facts.yields) {
    if (yield.function != function) continue;
    for (NodeId n = unit[yield.node].parent; n != kNoNode; n = unit[n].parent) {
      if (unit[n].kind == Kind::function_definition) break;
      if (unit[n].kind == Kind::with_statement) return true;
      if (unit[n].kind == Kind::try_statement && unit.child(n, Kind::finally_clause) != kNoNode) return true;
    }
  }
  return false;
}

// The call that made it: the iterable itself, or what the one name holds that nobody uses otherwise.
NodeId made_by(const UnitView& view, const Loop& loop) {
  const Unit& unit = view.unit();
  const NodeId iterable = inside_parentheses(unit, loop.iterable);
  if (unit[iterable].kind != Kind::identifier) return iterable;
  const std::string_view name = unit.text_of(iterable);
  const auto bindings = view.facts().bindings_in(view.facts().functions[loop.function].scope, name);
  if (bindings.size() != 1) return iterable;
  const Binding& holder = view.facts().bindings[bindings.front()];
  if (holder.kind != BindingKind::assign || holder.value == kNoNode || holder.index != -1) return iterable;
  for (NodeId n = 0; n < unit.nodes.size(); ++n) {
    const bool other = n != iterable && n != holder.target;
    if (other && unit[n].kind == Kind::identifier && unit.text_of(n) == name) return iterable;
  }
  return holder.value;
}

// An async generator function of the project with something to clean up.
bool makes_generator(const UnitView& view, NodeId iterable) {
  const Call* call = view.facts().call_at(inside_parentheses(view.unit(), iterable));
  if (call == nullptr) return false;
  ValueSet callee = view.callee(*call);
  if (callee.unknown || callee.values.size() != 1 || callee.values.front().kind != ValueKind::function) return false;
  const Value& v = callee.values.front();
  view.look_at({v.module, v.unit});
  const Facts& facts = *view.linker().unit({v.module, v.unit}).data->facts;
  if (v.id >= facts.functions.size() || !is_async_generator(facts.functions[v.id])) return false;
  for (const Decorator& d : facts.decorators) {
    if (d.function == v.id) return false;
  }
  return cleans_up(facts, v.id);
}

// No handler inside the loop takes it.
bool leaves_by_raise(const Flow& flow, BlockId block, NodeId loop) {
  for (const Edge& edge : flow.successors(block)) {
    if (edge.kind != EdgeKind::error) continue;
    if (edge.to == Flow::raised || flow.around(edge.to, FrameKind::loop, loop) == kNone) return true;
  }
  return false;
}

// A way out of the loop other than its end: break, return, or a raise of its own.
NodeId left_early(const Flow& flow, const Unit& unit, NodeId loop) {
  for (EventId e : flow.inside(unit, loop)) {
    const Event& event = flow.events[e];
    const bool raises = event.kind == EventKind::raise_ && !event.rethrow;
    if (event.kind != EventKind::break_ && event.kind != EventKind::return_ && !raises) continue;
    BlockId block = flow.block_of_event[e];
    FrameId around = flow.around(block, FrameKind::loop);
    bool own = around != kNone && flow.frames[around].node == loop;
    if (raises && !leaves_by_raise(flow, block, loop)) continue;
    if (flow.blocks[block].reachable && flow.around(block, FrameKind::loop, loop) != kNone &&
        (own || event.kind != EventKind::break_))
      return event.node;
  }
  return kNoNode;
}

void check(const UnitView& view, Report& report) {
  for (const Loop& loop : view.facts().loops) {
    const Unit& unit = view.unit();
    if (!loop.async || unit[loop.node].kind != Kind::for_statement || loop.iterable == kNoNode) continue;
    const Flow& flow = view.flow(loop.function);
    NodeId way_out = left_early(flow, unit, loop.node);
    if (way_out == kNoNode || !makes_generator(view, made_by(view, loop))) continue;
    Finding& finding =
        report.add(loop.iterable, "This loop is left early, and what " + quoted(view, loop.iterable) +
                                      " holds stays open until the generator is collected; iterate over it "
                                      "inside `async with contextlib.aclosing(...)`.");
    finding.notes.push_back({"", view.range(way_out), "left here", -1});
    mark_fixable(view, finding, fix);
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const Loop& loop : view.facts().loops) {
    if (loop.iterable == kNoNode || view.document_range(loop.iterable) != finding.range) continue;
    fixes.add(close_behind(view, loop, "Close the generator with aclosing", fixes.probe()), true);
    return;
  }
}

}  // namespace

extern constinit const Rule async_generator_not_closed = {
    .code = "AWD311",
    .name = "async-generator-not-closed",
    .summary = "A loop over an async generator is left without closing it",
    .severity = Severity::info,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
