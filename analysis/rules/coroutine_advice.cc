#include "analysis/rules/coroutine_advice.h"

namespace awaitd::analysis {

std::string await_advice(const UnitView& view, const CoroutineEvent& event) {
  if (view.facts().functions[event.function].async) return "write `await " + written_call(view, event.node).substr(1);
  if (can_fix_by_run(view, event))
    return "this code is not async, so run it with `" + std::string(view.library().name) + ".run()`";
  return "only an `async def` can await it";
}

void fix_by_await(const UnitView& view, const CoroutineEvent& event, Safety safety, FixList& fixes) {
  if (!can_await(view, event.node)) return;
  EditBuilder edits(view, fixes.probe());
  edits.replace(event.node, awaited(view.unit(), event.node, std::string(view.text(event.node))));
  fixes.add(edits.finish("Await it", safety), true);
}

bool can_fix_by_run(const UnitView& view, const CoroutineEvent& event) {
  const Function& fn = view.facts().functions[event.function];
  // A method may well be called from the loop; so may anything in another function.
  bool module_level = fn.module || (fn.parent == 0 && fn.cls == kNone && view.linker().unit(view.at()).cls == kNone);
  return event.call != nullptr && !fn.async && !fn.lambda && !fn.generator && module_level &&
         view.library().offload_since > 0 && view.colour(event.function) != Colour::loop;
}

void fix_by_run(const UnitView& view, const CoroutineEvent& event, FixList& fixes) {
  if (event.lazy_object || !can_fix_by_run(view, event)) return;
  EditBuilder edits(view, fixes.probe());
  auto run = edits.name_for(std::string(view.library().name) + ".run", event.node);
  if (!run) return;
  edits.replace(event.node, *run + "(" + std::string(view.text(event.node)) + ")");
  fixes.add(edits.finish("Run it with " + *run + "()", Safety::suggested), false);
}

const CoroutineEvent* coroutine_event_at(const UnitView& view, Range document_range) {
  for (const CoroutineEvent& event : view.coroutines()) {
    if (view.document_range(event.node) == document_range) return &event;
  }
  return nullptr;
}

void report_lost(const UnitView& view, Report& report, const CoroutineEvent& event, const std::string& message) {
  Finding& finding = report.add(event.node, message + await_advice(view, event) + ".");
  finding.origin = event.origin;
  finding.fixable = can_await(view, event.node) || (!event.lazy_object && can_fix_by_run(view, event));
}

void fix_lost(const UnitView& view, const Finding& finding, Safety safety, FixList& fixes) {
  const CoroutineEvent* event = coroutine_event_at(view, finding.range);
  if (event == nullptr) return;
  fix_by_await(view, *event, safety, fixes);
  fix_by_run(view, *event, fixes);
}

}  // namespace awaitd::analysis
