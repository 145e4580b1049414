#include "analysis/link/affected.h"

#include <algorithm>

#include "analysis/syntax/placeholders.h"

namespace awaitd::analysis {
namespace {

class Closure {
 public:
  Closure(const ModuleIndex& now, const Versions* versions, const Differences& differences)
      : now_(now),
        versions_(versions),
        differences_(differences),
        affected_(now.units.size()),
        spread_(now.units.size()) {}

  void add(std::uint32_t unit) {
    if (affected_[unit]) return;
    affected_[unit] = true;
    order_.push_back(unit);
  }
  // From names that stand for other values to all that is made of them. False if that may be everything.
  bool values(Changes fresh) {
    while (!fresh.values.empty() || !fresh.used.empty() || !fresh.made.empty()) {
      for (std::string_view name : {"*", "__getattr__", "__all__"}) {
        if (fresh.values.count(name) != 0) return false;
      }
      if (std::any_of(fresh.bases.begin(), fresh.bases.end(), differences_.handed_around)) return false;
      const auto values = hashes_of(fresh.values), used = hashes_of(fresh.used);
      seen_.values.merge(fresh.values);
      seen_.used.merge(fresh.used);
      seen_.rebased.merge(fresh.rebased);
      const auto made = std::move(fresh.made);
      seen_.made.insert(made.begin(), made.end());
      fresh = {};
      for (std::uint32_t u = 0; u < now_.units.size(); ++u) {
        const IndexedUnit& unit = now_.units[u];
        if (made.count(unit.data.get()) != 0 || unit.mentions_any(used)) add(u);
        if (spread_[u]) continue;
        const bool in_class = in_class_of(now_, u, seen_.rebased);
        if (!in_class && !unit.mentions_any(values)) continue;
        add(u);
        if (!in_class && add_touched(now_, u, seen_.values, versions_, fresh)) continue;
        add_all(now_, u, fresh);
        spread_[u] = true;
      }
      std::erase_if(fresh.values, [&](std::string_view name) { return seen_.values.count(name) != 0; });
      std::erase_if(fresh.used, [&](std::string_view name) { return seen_.used.count(name) != 0; });
      std::erase_if(fresh.made, [&](const auto& entry) { return seen_.made.count(entry.first) != 0; });
    }
    return true;
  }
  // From functions with other effects to their callers.
  void effects() {
    Names told;
    for (std::size_t i = 0; i < order_.size(); ++i) {
      if (!differences_.effects(order_[i])) continue;
      Changes changes;
      // A lambda is known by the name it is bound to.
      now_.units[order_[i]].data->unit->skeleton ? add_all(now_, order_[i], changes)
                                                 : add_functions(now_, order_[i], changes);
      Names names = std::move(changes.values);
      names.merge(changes.used);
      std::erase_if(names, [&](std::string_view name) { return told.count(name) != 0; });
      const auto hashes = hashes_of(names);
      told.merge(names);
      for (std::uint32_t u = 0; u < now_.units.size(); ++u) {
        if (!affected_[u] && now_.units[u].mentions_any(hashes)) add(u);
      }
    }
  }
  std::vector<bool> result() && { return std::move(affected_); }

 private:
  static std::vector<std::uint32_t> hashes_of(const Names& names) {
    std::vector<std::uint32_t> hashes;
    for (std::string_view name : names) hashes.push_back(mention_hash(name));
    std::sort(hashes.begin(), hashes.end());
    return hashes;
  }

  const ModuleIndex& now_;
  const Versions* const versions_;
  const Differences& differences_;
  std::vector<bool> affected_, spread_;  // spread: all its names were added
  std::vector<std::uint32_t> order_;
  Changes seen_;
};

bool same_place(const ModuleIndex& a, const IndexedUnit& left, const ModuleIndex& b, const IndexedUnit& right) {
  if (left.cls == kNone || right.cls == kNone) return left.cls == right.cls;
  const IndexedClass &before = a.tables->classes[left.cls], &now = b.tables->classes[right.cls];
  return &before == &now || before.qualname == now.qualname;
}

// The units of the two modules that are no pairs.
void add_unpaired(const ModuleIndex& before, const ModuleIndex& now, const UnitShift& shift, Closure& closure,
                  Changes& out) {
  for (std::uint32_t u = shift.front; u < shift.back; ++u) add_all(before, u, out);
  for (std::uint32_t u = shift.front; u < shift.new_back; ++u) {
    closure.add(u);
    add_all(now, u, out);
    if (!now.units[u].data->unit->skeleton) continue;
    for (const std::uint32_t number : functions_under_an_if(*now.units[u].data->unit)) closure.add(u + 1 + number);
  }
}

// A def under an if may never be run: what its function finds hangs on where it stands, before and now.
void add_under_an_if(const ModuleIndex& before, std::uint32_t old, const ModuleIndex& now, std::uint32_t u,
                     const UnitShift& shift, Closure& closure) {
  const Unit &was = *before.units[old].data->unit, &is = *now.units[u].data->unit;
  if (was.skeleton) {
    for (const std::uint32_t number : functions_under_an_if(was)) {
      const std::uint32_t function = shift.now(old + 1 + number);
      if (function < now.units.size()) closure.add(function);
    }
  }
  if (is.skeleton) {
    for (const std::uint32_t number : functions_under_an_if(is)) closure.add(u + 1 + number);
  }
}

}  // namespace

UnitShift unit_shift(const ModuleIndex& before, const ModuleIndex& now) {
  const auto &a = before.units, &b = now.units;
  UnitShift shift;
  if (a.size() == b.size()) return shift;  // changed ones are taken for versions of each other
  std::uint32_t common = static_cast<std::uint32_t>(std::min(a.size(), b.size())), back = 0;
  while (shift.front < common && a[shift.front].data == b[shift.front].data) ++shift.front;
  while (back < common - shift.front && a[a.size() - 1 - back].data == b[b.size() - 1 - back].data) ++back;
  shift.back = static_cast<std::uint32_t>(a.size()) - back;
  shift.new_back = static_cast<std::uint32_t>(b.size()) - back;
  return shift;
}

Affected affected_units(const ModuleIndex& before, const ModuleIndex& now, const UnitShift& shift,
                        const Differences& differences) {
  if (before.tables->imported != now.tables->imported) return {.everything = true, .units = {}};
  const Versions versions{before, now, differences.values};
  const Versions* compared = shift.none() && differences.values ? &versions : nullptr;
  Closure closure(now, compared, differences);
  Changes fresh;
  if (!shift.none()) add_unpaired(before, now, shift, closure, fresh);
  for (std::uint32_t old = 0; old < before.units.size(); ++old) {
    const std::uint32_t u = shift.now(old);
    if (u == kNone) continue;
    const auto &left = before.units[old].data, &right = now.units[u].data;
    const bool same = same_place(before, before.units[old], now, now.units[u]);
    if (left == right && same) continue;
    closure.add(u);
    if (left != right) add_under_an_if(before, old, now, u, shift, closure);
    add_decorated(before, old, fresh);
    add_decorated(now, u, fresh);
    if (same && left->unit->skeleton == right->unit->skeleton) {
      if (*left->exports == *right->exports || add_different(now, u, *left->exports, *right->exports, compared, fresh))
        continue;
    }
    add_all(before, old, fresh);
    add_all(now, u, fresh);
  }
  if (!closure.values(std::move(fresh))) return {.everything = true, .units = {}};
  closure.effects();
  return {.everything = false, .units = std::move(closure).result()};
}

}  // namespace awaitd::analysis
