// Following a stale read to a write: along the flow, past suspensions, until somebody looks again; and what counts as a
// lock held around both.
#include <algorithm>

#include "analysis/flow/queries.h"
#include "analysis/knowledge/words.h"
#include "analysis/rules/locks.h"
#include "analysis/rules/shared_state.h"

namespace awaitd::analysis {
namespace {

bool speaks_of_locks(std::string_view text) {
  for (std::string_view word : {"lock", "Lock", "acquire", "emaphore", "utex", "imiter"}) {
    if (text.find(word) != std::string_view::npos) return true;
  }
  return false;
}

// An `async with` over something that nobody here can name may be a lock, and so may be what the project or a library
// that no table knows calls one.
bool may_be_lock(const UnitView& view, NodeId context) {
  ValueSet values = view.values(context);
  Linker& linker = view.linker();
  auto says = [&](const Value& f) { return speaks_of_locks(linker.unit({f.module, f.unit}).data->unit->text); };
  for (const Value& v : values.values) {
    if (v.kind == ValueKind::instance && speaks_of_locks(v.name)) return true;
    if ((v.kind == ValueKind::function || v.kind == ValueKind::generator) && says(v)) return true;
    if (v.kind != ValueKind::object) continue;
    for (const Value& enter : linker.member_functions(v, "__aenter__")) {
      if (says(enter)) return true;
    }
  }
  return values.values.empty();
}

}  // namespace

std::vector<Guarded> guarded_parts(const UnitView& view, FunctionId function) {
  std::vector<Guarded> parts;
  const Unit& unit = view.unit();
  for (const LockScope& scope : lock_scopes(view)) {
    if (scope.function == function)
      parts.push_back({scope.from, scope.to, view.text(scope.expression).starts_with("self.")});
  }
  for (const WithItem& item : view.facts().with_items) {
    if (item.function != function || !item.async || item.value == kNoNode || !may_be_lock(view, item.value)) continue;
    parts.push_back({unit[item.value].end, unit[item.statement].end, view.text(item.value).starts_with("self.")});
  }
  return parts;
}

bool SharedFlow::protected_at(EventId origin, EventId event) const {
  std::uint32_t a = unit_[flow_.events[origin].node].start, b = unit_[flow_.events[event].node].start;
  return std::any_of(guarded_.begin(), guarded_.end(),
                     [&](const Guarded& g) { return g.from <= a && a < g.to && g.from <= b && b < g.to; });
}

std::vector<StaleWrite> SharedFlow::follow(BlockId block, EventId from, const Trail& trail) const {
  std::vector<StaleWrite> hits;
  struct Open {
    BlockId block;
    EventId from;
    EventId suspended;
  };
  std::vector<Open> open{{block, from, trail.suspended}};
  std::vector<bool> seen(flow_.blocks.size() * 2);
  auto go = [&](BlockId to, EventId suspended) {
    std::size_t slot = to * 2 + (suspended != kNone);
    if (seen[slot]) return;
    seen[slot] = true;
    open.push_back({to, flow_.blocks[to].first, suspended});
  };
  auto hit = [&](EventId write, EventId suspension, const SharedAccess* access, const HelperWrite* helper) {
    for (const StaleWrite& h : hits) {
      if (h.write == write && h.access == access) return;
    }
    hits.push_back({write, suspension, access, helper});
  };
  // Tasks that find a flag set before the first suspension stay out: a lock made by hand.
  auto raises_flag = [&](const SharedAccess& a) {
    if (a.touch == Touch::read || a.place == trail.place) return false;
    for (const SharedAccess& t : accesses_) {
      if (t.event >= a.event) break;
      if (t.test && t.place == a.place) return true;
      if (t.test && a.touch == Touch::grow && t.place.starts_with(a.place + "[")) return true;
    }
    return false;
  };
  auto asks = [&](EventId e) {
    const std::vector<const SharedAccess*> there = at(e);
    return std::any_of(there.begin(), there.end(), [&](const SharedAccess* a) {
      return a->place == trail.place && a->touch == Touch::read && a->test;
    });
  };
  // What one event means to this trail. False: the path ends here.
  auto pass = [&](EventId e, EventId& suspended) {
    if (e == trail.origin) return false;  // in a loop: it is read anew
    for (const SharedAccess* a : at(e)) {
      if (a->place != trail.place) {
        if (suspended == kNone && raises_flag(*a)) return false;
        continue;
      }
      if (a->touch == Touch::read) {
        if (a->test) return false;
        continue;
      }
      if (suspended != kNone) hit(e, suspended, a, nullptr);
      if (!trail.through_writes && a->touch != Touch::grow) return false;
    }
    if (const HelperEffect* helper = helper_at(e)) {
      auto w = helper->writes.find(trail.place);
      if (w != helper->writes.end() && !w->second.falsy) {  // setting it back on failure changes nothing
        if (suspended != kNone && !w->second.checked) hit(e, suspended, nullptr, &w->second);
        if (suspended == kNone && helper->async && w->second.after && !w->second.before && !w->second.checked)
          hit(e, e, nullptr, &w->second);
        return false;
      }
    }
    if (std::find(trail.renewed.begin(), trail.renewed.end(), e) != trail.renewed.end()) return false;
    if (flow_.events[e].suspends && suspended == kNone && !protected_at(trail.origin, e)) suspended = e;
    return true;
  };
  while (!open.empty()) {
    Open now = open.back();
    open.pop_back();
    EventId suspended = now.suspended;
    EventId raised_fresh = kNone, raised_stale = kNone;  // any event that raises so; kNone: none did
    bool goes_on = true;
    for (EventId e = now.from; e < flow_.blocks[now.block].last && goes_on; ++e) {
      EventId before = suspended;
      goes_on = pass(e, suspended);
      if (asks(e)) break;  // that it raises is an answer, too
      if (flow_.events[e].raises) (before == kNone ? raised_fresh : raised_stale) = e;
      // What an await raises, it raises behind its suspension.
      if (goes_on && flow_.events[e].raises && suspended != kNone) raised_stale = e;
    }
    EventId at_error = suspended != kNone ? suspended : now.suspended;
    for (const Edge& edge : flow_.successors(now.block)) {
      if (edge.kind == EdgeKind::cancel) continue;
      if (!edge.early) {
        if (goes_on) go(edge.to, suspended);
        continue;
      }
      if (raised_fresh != kNone) go(edge.to, kNone);
      if (raised_stale != kNone && at_error != kNone) go(edge.to, at_error);
    }
  }
  return hits;
}

bool SharedFlow::unguarded(BlockId block, const std::string& place, EventId to) const {
  Reached reached = explore_block(flow_, block, {true, false}, [&](const Event&, EventId e) {
    if (e == to) return true;
    for (const SharedAccess* a : at(e)) {
      if (a->place == place && a->test) return true;
    }
    return false;
  });
  return reached.events[to];
}

bool without_shared_state(const UnitView& view) {
  const Facts& facts = view.facts();
  bool suspends = !facts.awaits.empty();
  for (const WithItem& item : facts.with_items) suspends |= item.async;
  for (const Loop& loop : facts.loops) suspends |= loop.async;
  if (!suspends) return true;
  return false;
}

std::vector<FunctionId> racing_functions(const UnitView& view) {
  std::vector<FunctionId> found;
  if (without_shared_state(view)) return found;
  const Facts& facts = view.facts();
  for (FunctionId f = 1; f < facts.functions.size(); ++f) {
    if (!facts.functions[f].async || view.in_test(f)) continue;
    if (is_word_for("one_caller", view.function_name(f))) continue;
    bool awaits =
        std::any_of(facts.awaits.begin(), facts.awaits.end(), [&](const Return& a) { return a.function == f; });
    for (const WithItem& item : facts.with_items) awaits |= item.async && item.function == f;
    for (const Loop& loop : facts.loops) awaits |= loop.async && loop.function == f;
    if (awaits) found.push_back(f);
  }
  return found;
}

}  // namespace awaitd::analysis
