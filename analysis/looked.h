// What the findings of a unit rest on beyond the unit itself and the names it mentions (link/affected.h): bodies of
// other units that a rule read, names whose users it looked for, or anything. After an edit such a unit is checked
// again if the edit touched one of these. Units are numbers of the module's row. A value; no state of its own.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "analysis/link/affected.h"
#include "analysis/link/elsewhere.h"

namespace awaitd::analysis {

struct Looked {
  bool around = false;               // at any unit
  std::vector<std::uint32_t> units;  // read
  std::vector<std::uint32_t> names;  // looked for: mention_hash()

  bool nothing() const { return !around && units.empty() && names.empty(); }
  void at(std::uint32_t unit) { units.push_back(unit); }
  void for_name(std::string_view name) { names.push_back(mention_hash(name)); }
  void add(const Looked& more);
  // Sorted, each once. Once, when all has been looked at.
  void settle();
  // The same after units went elsewhere; they are all still there.
  void move(const UnitShift& shift);
};

// The units that an edit changed or may have changed, as they were and as they are.
class Touched {
 public:
  Touched() = default;
  Touched(const ModuleIndex& before, const ModuleIndex& now, const UnitShift& shift, const std::vector<bool>& affected);
  // After other modules have new versions.
  explicit Touched(FromElsewhere affected);
  bool nothing() const { return !many_ && data_.empty(); }
  // looked: with the numbers of before.
  bool concerns(const Looked& looked, const UnitShift& shift) const;

 private:
  static constexpr std::size_t kMany = 64;  // more are not compared name by name
  bool many_ = false;
  std::vector<bool> affected_;
  std::vector<const UnitData*> data_;
};

}  // namespace awaitd::analysis
