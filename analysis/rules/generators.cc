#include "analysis/rules/generators.h"

namespace awaitd::analysis {

bool is_async_generator(const Function& function) { return function.async && function.generator && !function.lambda; }

bool is_decorated(const UnitView& view, FunctionId function) {
  for (const Decorator& d : view.facts().decorators) {
    if (d.function == function) return true;
  }
  return false;
}

bool is_context_manager(const UnitView& view, FunctionId function) {
  for (const Decorator& d : view.facts().decorators) {
    if (d.function != function) continue;
    const Call* call = view.facts().call_at(d.expression);
    ValueSet values = view.values(call == nullptr ? d.expression : call->callee);
    if (values.unknown || values.empty()) return true;  // whatever it makes of it
    for (const Value& v : values.values) {
      if (v.kind != ValueKind::external) return true;
      for (const TypeFact* fact : view.knowledge().results(v.name, How::decorator)) {
        if (fact->result == "contextmanager") return true;
      }
      if (std::string_view(v.name).ends_with(".fixture")) return true;
    }
  }
  return false;
}

bool yields_often(const UnitView& view, FunctionId function) {
  const Flow& flow = view.flow(function);
  int count = 0;
  for (const Return& yield : view.facts().yields) {
    if (yield.function != function) continue;
    auto events = flow.at(yield.node);
    if (events.empty()) continue;
    ++count;
    if (flow.around(flow.block_of_event[events.front()], FrameKind::loop) != kNone) return true;
  }
  return count > 1;
}

std::vector<YieldInside> yields_inside_with(const UnitView& view, FunctionId function) {
  std::vector<YieldInside> found;
  const Flow& flow = view.flow(function);
  for (const Return& yield : view.facts().yields) {
    if (yield.function != function) continue;
    auto events = flow.at(yield.node);
    if (events.empty() || !flow.block_of(events.front()).reachable) continue;
    for (NodeId context : held(flow, events.front())) found.push_back({yield.node, context});
  }
  return found;
}

}  // namespace awaitd::analysis
