// AWD510: a loop made in a function that nobody closes: its selector, its sockets and its executor's threads stay open.
#include "analysis/fixes/close_loop.h"
#include "analysis/rules/fate.h"
#include "analysis/rules/loop_calls.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

// What a read of the loop's name is: closing it, a call on it or telling the thread of it, or handing it to somebody.
enum class Read : std::uint8_t { closes, uses, hands_on };

Read read_of(const UnitView& view, NodeId name, FunctionId function) {
  const Unit& unit = view.unit();
  if (view.facts().function_id_of(name) != function) return Read::hands_on;  // a thread of its own may run it
  NodeId parent = unit[name].parent;
  if (unit[parent].kind == Kind::attribute && unit[name].field == Field::object) {
    NodeId method = unit.child(parent, Field::attribute);
    for (const LoopCall& call : view.loop_calls()) {
      if (call.call->callee == parent && call.as(LoopRole::close_loop) != nullptr) return Read::closes;
    }
    // contextlib.closing(loop) and `atexit.register(loop.close)` pass on what closes it.
    bool called = unit[parent].parent != kNoNode && unit[unit[parent].parent].kind == Kind::call &&
                  unit[parent].field == Field::function;
    return called && method != kNoNode ? Read::uses : Read::hands_on;
  }
  if (unit[parent].kind == Kind::argument_list) {
    for (const LoopCall& call : view.loop_calls()) {
      if (call.call->arguments == parent && call.as(LoopRole::set_loop) != nullptr) return Read::uses;
    }
  }
  return Read::hands_on;
}

bool left_open(const UnitView& view, const LoopCall& call) {
  const Unit& unit = view.unit();
  Fate fate = fate_of(view, call.call->node);
  if (fate.goes == Goes::dropped) return true;
  if (fate.goes == Goes::local) {
    LocalUse use = local_use(view, fate.binding);
    bool ran = false;
    for (NodeId n : use.reads) {
      Read read = read_of(view, n, call.call->function);
      if (read != Read::uses) return false;
      ran = true;
    }
    return ran;
  }
  // new_event_loop().run_until_complete(...)
  NodeId parent = unit[call.call->node].parent;
  return parent != kNoNode && unit[parent].kind == Kind::attribute && unit[parent].field == Field::function;
}

void check(const UnitView& view, Report& report) {
  for (const LoopCall& call : view.loop_calls()) {
    if (call.as(LoopRole::new_loop) == nullptr || !left_open(view, call)) continue;
    Finding& finding = report.add(call.call->callee, "The loop from `" + std::string(view.text(call.call->callee)) +
                                                         "()` is never closed: its selector, its asynchronous "
                                                         "generators and its executor's threads stay behind; "
                                                         "`asyncio.run()` or `asyncio.Runner` closes what it makes.");
    finding.origin = call.origin;
    finding.confidence = call.definite ? Confidence::definite : Confidence::probable;
    finding.fixable = run_instead(view, call, true) || close_at_the_end(view, call, true);
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const LoopCall& call : view.loop_calls()) {
    if (!(view.document_range(call.call->callee) == finding.range)) continue;
    fixes.add(run_instead(view, call, fixes.probe()), true);
    if (!fixes.enough()) fixes.add(close_at_the_end(view, call, fixes.probe()), true);
    return;
  }
}

}  // namespace

extern constinit const Rule event_loop_not_closed = {
    .code = "AWD510",
    .name = "event-loop-not-closed",
    .summary = "A new event loop that is never closed",
    .severity = Severity::info,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
