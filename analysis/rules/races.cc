#include "analysis/rules/races.h"

#include <algorithm>

#include "analysis/flow/queries.h"
#include "analysis/knowledge/entries.h"
#include "analysis/knowledge/words.h"
#include "analysis/rules/absence.h"
#include "analysis/rules/contribution.h"
#include "analysis/rules/race_guard.h"

namespace awaitd::analysis {
namespace {

bool inside(const Unit& unit, NodeId outer, NodeId node) {
  return outer != kNoNode && node >= outer && node < outer + unit[outer].size;
}

class Finder {
 public:
  Finder(const UnitView& view, FunctionId function)
      : view_(view), unit_(view.unit()), shared_(view.shared(function)), flow_(shared_.flow()) {}

  void updates(std::vector<Race>& out) {
    if (!flow_.complete) return;
    for (const SharedAccess& w : shared_.accesses()) {
      if (w.touch != Touch::write || w.value == kNoNode || !flow_.block_of(w.event).reachable) continue;
      if (w.augmented) {
        augmented(w, out);
      } else if (!is_constant(unit_, w.value)) {
        plain(w, out);
      }
    }
  }

  void acts(std::vector<Race>& out) {
    if (!flow_.complete) return;
    for (BlockId b = 0; b < flow_.blocks.size(); ++b) {
      const Block& block = flow_.blocks[b];
      if (block.condition == kNoNode || !block.reachable || block.cancelled || of_loop(block.condition)) continue;
      for (EventId e : flow_.inside(unit_, block.condition)) {
        if (flow_.block_of_event[e] != b) continue;
        for (const SharedAccess* a : shared_.at(e)) {
          if (a->touch == Touch::read && a->test) check(b, *a, a->node, out);
        }
        if (flow_.events[e].kind == EventKind::read_name) through_local(b, e, out);
      }
    }
    for (const SharedAccess& a : shared_.accesses()) {
      const Block& block = flow_.block_of(a.event);
      if (a.touch == Touch::read && a.test && block.reachable && !block.cancelled) absent(a, out);
    }
  }

 private:
  bool of_loop(NodeId condition) const {
    for (NodeId n = condition; n != kNoNode; n = unit_[n].parent) {
      if (unit_[n].kind == Kind::while_statement)
        return unit_[n].field != Field::body && inside(unit_, unit_.child(n, Field::condition), condition);
      if (unit_[n].kind == Kind::block) return false;
      if (unit_[n].kind == Kind::if_clause) return true;
    }
    return false;
  }

  // The container is changed in place and stored again: nothing another task put into it is lost.
  bool in_place(NodeId target) const {
    for (const Value& v : view_.values(target).values) {
      if (v.kind == ValueKind::instance && has_role(v.name, "mutable")) return true;
    }
    return false;
  }

  Race make(RaceKind kind, const SharedAccess& read, const StaleWrite& w) const {
    Race race;
    race.kind = kind;
    race.function = shared_.function();
    race.place = read.place;
    race.read = read.node;
    race.suspension = flow_.events[w.suspension].node;
    race.write = flow_.events[w.write].node;
    if (w.access != nullptr) race.value = w.access->value;
    if (w.helper != nullptr) {
      race.by_helper = true;
      race.helper = *w.helper;
    }
    return race;
  }

  static void keep(std::vector<Race>& out, Race race) {
    for (Race& r : out) {
      if (r.function == race.function && r.place == race.place && r.write == race.write) {
        if (r.weak && !race.weak) r = std::move(race);
        return;
      }
    }
    out.push_back(std::move(race));
  }

  void augmented(const SharedAccess& w, std::vector<Race>& out) {
    if (in_place(w.node)) return;
    for (const SharedAccess& r : shared_.accesses()) {
      if (r.node != w.node || r.touch != Touch::read || !r.augmented || r.event > w.event) continue;
      follow_to(r, {}, w, false, out, RaceKind::update);
    }
  }

