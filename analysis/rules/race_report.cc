// How 401 and 402 show the interleaving of a race.
#include <algorithm>

#include "analysis/rules/races.h"

namespace awaitd::analysis {

namespace {

// Where code of one unit stores into a whole place: self.conn or a global; kNoNode if nowhere.
NodeId store_into(const UnitView& view, const std::string& place) {
  const Facts& facts = view.facts();
  if (place.starts_with("self.")) {
    for (const AttributeStore& store : facts.attribute_stores) {
      if (store.how.target != kNoNode && view.text(store.how.target) == place) return store.how.target;
    }
    return kNoNode;
  }
  for (const Binding& b : facts.bindings) {
    if (b.target == kNoNode || b.name != place.substr(2) || b.kind == BindingKind::global) continue;
    const auto same = facts.bindings_in(b.scope, b.name);
    const bool global = std::any_of(same.begin(), same.end(),
                                    [&](std::uint32_t id) { return facts.bindings[id].kind == BindingKind::global; });
    if (global) return b.target;
  }
  return kNoNode;
}

// Another function that writes the place, which may be the one that runs meanwhile.
void note_other_writer(const UnitView& view, const Race& race, Finding& finding) {
  const std::string& place = race.place;
  const std::string_view name = std::string_view(place).substr(place.starts_with("self.") ? 5 : 2);
  if (name.find_first_of("[.") != std::string_view::npos) return;
  const std::uint32_t cls = view.linker().unit(view.at()).cls;
  bool found = false;
  view.each_unit_that_mentions({name}, [&](const UnitView& other) {
    const bool same = other.at().unit == view.at().unit || other.unit().skeleton;
    if (found || same || (place.starts_with("self.") && other.linker().unit(other.at()).cls != cls)) return;
    const std::string writer = other.function_name(1);
    const NodeId store = writer.ends_with("__init__") ? kNoNode : store_into(other, place);
    if (store == kNoNode || other.in_test(1)) return;
    found = true;
    Note note{"", other.range(store), "`" + writer + "()` writes " + place_name(race) + " here, too", -1};
    note.unit = static_cast<int>(other.at().unit);
    finding.notes.push_back(std::move(note));
  });
}

}  // namespace

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
  note_other_writer(view, race, finding);
  if (!race.evidence.why.empty()) {
    for (const Note& note : race.evidence.notes) finding.notes.push_back(note);
  }
  return finding;
}

}  // namespace awaitd::analysis
