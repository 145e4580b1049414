// AWD703: gather() raises the first failure at once and leaves the other awaitables running: where the function goes
// on, or closes what they still use, they run behind its back.
#include "analysis/fixes/task_group.h"
#include "analysis/flow/queries.h"
#include "analysis/rules/cancel_paths.h"
#include "analysis/rules/loop_calls.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

// Several awaitables: two arguments, or one that stands for many.
bool several(const UnitView& view, const Call& call) {
  int count = 0;
  for (const Argument& a : view.facts().arguments_of(call)) {
    if (a.stars == 2 || a.name == "return_exceptions") return false;
    if (a.name.empty()) count += a.stars == 1 ? 2 : 1;
  }
  return count > 1;
}

// A handler after which the function goes on. One that raises, leaves the process or stops the others itself does not
// count.
bool goes_on(const UnitView& view, NodeId clause) {
  const Unit& unit = view.unit();
  NodeId block = unit.child(clause, Kind::block);
  if (block == kNoNode) return false;
  NodeId last = last_statement(unit, block);
  if (last == kNoNode || unit[last].kind == Kind::raise_statement) return false;
  std::string_view text = unit.text_of(block);
  return text.find("cancel(") == std::string_view::npos && text.find("exit(") == std::string_view::npos;
}

// The handler of a try around the await that swallows a failure.
NodeId swallowing_handler(const UnitView& view, NodeId node) {
  const Unit& unit = view.unit();
  NodeId child = node;
  for (NodeId n = unit[node].parent; n != kNoNode; child = n, n = unit[n].parent) {
    Kind kind = unit[n].kind;
    if (kind == Kind::function_definition || kind == Kind::lambda) return kNoNode;
    if (kind != Kind::try_statement || unit[child].field != Field::body) continue;
    for (NodeId clause : children(unit, n)) {
      if (unit[clause].kind != Kind::except_clause) continue;
      NodeId value = unit.child(clause, Field::value);
      std::string_view caught = value == kNoNode ? std::string_view() : unit.text_of(value);
      // A cancellation goes to all of them by itself.
      if (value != kNoNode && (caught.ends_with("CancelledError") || caught == "KeyboardInterrupt")) continue;
      if (goes_on(view, clause)) return clause;
    }
  }
  return kNoNode;
}

bool mentions(const Unit& unit, NodeId root, std::string_view name) {
  for (NodeId n = root; n < root + unit[root].size; ++n) {
    if (unit[n].kind == Kind::identifier && unit.text_of(n) == name && unit[n].field != Field::attribute) return true;
  }
  return false;
}

// `async with Client() as client: await gather(f(client), g(client))`: leaving the block closes what the others use.
const WithItem* closing_block(const UnitView& view, const Call& call) {
  const Unit& unit = view.unit();
  for (const WithItem& item : view.facts().with_items) {
    const bool around = item.statement < call.node && call.node < item.statement + unit[item.statement].size;
    if (!around || item.function != call.function || item.target == kNoNode) continue;
    NodeId target = unit[item.target].kind == Kind::as_pattern_target ? unit.first_child(item.target) : item.target;
    if (target == kNoNode || unit[target].kind != Kind::identifier) continue;
    if (call.arguments != kNoNode && mentions(unit, call.arguments, unit.text_of(target))) return &item;
  }
  return nullptr;
}

bool inside(const Unit& unit, NodeId outer, NodeId node) {
  return outer != kNoNode && node > outer && node < outer + unit[outer].size;
}