  // From behind a read to one write.
  bool follow_to(const SharedAccess& r, std::vector<EventId> renewed, const SharedAccess& w, bool weak,
                 std::vector<Race>& out, RaceKind kind) {
    SharedFlow::Trail trail{r.place, r.event, kNone, std::move(renewed), kind == RaceKind::restore};
    for (const StaleWrite& hit : shared_.follow(flow_.block_of_event[r.event], r.event + 1, trail)) {
      if (hit.write != w.event || hit.access == nullptr) continue;
      Race race = make(kind, r, hit);
      race.weak = weak;
      keep(out, std::move(race));
      return true;
    }
    return false;
  }

  // Locals that carry what was read: name -> how strongly.
  void plain(const SharedAccess& w, std::vector<Race>& out) {
    struct Source {
      const SharedAccess* read;
      int strength;
    };
    std::vector<Source> direct;
    for (EventId e : flow_.inside(unit_, w.value)) {
      for (const SharedAccess* a : shared_.at(e)) {
        if (a->touch == Touch::read && a->place == w.place && !a->through)
          direct.push_back({a, contribution(unit_, w.value, a->node)});
      }
    }
    bool fresh = false;
    for (const Source& s : direct) {
      if (s.strength == 0) continue;
      bool stale = follow_to(*s.read, {}, w, s.strength == 1, out, RaceKind::update);
      fresh |= !stale;
    }
    if (fresh || !direct.empty()) return;
    carried(w, out);
  }

  struct Carrier {
    std::string_view local;
    const SharedAccess* read;
    int strength;
    bool same;  // it is the very value that was read
  };

  std::vector<Carrier> carriers(const std::string& place) const {
    std::vector<Carrier> found;
    for (int round = 0; round < 3; ++round) {
      std::size_t before = found.size();
      for (const Event& e : flow_.events) {
        if (e.kind != EventKind::write_name || e.value == kNoNode || unit_[e.node].kind != Kind::identifier) continue;
        if (!shared_.place_of(e.node).empty()) continue;  // the place itself, not a local
        std::string_view local = unit_.text_of(e.node);
        auto note = [&](const SharedAccess* read, int strength, bool same) {
          if (strength == 0) return;
          for (Carrier& c : found) {
            if (c.local == local && c.read == read) {
              c.same &= same;
              return;
            }
          }
          found.push_back({local, read, strength, same});
        };
        for (EventId inner : flow_.inside(unit_, e.value)) {
          for (const SharedAccess* a : shared_.at(inner)) {
            if (a->touch == Touch::read && a->place == place && !a->through)
              note(a, contribution(unit_, e.value, a->node), inside_parentheses(unit_, e.value) == a->node);
          }
          if (flow_.events[inner].kind != EventKind::read_name) continue;
          NodeId used = flow_.events[inner].node;
          for (std::size_t i = 0; i < found.size(); ++i) {
            if (found[i].local == unit_.text_of(used) && found[i].local != local)
              note(found[i].read, std::min(found[i].strength, contribution(unit_, e.value, used)), false);
          }
        }
        if (e.augmented) {
          for (Carrier& c : found) c.same &= c.local != local;
        }
      }
      if (found.size() == before) break;
    }
    return found;
  }

  // Definitions of a local that do not carry the read.
  std::vector<EventId> renewals(const std::vector<Carrier>& all, const Carrier& carrier) const {
    std::vector<EventId> out;
    for (EventId id = 0; id < flow_.events.size(); ++id) {
      const Event& e = flow_.events[id];
      if (e.kind != EventKind::write_name || unit_[e.node].kind != Kind::identifier ||
          unit_.text_of(e.node) != carrier.local)
        continue;
      bool carries = e.augmented;
      for (EventId inner : e.value == kNoNode ? std::span<const std::uint32_t>() : flow_.inside(unit_, e.value)) {
        for (const SharedAccess* a : shared_.at(inner)) carries |= a == carrier.read;
        if (flow_.events[inner].kind != EventKind::read_name) continue;
        for (const Carrier& c : all)
          carries |= c.read == carrier.read && c.local == unit_.text_of(flow_.events[inner].node);
      }
      if (!carries) out.push_back(id);
    }
    return out;
  }

