// AWD401: a shared value is read, the task is suspended, and a value made from the old one is written back.
#include "analysis/fixes/lock_fix.h"
#include "analysis/rules/races.h"

namespace awaitd::analysis {
namespace {

void check(const UnitView& view, Report& report) {
  for (const Race& race : races(view, true)) {
    std::string f = "`" + view.function_name(race.function) + "()`", place = place_name(race);
    std::string message;
    if (race.kind == RaceKind::restore) {
      message = f + " sets " + place +
                ", is suspended, and puts the saved value back: a task that does the same meanwhile saves the wrong "
                "value, and others see it. Hold a lock over the section, or pass the value on instead.";
    } else {
      message = f + " reads " + place +
                ", is suspended, and then stores a value made from the old one: what another task stored meanwhile is "
                "lost. Hold a lock over both, or read it after the await.";
    }
    if (race.evidence.many)
      message = message.substr(0, message.find(": ")) + "; " + race.evidence.why + message.substr(message.find(": "));
    Finding& finding = report_race(view, report, race, race.write, std::move(message));
    finding.fixable = await_first(view, race) || under_lock(view, race, true);
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const Race& race : races(view, true)) {
    if (view.document_range(race.write) != finding.range || finding.origin != origin_of(race)) continue;
    fixes.add(await_first(view, race), true);
    if (fixes.enough()) return;
    fixes.add(under_lock(view, race, fixes.probe()), true);
    return;
  }
}

}  // namespace

extern constinit const Rule await_splits_read_modify_write = {
    .code = "AWD401",
    .name = "await-splits-read-modify-write",
    .summary = "A shared value written back from before an await",
    .severity = Severity::warning,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
