#include "analysis/looked.h"

namespace awaitd::analysis {
namespace {

void sort_unique(std::vector<std::uint32_t>& numbers) {
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  numbers.shrink_to_fit();
}

}  // namespace

void Looked::add(const Looked& more) {
  around |= more.around;
  units.insert(units.end(), more.units.begin(), more.units.end());
  names.insert(names.end(), more.names.begin(), more.names.end());
}

void Looked::settle() {
  if (around) {
    units.clear();
    names.clear();
  }
  sort_unique(units);
  sort_unique(names);
}

void Looked::move(const UnitShift& shift) {
  for (std::uint32_t& unit : units) unit = shift.now(unit);
}

Touched::Touched(const ModuleIndex& before, const ModuleIndex& now, const UnitShift& shift,
                 const std::vector<bool>& affected)
    : affected_(affected) {
  for (std::uint32_t u = 0; u < now.units.size(); ++u) {
    if (affected[u]) data_.push_back(now.units[u].data.get());
  }
  for (std::uint32_t old = 0; old < before.units.size(); ++old) {
    const std::uint32_t u = shift.now(old);
    const UnitData* data = before.units[old].data.get();
    if (u == kNone || (affected[u] && now.units[u].data.get() != data)) data_.push_back(data);
  }
  many_ = data_.size() > kMany;
}

Touched::Touched(FromElsewhere affected) : affected_(std::move(affected.units)), data_(std::move(affected.read)) {
  many_ = data_.size() > kMany;
}

bool Touched::concerns(const Looked& looked, const UnitShift& shift) const {
  if (nothing()) return false;
  if (looked.around || many_) return true;
  for (std::uint32_t unit : looked.units) {
    const std::uint32_t now = shift.now(unit);
    if (now == kNone || affected_[now]) return true;
  }
  auto mentions = [&](const UnitData* data) { return data->mentions_any(looked.names); };
  return !looked.names.empty() && std::any_of(data_.begin(), data_.end(), mentions);
}

}  // namespace awaitd::analysis