  void carried(const SharedAccess& w, std::vector<Race>& out) {
    std::vector<Carrier> all = carriers(w.place);
    if (all.empty()) return;
    for (EventId e : flow_.inside(unit_, w.value)) {
      if (flow_.events[e].kind != EventKind::read_name) continue;
      NodeId used = flow_.events[e].node;
      int strength = contribution(unit_, w.value, used);
      if (strength == 0) continue;
      for (const Carrier& c : all) {
        if (c.local != unit_.text_of(used)) continue;
        bool same = c.same && inside_parentheses(unit_, w.value) == used;
        if (same) {
          if (changed_between(c, w)) follow_to(*c.read, renewals(all, c), w, false, out, RaceKind::restore);
        } else if (!in_place(c.read->node) || std::min(strength, c.strength) == 2) {
          follow_to(*c.read, renewals(all, c), w, std::min(strength, c.strength) == 1, out, RaceKind::update);
        }
      }
    }
  }

  // old = self.x; self.x = new; await ...; self.x = old
  bool changed_between(const Carrier& c, const SharedAccess& w) const {
    for (const SharedAccess& a : shared_.accesses()) {
      if (a.touch == Touch::write && a.place == w.place && a.event > c.read->event && a.node != w.node &&
          a.event < w.event)
        return true;
    }
    return false;
  }

  // `conn = self._conn`, then `if conn is None`.
  void through_local(BlockId b, EventId use, std::vector<Race>& out) {
    std::string_view local = unit_.text_of(flow_.events[use].node);
    for (EventId d = 0; d < flow_.events.size(); ++d) {
      const Event& e = flow_.events[d];
      if (e.kind != EventKind::write_name || e.value == kNoNode || unit_[e.node].kind != Kind::identifier) continue;
      if (unit_.text_of(e.node) != local || e.augmented) continue;
      NodeId value = inside_parentheses(unit_, e.value);
      for (EventId inner : flow_.inside(unit_, value)) {
        for (const SharedAccess* a : shared_.at(inner)) {
          bool arm = unit_[value].kind == Kind::conditional_expression && contribution(unit_, value, a->node) == 2;
          if (a->touch != Touch::read || (a->node != value && !arm)) continue;
          if (!reaches_unchanged(d, b, local)) continue;
          check(b, *a, flow_.events[use].node, out);
        }
      }
    }
  }

  bool reaches_unchanged(EventId definition, BlockId b, std::string_view local) const {
    Reached reached = explore_from(flow_, definition, {true, false}, [&](const Event& e, EventId) {
      return e.kind == EventKind::write_name && unit_[e.node].kind == Kind::identifier &&
             unit_.text_of(e.node) == local;
    });
    return reached.blocks[b] || flow_.block_of_event[definition] == b;
  }

  // A change that a check of a bound is there for: upwards where it is below, downwards where it is above.
  bool moves_to_bound(Guard g, const StaleWrite& w) const {
    const bool grows = w.access != nullptr && w.access->touch == Touch::grow;
    const bool changes = w.access != nullptr && w.access->touch == Touch::write && w.access->augmented;
    if (grows) return g != Guard::above;
    if (!changes || g == Guard::bound) return changes;
    const bool down = view_.text(view_.facts().statement_of(w.access->node)).find("-=") != std::string_view::npos;
    return down == (g == Guard::above);
  }

