// What rules found out about functions of the own module, kept from key to key: a helper is asked about by each of its
// callers. One object for each type that asks; it is told which units are replaced, the exports being the same, and
// drops what rests on them. Belongs to one Effects; not thread-safe.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <span>

namespace awaitd::analysis {

class Memo {
 public:
  template <typename Kept>
  Kept& of() {
    Slot& slot = slots_[&key<Kept>];
    if (!slot.kept) {
      slot.kept = std::make_shared<Kept>();
      slot.units_change = [](void* kept, std::span<const std::uint32_t> units) {
        static_cast<Kept*>(kept)->units_change(units);
      };
    }
    return *static_cast<Kept*>(slot.kept.get());
  }
  void units_change(std::span<const std::uint32_t> units) {
    for (auto& [type, slot] : slots_) slot.units_change(slot.kept.get(), units);
  }

 private:
  template <typename Kept>
  static constexpr char key = 0;  // its address stands for the type
  struct Slot {
    std::shared_ptr<void> kept;
    void (*units_change)(void*, std::span<const std::uint32_t>) = nullptr;
  };
  std::map<const void*, Slot> slots_;
};

}  // namespace awaitd::analysis
