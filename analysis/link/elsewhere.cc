#include "analysis/link/elsewhere.h"

#include <algorithm>

#include "analysis/link/affected.h"
#include "analysis/link/changes.h"

namespace awaitd::analysis {
namespace {

class Spread {
 public:
  explicit Spread(const std::vector<ModulePtr>& modules) : modules_(modules), met_(modules.size()), spread_(met_) {
    for (std::size_t m = 0; m < modules.size(); ++m) {
      met_[m].resize(modules[m]->units.size());
      spread_[m].resize(modules[m]->units.size());
    }
  }

  // All that others know of a unit.
  void add(const ModuleIndex& module, std::uint32_t unit) {
    read_.insert(module.units[unit].data.get());
    add_all(module, unit, fresh_);
    add_given(module, unit);
  }
  // From what was added to all that is made of it. False if that may be everything.
  bool run(const std::function<bool(std::string_view)>& handed_around) {
    const std::size_t enough = modules_[0]->units.size() / 2 + 1;  // then all may be checked as well
    while (!fresh_.values.empty() || !fresh_.used.empty() || !fresh_.made.empty()) {
      for (std::string_view name : {"*", "__getattr__", "__all__"}) {
        if (fresh_.values.count(name) != 0) return false;
      }
      if (std::any_of(fresh_.bases.begin(), fresh_.bases.end(), handed_around)) return false;
      const Changes now = take();
      for (std::size_t m = 0; m < modules_.size(); ++m) {
        if (!modules_[m]->installed) add_affected(m, now);
      }
      if (static_cast<std::size_t>(std::count(met_[0].begin(), met_[0].end(), true)) > enough) return false;
    }
    return true;
  }
  FromElsewhere found() && { return {std::move(met_[0]), {read_.begin(), read_.end()}}; }

 private:
  // To constructors of any module.
  void add_given(const ModuleIndex& module, std::uint32_t unit) {
    for (const ModulePtr& other : modules_) {
      if (other.get() != &module && !other->installed) add_constructed(module, unit, *other, fresh_);
    }
  }
  // What a unit makes of what was told: the function it is does other things, its values may be others. False if that
  // cannot be told one by one: lambdas are known by the name they are bound to.
  bool add_made_of(const ModuleIndex& module, std::uint32_t unit) {
    const UnitData& data = *module.units[unit].data;
    if (data.unit->skeleton && data.exports->functions.size() > 1) return false;
    if (!data.unit->skeleton) add_functions(module, unit, fresh_);
    add_given(module, unit);
    return add_touched(module, unit, told_, nullptr, fresh_);
  }
  // What is fresh and was not told before.
  Changes take() {
    Changes now = std::move(fresh_);
    fresh_ = {};
    now.values.merge(now.used);
    std::erase_if(now.values, [&](std::string_view name) { return !told_.insert(name).second; });
    std::erase_if(now.made, [&](const auto& entry) { return !made_.insert(entry.first).second; });
    rebased_.merge(now.rebased);
    return now;
  }
  void add_affected(std::size_t m, const Changes& now) {
    const ModuleIndex& module = *modules_[m];
    std::vector<std::uint32_t> hashes;
    for (std::string_view name : now.values) hashes.push_back(mention_hash(name));
    std::sort(hashes.begin(), hashes.end());
    for (std::uint32_t u = 0; u < module.units.size(); ++u) {
      if (spread_[m][u]) continue;
      const IndexedUnit& unit = module.units[u];
      const bool whole = now.made.count(unit.data.get()) != 0 || in_class_of(module, u, rebased_);
      if (!whole && !unit.mentions_any(hashes)) continue;
      met_[m][u] = true;
      read_.insert(unit.data.get());
      if (!whole && add_made_of(module, u)) continue;
      spread_[m][u] = true;
      add(module, u);
    }
  }

  const std::vector<ModulePtr>& modules_;
  std::vector<std::vector<bool>> met_, spread_;  // by module and unit; spread: all its names were added
  Changes fresh_;
  Names told_, rebased_;
  std::set<const UnitData*> made_, read_;
};

}  // namespace

std::optional<FromElsewhere> affected_from_elsewhere(std::vector<ModulePtr> modules,
                                                     const std::vector<OtherVersion>& versions,
                                                     const std::function<bool(std::string_view base)>& handed_around) {
  for (const OtherVersion& version : versions) {
    const ModuleIndex &before = *version.before, &now = *version.now;
    // What is told of functions holds their numbers.
    if (!unit_shift(before, now).none() || before.tables->imported != now.tables->imported) return std::nullopt;
    modules[version.id] = version.now;
  }
  Spread spread(modules);
  for (const OtherVersion& version : versions) {
    for (std::uint32_t u = 0; u < version.now->units.size(); ++u) {
      if (version.before->units[u].data == version.now->units[u].data) continue;
      spread.add(*version.before, u);
      spread.add(*version.now, u);
    }
  }
  if (!spread.run(handed_around)) return std::nullopt;
  return std::move(spread).found();
}

}  // namespace awaitd::analysis
