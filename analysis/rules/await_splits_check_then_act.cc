// AWD402: a shared place is checked, the task is suspended, and then acts as if the answer still held.
#include "analysis/fixes/lock_fix.h"
#include "analysis/rules/races.h"

namespace awaitd::analysis {
namespace {

std::string consequence(Loss loss) {
  switch (loss) {
    case Loss::flag:
      return "another task passes the same check meanwhile, and the work is done twice";
    case Loss::task:
      return "another task passes the same check meanwhile, and one of the two tasks is lost";
    case Loss::resource:
      return "another task passes the same check meanwhile, and what one of them opened is lost";
    case Loss::bound:
      return "other tasks pass the same check meanwhile, and the limit does not hold";
    case Loss::item:
      return "another task removes it meanwhile, and this one fails with a KeyError";
    case Loss::value:
      break;
  }
  return "another task passes the same check meanwhile, and the work is done twice";
}

void check(const UnitView& view, Report& report) {
  for (const Race& race : races(view, false)) {
    std::string f = "`" + view.function_name(race.function) + "()`", place = place_name(race);
    std::string message =
        f + " checks " + place + " but acts on it only after an await: " + consequence(race.loss) + ". ";
    if (race.evidence.many) message += race.evidence.why + ". ";
    message += "Hold a lock over both, or check again after the await.";
    Finding& finding = report_race(view, report, race, race.condition, std::move(message));
    if (finding.confidence == Confidence::definite && race.loss == Loss::value) finding.severity = Severity::info;
    finding.fixable = under_lock(view, race, true).has_value();
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const Race& race : races(view, false)) {
    if (view.document_range(race.condition) != finding.range || finding.origin != origin_of(race)) continue;
    fixes.add(under_lock(view, race, fixes.probe()), true);
    return;
  }
}

}  // namespace

extern constinit const Rule await_splits_check_then_act = {
    .code = "AWD402",
    .name = "await-splits-check-then-act",
    .summary = "A check that no longer holds after an await",
    .severity = Severity::warning,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
