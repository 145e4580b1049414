// AWD901: sleep(0) in trio and anyio, which have a checkpoint that says what is meant.
#include "analysis/effects/excuses.h"
#include "analysis/rules/checkpoint_calls.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

bool is_zero(const UnitView& view, const Call& call, const CheckpointFact& fact) {
  const Argument* given = argument(view.facts(), call, fact.position, fact.keyword);
  if (given == nullptr || call.argument_count != 1) return false;
  std::string_view text = view.text(given->value);
  return text == "0" || text == "0.0";
}

void check(const UnitView& view, Report& report) {
  if (!has_checkpoints(view)) return;
  each_call_of(view, CheckpointFact::What::sleep, [&](const Call& call, const CheckpointFact& fact) {
    if (!is_zero(view, call, fact)) return;
    report_sleep(view, report, call, fact, CheckpointFact::What::checkpoint, "does not sleep, it lets other tasks run",
                 "says so.");
  });
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  fix_sleep_by(view, finding, fixes, CheckpointFact::What::checkpoint, Safety::safe);
}

}  // namespace

extern constinit const Rule zero_sleep_for_checkpoint = {
    .code = "AWD901",
    .name = "zero-sleep-for-checkpoint",
    .summary = "`sleep(0)` where the library has a checkpoint (trio, anyio)",
    .severity = Severity::hint,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
