#include "analysis/knowledge/name_index.h"

#include <cstring>

namespace awaitd::analysis {

std::uint32_t NameIndex::hash(std::string_view name) {
  std::uint64_t h = name.size() * 0x9e3779b97f4a7c15ULL;
  const auto mix = [&h](std::uint64_t word) {
    h = (h ^ word) * 0xff51afd7ed558ccdULL;
    h ^= h >> 32;
  };
  std::size_t at = 0;
  for (; at + 8 <= name.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, name.data() + at, 8);
    mix(word);
  }
  std::uint64_t tail = 0;
  if (at < name.size()) std::memcpy(&tail, name.data() + at, name.size() - at);
  mix(tail);
  return static_cast<std::uint32_t>(h ^ (h >> 29));
}

void NameIndex::reserve(std::size_t names) {
  std::size_t size = 16;
  while (size < names * 2) size *= 2;
  if (size <= slots_.size()) return;
  std::vector<Slot> old;
  old.swap(slots_);
  slots_.resize(size);
  used_ = 0;
  for (const Slot& slot : old)
    if (slot.row != none) add(slot.name, slot.row);
}

void NameIndex::add(std::string_view name, std::uint32_t row) {
  if ((used_ + 1) * 2 > slots_.size()) reserve(used_ * 2 + 8);
  const std::uint32_t h = hash(name);
  for (std::size_t at = h & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
    Slot& slot = slots_[at];
    if (slot.row == none) {
      slot = {name, h, row};
      ++used_;
      return;
    }
    if (slot.hash == h && slot.name == name) return;
  }
}

std::uint32_t NameIndex::find(std::string_view name) const {
  if (slots_.empty()) return none;
  const std::uint32_t h = hash(name);
  for (std::size_t at = h & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
    const Slot& slot = slots_[at];
    if (slot.row == none) return none;
    if (slot.hash == h && slot.name == name) return slot.row;
  }
}

}  // namespace awaitd::analysis
