#include "analysis/rules/own_loop.h"

namespace awaitd::analysis {
namespace {

// The loop that an expression gives: the running one, got in this unit or elsewhere.
OwnLoop own_loop(const UnitView& view, NodeId expression) {
  OwnLoop best = OwnLoop::no;
  for (const Value& v : view.values(expression).values) {
    if (v.kind == ValueKind::none) continue;
    if (v.kind != ValueKind::instance || v.call == kNoCall) return OwnLoop::no;
    const At maker{v.module, v.unit};
    view.look_at(maker);
    const UnitData& data = *view.linker().unit(maker).data;
    for (const Use& use : data.uses().uses) {
      if (use.kind != UseKind::call || use.call != v.call) continue;
      ValueSet callee = view.linker().values(data.uses().terms, use.target, maker);
      if (loop_fact(callee, view, LoopRole::running_loop) == nullptr &&
          loop_fact(callee, view, LoopRole::current_loop) == nullptr)
        return OwnLoop::no;
      best = maker == view.at() ? OwnLoop::surely : OwnLoop::probably;
    }
  }
  return best;
}

}  // namespace

OwnLoop waits_for_own_loop(const UnitView& view, const Call& wait) {
  const Unit& unit = view.unit();
  if (wait.callee == kNoNode || unit[wait.callee].kind != Kind::attribute || !view.on_loop(wait.function))
    return OwnLoop::no;
  NodeId object = unit.child(wait.callee, Field::object);
  if (object == kNoNode) return OwnLoop::no;
  for (const Value& v : view.values(object).values) {
    if (v.kind != ValueKind::instance || v.call == kNoCall || v.module != 0 || v.unit != view.at().unit) continue;
    for (const LoopCall& call : view.loop_calls()) {
      if (call.as(LoopRole::submit) == nullptr || call.call != &view.facts().calls[v.call]) continue;
      const Argument* loop = view.facts().keyword(*call.call, "loop");
      if (loop == nullptr) loop = view.facts().positional(*call.call, 1);
      if (loop != nullptr) return own_loop(view, loop->value);
    }
  }
  return OwnLoop::no;
}

}  // namespace awaitd::analysis
