// How 401 and 402 show the interleaving of a race.
#include "analysis/rules/races.h"

namespace awaitd::analysis {

std::string origin_of(const Race& race) { return race.place.starts_with("::") ? race.place.substr(2) : race.place; }

std::string place_name(const Race& race) { return "`" + origin_of(race) + "`"; }

Finding& report_race(const UnitView& view, Report& report, const Race& race, NodeId at, std::string message) {
  Finding& finding = report.add(at, std::move(message));
  finding.origin = origin_of(race);
  bool sure = race.evidence.many && !race.weak;
  finding.confidence = sure ? Confidence::definite : Confidence::probable;
  if (!sure) finding.severity = Severity::hint;
  std::string f = "`" + view.function_name(race.function) + "()`", place = place_name(race);
  finding.notes.push_back(
      {"", view.range(race.read), f + (race.kind == RaceKind::act ? " checks " : " reads ") + place + " here", -1});
  finding.notes.push_back({"", view.range(race.suspension),
                           race.kind == RaceKind::act
                               ? "it is suspended here: another task in " + f + " checks " + place + ", too, and passes"
                               : "it is suspended here: another task in " + f + " can write " + place,
                           -1});
  if (race.by_helper) {
    finding.notes.push_back({"", view.range(race.write), "`" + race.helper.name + "()` then stores into " + place, -1});
  } else {
    finding.notes.push_back({"", view.range(race.write),
                             race.kind == RaceKind::act
                                 ? "here it acts on the old answer: " + place + " is written over"
                                 : "here the old value of " + place + " is written back",
                             -1});
  }
  if (!race.evidence.why.empty()) {
    for (const Note& note : race.evidence.notes) finding.notes.push_back(note);
  }
  return finding;
}

}  // namespace awaitd::analysis