// `task.cancel()` on the variable of a loop over `tasks`, or over what puts each one into `tasks`.
NodeId cancelled_before(const UnitView& view, const Call& gather, std::string_view tasks) {
  const Unit& unit = view.unit();
  const Facts& facts = view.facts();
  auto method = [&](const Call& call, std::string_view name) {
    if (call.callee == kNoNode || unit[call.callee].kind != Kind::attribute) return kNoNode;
    NodeId last = unit.child(call.callee, Field::attribute);
    return last != kNoNode && unit.text_of(last) == name ? unit.child(call.callee, Field::object) : kNoNode;
  };
  for (const Loop& loop : facts.loops) {
    if (loop.function != gather.function || loop.node > gather.node || loop.target == kNoNode || loop.async) continue;
    if (inside(unit, loop.node, gather.node)) continue;
    bool these = loop.iterable != kNoNode && unit.text_of(loop.iterable) == tasks;
    NodeId cancel = kNoNode;
    for (const Call& call : facts.calls) {
      if (!inside(unit, loop.node, call.node)) continue;
      NodeId cancelled = method(call, "cancel"), into = method(call, "append");
      if (cancelled != kNoNode && unit.text_of(cancelled) == unit.text_of(loop.target)) cancel = call.node;
      const Argument* first = into == kNoNode ? nullptr : facts.positional(call, 0);
      these |=
          first != nullptr && unit.text_of(into) == tasks && unit.text_of(first->value) == unit.text_of(loop.target);
    }
    if (these && cancel != kNoNode) return cancel;
  }
  return kNoNode;
}

// The cancellation that comes out of an await leaves the function.
bool comes_out(const Flow& flow, NodeId await) {
  for (EventId e : flow.at(await)) {
    if (!flow.events[e].suspends || !flow.block_of(e).reachable) continue;
    FrameId with = flow.around(flow.block_of_event[e], FrameKind::with);
    if (with != kNone && !flow.frames[with].async) return false;  // it may suppress
    for (const Edge& edge : flow.successors(flow.block_of_event[e])) {
      bool out = edge.early && edge.kind == EdgeKind::cancel;
      if (out && (edge.to == Flow::cancelled || explore_block(flow, edge.to, {false, true}, [](const Event&, EventId) {
                                                  return false;
                                                }).at(Flow::cancelled)))
        return true;
    }
  }
  return false;
}

struct Cancelled {
  NodeId tasks = kNoNode;
  NodeId cancel = kNoNode;
};
// `for t in tasks: t.cancel()` ... `await gather(*tasks)`.
std::optional<Cancelled> gathers_cancelled(const UnitView& view, const Call& gather) {
  auto arguments = view.facts().arguments_of(gather);
  if (arguments.size() != 1 || arguments[0].stars != 1 || !gather.awaited) return std::nullopt;
  if (view.unit().text.find("cancel()") == std::string::npos) return std::nullopt;
  NodeId cancel = cancelled_before(view, gather, view.text(arguments[0].value));
  if (cancel == kNoNode) return std::nullopt;
  const Flow& flow = view.flow(gather.function);
  NodeId await = view.unit()[outside_parentheses(view.unit(), gather.node)].parent;
  if (!flow.complete || !comes_out(flow, await) || flow.at(cancel).empty() || flow.at(await).empty())
    return std::nullopt;
  auto never = [](const Event&, EventId) { return false; };
  if (!reaches(flow, flow.at(cancel).front(), flow.at(await).front(), {false, false}, never)) return std::nullopt;
  return Cancelled{arguments[0].value, cancel};
}

void report_cancelled(const UnitView& view, const LoopCall& call, const Cancelled& cancelled, Report& report) {
  Finding& finding =
      report.add(call.call->callee,
                 "`" + std::string(view.text(call.call->callee)) + "(*" + std::string(view.text(cancelled.tasks)) +
                     ")` waits for tasks that are cancelled above: the CancelledError of the first comes out "
                     "here as if this function were cancelled, and the others are not waited for; pass "
                     "`return_exceptions=True`.");
  finding.origin = call.origin;
  finding.confidence = call.definite ? Confidence::definite : Confidence::probable;
  finding.notes.push_back({"", view.range(cancelled.cancel), "cancelled here", -1});
  finding.fixable = true;
}

// `for done in as_completed(tasks): await done`, where the first failure leaves the loop and nobody stops the others.
const Loop* leaves_others(const UnitView& view, const Call& each) {
  const Unit& unit = view.unit();
  const Facts& facts = view.facts();
  const Argument* tasks = facts.positional(each, 0);
  if (tasks == nullptr || unit[tasks->value].kind != Kind::identifier) return nullptr;
  for (const Loop& loop : facts.loops) {
    if (loop.iterable != each.node || loop.target == kNoNode || unit[loop.node].kind != Kind::for_statement) continue;
    for (NodeId n = loop.node; n != kNoNode && unit[n].kind != Kind::function_definition; n = unit[n].parent) {
      if (unit[n].kind == Kind::try_statement || unit[n].kind == Kind::with_statement) return nullptr;
    }
    bool awaited = false;
    for (const Return& await : facts.awaits) {
      if (!inside(unit, loop.node, await.node) || await.value == kNoNode) continue;
      if (unit.text_of(await.value) != unit.text_of(loop.target)) continue;
      awaited = true;
      for (NodeId n = await.node; n != loop.node; n = unit[n].parent) {
        if (unit[n].kind == Kind::try_statement || unit[n].kind == Kind::with_statement) return nullptr;
      }
    }
    return awaited ? &loop : nullptr;
  }
  return nullptr;
}

