// A flat hash from a name to its place in a table: built once at load, some 20 ns a look-up.
// The names are views into text that outlives the index. Immutable after build; safe from any thread.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

namespace awaitd::analysis {

class NameIndex {
 public:
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  void reserve(std::size_t names);
  // The first row added under a name wins: tables are sorted, so that is the first row of a group.
  void add(std::string_view name, std::uint32_t row);
  std::uint32_t find(std::string_view name) const;
  bool contains(std::string_view name) const { return find(name) != none; }
  bool empty() const { return used_ == 0; }

 private:
  struct Slot {  // 16 bytes: loading is bound by the memory it touches
    const char* name = nullptr;
    std::uint32_t row = none;
    std::uint16_t size = 0;
    std::uint16_t hash = 0;
  };
  static std::uint32_t hash(std::string_view name);
  // The slot that holds the name, or the free one where it would go.
  std::size_t slot(std::string_view name, std::uint32_t hash) const;

  std::vector<Slot> slots_;  // a power of two, at most three quarters full
  std::size_t used_ = 0;
};

}  // namespace awaitd::analysis