  void check(BlockId b, const SharedAccess& a, NodeId asked, std::vector<Race>& out) {
    const Block& block = flow_.blocks[b];
    if (!shared_.written(a.place)) return;
    const Edge* ways[2] = {nullptr, nullptr};
    for (const Edge& edge : flow_.successors(b)) {
      if (edge.kind == EdgeKind::yes) ways[0] = &edge;
      if (edge.kind == EdgeKind::no) ways[1] = &edge;
    }
    if (ways[0] == nullptr || ways[1] == nullptr) return;
    for (int i = 0; i < 2; ++i) {
      if (behind_flag(a)) return;
      Guard g = a.through ? Guard::other : guard_of(view_, block.condition, asked, ways[i]->kind == EdgeKind::yes);
      SharedFlow::Trail trail{a.place, a.event, kNone, key_writes(a.place), false};
      trail.suspended = suspended_before(a.event, b);
      for (const StaleWrite& w : shared_.follow(ways[i]->to, flow_.blocks[ways[i]->to].first, trail)) {
        Race race = make(RaceKind::act, a, w);
        race.condition = block.condition;
        if (!worth(g, a, w, race)) continue;
        if (shared_.unguarded(ways[1 - i]->to, a.place, w.write)) continue;
        if (relies_on_stale(w)) continue;
        keep(out, std::move(race));
      }
    }
  }

  // `try: return cache[key]`, and in the handler of its absence `cache[key] = await load(key)`.
  void absent(const SharedAccess& a, std::vector<Race>& out) {
    if (!shared_.written(a.place) || behind_flag(a)) return;
    for (EventId entry : handlers_of_absence(view_, flow_, a.event)) {
      const BlockId handler = flow_.block_of_event[entry];
      const SharedFlow::Trail trail{a.place, a.event, kNone, key_writes(a.place), false};
      for (const StaleWrite& w : shared_.follow(handler, flow_.blocks[handler].first, trail)) {
        Race race = make(RaceKind::act, a, w);
        race.condition = a.node;
        if (!worth(Guard::absent, a, w, race) || reached_when_there(a, w.write) || relies_on_stale(w)) continue;
        keep(out, std::move(race));
      }
    }
  }

  // The write is made whether there was something or not: no consequence of the check.
  bool reached_when_there(const SharedAccess& a, EventId write) const {
    return reaches(flow_, a.event, write, {false, false}, [&](const Event&, EventId e) {
      const std::vector<const SharedAccess*> there = shared_.at(e);
      return std::any_of(there.begin(), there.end(),
                         [&](const SharedAccess* again) { return again->place == a.place && again->test; });
    });
  }

  // `if self._busy: return` and `self._busy = True` before the check: a lock made by hand.
  bool behind_flag(const SharedAccess& check) const {
    const auto& all = shared_.accesses();
    for (const SharedAccess& set : all) {
      if (set.event >= check.event) break;
      bool raised = set.touch == Touch::grow ||
                    (set.touch == Touch::write && set.value != kNoNode && unit_[set.value].kind == Kind::true_);
      if (!raised || set.place == check.place) continue;
      for (const SharedAccess& asked : all) {
        if (asked.event >= set.event) break;
        if (asked.test && (asked.place == set.place || asked.place.starts_with(set.place + "["))) return true;
      }
    }
    return false;
  }

  // The first suspension between the read and the end of the block that tests it.
  EventId suspended_before(EventId read, BlockId b) const {
    const Block& block = flow_.blocks[b];
    EventId from = std::max(read + 1, block.first);
    for (EventId e = from; e < block.last; ++e) {
      if (flow_.events[e].suspends) return e;
    }
    if (read >= block.first && read < block.last) return kNone;
    // Read into a local earlier: is there a way here without a suspension?
    Reached fresh = explore_from(flow_, read, {true, false}, [](const Event& e, EventId) { return e.suspends; });
    if (fresh.blocks[b] || fresh.events[block.first]) return kNone;
    for (EventId e = read; e < block.first; ++e) {
      if (flow_.events[e].suspends) return e;
    }
    return kNone;
  }

  // Where a name in the key gets another value, the key is another one.
  std::vector<EventId> key_writes(const std::string& place) const {
    std::vector<EventId> out;
    std::size_t bracket = place.find('[');
    if (bracket == std::string::npos) return out;
    for (EventId id = 0; id < flow_.events.size(); ++id) {
      const Event& e = flow_.events[id];
      if (e.kind != EventKind::write_name || unit_[e.node].kind != Kind::identifier) continue;
      if (place.find(unit_.text_of(e.node), bracket) != std::string::npos) out.push_back(id);
    }
    return out;
  }