// The tasks are made in this function: nobody else can stop them.
bool made_here(const UnitView& view, const Call& each) {
  const Argument* tasks = view.facts().positional(each, 0);
  for (const Binding& b : view.facts().bindings) {
    if (b.kind != BindingKind::assign || b.value == kNoNode || b.name != view.text(tasks->value)) continue;
    if (view.facts().scopes[b.scope].function != each.function) continue;
    for (const LoopCall& made : view.loop_calls()) {
      if (made.as(LoopRole::spawn) != nullptr && inside(view.unit(), b.value, made.call->node)) return true;
    }
  }
  return false;
}

void check(const UnitView& view, Report& report) {
  for (const LoopCall& call : view.loop_calls()) {
    if (call.as(LoopRole::each) != nullptr && leaves_others(view, *call.call) != nullptr &&
        made_here(view, *call.call)) {
      Finding& finding = report.add(
          call.call->callee,
          "The first failure leaves this loop, and the other tasks run on with nobody to "
          "wait for them; cancel them in a `finally`" +
              std::string(view.options().target >= PythonVersion{3, 11} ? ", or start them in a `TaskGroup`." : "."));
      finding.origin = call.origin;
    }
    if (call.as(LoopRole::gather) == nullptr) continue;
    if (auto cancelled = gathers_cancelled(view, *call.call)) {
      report_cancelled(view, call, *cancelled, report);
      continue;
    }
    if (call.as(LoopRole::gather) == nullptr || !call.call->awaited || !several(view, *call.call)) continue;
    const std::string name = "`" + std::string(view.text(call.call->callee)) + "()`";
    const NodeId handler = swallowing_handler(view, call.call->node);
    const WithItem* block = handler == kNoNode ? closing_block(view, *call.call) : nullptr;
    if (handler == kNoNode && block == nullptr) continue;
    std::string text = name + " raises the first failure and leaves the others running, ";
    text += handler != kNoNode ? "and this function goes on without them"
                               : "and leaving the `with` block closes what they still use";
    text += view.options().target >= PythonVersion{3, 11}
                ? "; a `TaskGroup` stops them."
                : "; cancel them, or look at all results with `return_exceptions=True`.";
    Finding& finding = report.add(call.call->callee, std::move(text));
    finding.origin = call.origin;
    finding.confidence = call.definite ? Confidence::definite : Confidence::probable;
    finding.fixable = handler != kNoNode && into_task_group(view, call, true).has_value();
    NodeId note = handler != kNoNode ? handler : block->value;
    Range range = view.range(note);
    if (handler != kNoNode) range.end = std::min(range.end, range.start + 6);
    finding.notes.push_back(
        {"", range, handler != kNoNode ? "the failure is handled here" : "closed when the block is left", -1});
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const LoopCall& call : view.loop_calls()) {
    if (view.document_range(call.call->callee) != finding.range || call.as(LoopRole::gather) == nullptr) continue;
    if (!gathers_cancelled(view, *call.call)) return fixes.add(into_task_group(view, call, fixes.probe()), true);
    EditBuilder edits(view, fixes.probe());
    edits.insert(view.unit()[view.facts().arguments_of(*call.call)[0].value].end, ", return_exceptions=True");
    fixes.add(edits.finish("Wait for all of them with return_exceptions=True", Safety::suggested), true);
    return;
  }
}

}  // namespace

extern constinit const Rule gather_leaves_siblings_running = {
    .code = "AWD703",
    .name = "gather-leaves-siblings-running",
    .summary = "gather() whose failure is handled while the other awaitables still run",
    .severity = Severity::info,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
