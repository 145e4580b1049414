// AWD405: a shared place that one coroutine changes under a lock and another over an await without it.
#include <algorithm>

#include "analysis/fixes/lock_fix.h"
#include "analysis/flow/queries.h"
#include "analysis/knowledge/entries.h"
#include "analysis/rules/locks.h"
#include "analysis/rules/races.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

// Where a place is changed under a lock while the section suspends: what others change meanwhile, it overwrites.
struct Locked {
  std::uint32_t unit = 0;
  Range write;
  std::string lock;  // "self._lock"
  std::string function;
};

// "self.items" of "self.items[key]".
std::string container_of(const std::string& place) { return place.substr(0, place.find('[')); }

bool writes_inside(const UnitView& view, const LockScope& scope, const std::string& place, Range& where) {
  const SharedFlow& shared = view.shared(1);
  for (const SharedAccess& a : shared.accesses()) {
    const std::uint32_t at = view.unit()[a.node].start;
    if (a.touch == Touch::read || at < scope.from || at >= scope.to || container_of(a.place) != place) continue;
    where = view.range(a.node);
    return true;
  }
  return false;
}

bool suspends_inside(const UnitView& view, const LockScope& scope) {
  return std::any_of(view.facts().awaits.begin(), view.facts().awaits.end(), [&](const Return& await) {
    const std::uint32_t at = view.unit()[await.node].start;
    return await.function == scope.function && at >= scope.from && at < scope.to;
  });
}

std::optional<Locked> locked_elsewhere(const UnitView& view, const std::string& place) {
  const bool on_self = place.starts_with("self.");
  const std::uint32_t cls = view.linker().unit(view.at()).cls;
  const std::string name = place.substr(place.find_last_of(".:") + 1);
  std::optional<Locked> found;
  view.each_unit_that_mentions({name}, [&](const UnitView& other) {
    if (found || other.at().unit == view.at().unit || other.unit().skeleton) return;
    if (on_self && other.linker().unit(other.at()).cls != cls) return;
    if (other.unit().text.find("async with") == std::string::npos || other.in_test(1)) return;
    for (const LockScope& scope : lock_scopes(other)) {
      const std::string lock(other.text(scope.expression));
      const bool shared = on_self ? lock.starts_with("self.") : lock.find('.') == std::string::npos;
      if (!shared || scope.function != 1 || !scope.definite || !has_role(scope.lock->name, "exclusive")) continue;
      Range where;
      if (!suspends_inside(other, scope) || !writes_inside(other, scope, place, where)) continue;
      found = Locked{other.at().unit, where, lock, other.function_name(1)};
      return;
    }
  });
  return found;
}

// A change without a lock, with something that was done with the place before it suspended.
struct Open {
  const SharedAccess* before = nullptr;
  EventId suspension = 0;
  const SharedAccess* write = nullptr;
};

bool guarded(const std::vector<Guarded>& parts, std::uint32_t at) {
  return std::any_of(parts.begin(), parts.end(), [&](const Guarded& g) { return g.from <= at && at < g.to; });
}

std::vector<Open> open_changes(const UnitView& view, const SharedFlow& shared) {
  std::vector<Open> found;
  const Flow& flow = shared.flow();
  if (!flow.complete) return found;
  const std::vector<Guarded> parts = guarded_parts(view, shared.function());
  auto never = [](const Event&, EventId) { return false; };
  // Read again after the suspension, with nothing in between: that answer holds.
  auto looked_again = [&](const SharedAccess& w) {
    return [&](const Event&, EventId e) {
      const std::vector<const SharedAccess*> here = shared.at(e);
      return e != w.event && std::any_of(here.begin(), here.end(), [&](const SharedAccess* a) {
               return a->touch == Touch::read && a->place == w.place;
             });
    };
  };
  for (const SharedAccess& w : shared.accesses()) {
    if (w.touch == Touch::read || !flow.block_of(w.event).reachable || guarded(parts, view.unit()[w.node].start))
      continue;
    auto same = [&](const Open& o) { return container_of(o.write->place) == container_of(w.place); };
    if (std::any_of(found.begin(), found.end(), same)) continue;
    for (const SharedAccess& t : shared.accesses()) {
      if (t.event >= w.event || t.place != w.place || !flow.block_of(t.event).reachable) continue;
      Reached on = explore_from(flow, t.event, {false, false}, never);
      EventId suspension = kNone;
      for (EventId e = t.event + 1; e < w.event && suspension == kNone; ++e) {
        if (on.events[e] && flow.events[e].suspends && reaches(flow, e, w.event, {false, false}, looked_again(w)))
          suspension = e;
      }
      if (suspension == kNone) continue;
      found.push_back({&t, suspension, &w});
      break;
    }
  }
  return found;
}

struct Inconsistent {
  Race race;  // as 401 and 402 tell it
  Locked other;
};

std::vector<Inconsistent> inconsistencies(const UnitView& view) {
  std::vector<Inconsistent> found;
  if (view.unit().skeleton || view.facts().awaits.empty()) return found;
  bool locks = false;
  view.each_unit_that_mentions({"Lock", "Condition"}, [&](const UnitView&) { locks = true; });
  if (!locks) return found;
  for (FunctionId f : racing_functions(view)) {
    const SharedFlow& shared = view.shared(f);
    for (const Open& open : open_changes(view, shared)) {
      const std::string place = container_of(open.write->place);
      auto told = [&](const Race& r) { return r.function == f && container_of(r.place) == place; };
      if (std::any_of(view.races().begin(), view.races().end(), told)) continue;
      auto other = locked_elsewhere(view, place);
      if (!other || serialised(view, f) || evidence_of(view, f, place.starts_with("self")).under_lock) continue;
      Race race;
      race.function = f;
      race.place = open.write->place;
      race.read = open.before->node;
      race.suspension = shared.flow().events[open.suspension].node;
      race.write = open.write->node;
      race.lock = other->lock;
      found.push_back({std::move(race), *other});
    }
  }
  return found;
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const Inconsistent& one : inconsistencies(view)) {
    if (view.document_range(one.race.write) != finding.range) continue;
    fixes.add(under_lock(view, one.race, fixes.probe()), true);
    return;
  }
}

void check(const UnitView& view, Report& report) {
  for (const Inconsistent& one : inconsistencies(view)) {
    const Race& race = one.race;
    const std::string f = "`" + view.function_name(race.function) + "()`", other = "`" + one.other.function + "()`";
    const std::string place = place_name(race), lock = "`" + one.other.lock + "`";
    Finding& finding =
        report.add(race.write, f + " changes " + place + " after an await without " + lock + ", under which " + other +
                                   " changes it over an await of its own: what the one stores, "
                                   "the other undoes. Take the lock here, too.");
    finding.origin = origin_of(race);
    finding.fixable = under_lock(view, race, true).has_value();
    finding.notes.push_back({"", view.range(race.read), f + " works with " + place + " here", -1});
    finding.notes.push_back(
        {"", view.range(race.suspension), "it is suspended here: " + other + " may run meanwhile", -1});
    finding.notes.push_back(
        {"", one.other.write, other + " changes it here, holding " + lock, static_cast<int>(one.other.unit)});
  }
}

}  // namespace

extern constinit const Rule inconsistent_locking = {
    .code = "AWD405",
    .name = "inconsistent-locking",
    .summary = "Shared state that is changed under a lock here and without it there",
    .severity = Severity::info,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