  // 401 tells those.
  bool relies_on_stale(const StaleWrite& w) {
    if (w.access == nullptr || w.access->touch != Touch::write) return false;
    std::vector<Race> updates;
    if (w.access->augmented) {
      augmented(*w.access, updates);
    } else if (w.access->value != kNoNode && !is_constant(unit_, w.access->value)) {
      plain(*w.access, updates);
    }
    return std::any_of(updates.begin(), updates.end(), [](const Race& r) { return !r.weak; });
  }

  bool worth(Guard g, const SharedAccess& a, const StaleWrite& w, Race& race) const {
    bool falsy = w.access != nullptr ? is_falsy(unit_, w.access->value) : w.helper->falsy;
    bool constant = w.access != nullptr ? is_constant(unit_, w.access->value) : w.helper->constant;
    Touch touch = w.access != nullptr ? w.access->touch : Touch::write;
    race.weak = g == Guard::other;
    switch (g) {
      case Guard::absent:
        if (touch != Touch::write || falsy) return false;
        break;
      case Guard::present:
        race.loss = Loss::item;
        return touch == Touch::erase && w.access->place.find('[') != std::string::npos;
      case Guard::below:
      case Guard::above:
      case Guard::bound:
        race.loss = Loss::bound;
        return moves_to_bound(g, w);
      case Guard::other:
        if (!a.through || touch != Touch::write || falsy) return false;
        break;
    }
    if (w.access != nullptr && w.access->value == kNoNode) return false;
    race.loss = constant ? Loss::flag : w.access == nullptr ? Loss::resource : loss_of(view_, w.access->value);
    return true;
  }

  const UnitView& view_;
  const Unit& unit_;
  const SharedFlow& shared_;
  const Flow& flow_;
};

// self.jobs[key] of a function that is told the key: each task of a loop may have its own.
bool keyed_by_parameter(const UnitView& view, FunctionId function, const std::string& place) {
  const std::size_t from = place.find('[');
  if (from == std::string::npos) return false;
  const std::string key = place.substr(from + 1, place.find_first_of("].[(", from + 1) - from - 1);
  for (std::uint32_t b : view.facts().bindings_in(view.facts().functions[function].scope, key)) {
    if (view.facts().bindings[b].kind == BindingKind::parameter) return true;
  }
  return false;
}

}  // namespace

std::vector<Race> find_races(const UnitView& view) {
  std::vector<Race> found;
  for (FunctionId f : racing_functions(view)) {
    Finder finder(view, f);
    std::vector<Race> updates, acts;
    finder.updates(updates);
    finder.acts(acts);
    for (std::vector<Race>* of_function : {&updates, &acts}) {
      if (of_function->empty() || serialised(view, f)) continue;
      bool on_self = of_function->front().place.starts_with("self");
      Evidence evidence = evidence_of(view, f, on_self);
      for (Race& race : *of_function) {
        race.evidence = on_self == race.place.starts_with("self") ? evidence : evidence_of(view, f, !on_self);
        if (race.evidence.under_lock) continue;
        race.weak |= race.evidence.spread && keyed_by_parameter(view, f, race.place);
        // Two guesses are one too many: `self.user = await resolve(self.user)`, and nobody is known to come twice.
        if (race.kind == RaceKind::update && race.weak && !race.evidence.many) continue;
        found.push_back(std::move(race));
      }
    }
  }
  std::stable_sort(found.begin(), found.end(), [](const Race& a, const Race& b) { return a.write < b.write; });
  return found;
}

std::vector<Race> races(const UnitView& view, bool update) {
  std::vector<Race> wanted;
  for (const Race& race : view.races()) {
    if ((race.kind != RaceKind::act) == update) wanted.push_back(race);
  }
  return wanted;
}

}  // namespace awaitd::analysis
