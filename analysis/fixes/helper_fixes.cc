#include "analysis/fixes/helper_fixes.h"

#include "analysis/fixes/offload.h"

namespace awaitd::analysis {

bool can_run_in_thread(const UnitView& view, const Call& call) {
  FixList probe(true);
  run_in_thread(view, call, probe);
  return !probe.fixes.empty();
}

void run_in_thread(const UnitView& view, const Call& call, FixList& fixes) {
  if (call.arguments == kNoNode || call.awaited || !can_await(view, call.node)) return;
  EditBuilder edits(view, fixes.probe());
  if (offload_call(edits, view, call)) fixes.add(edits.finish(offload_title(view), Safety::suggested), true);
}

}  // namespace awaitd::analysis
