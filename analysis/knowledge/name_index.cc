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

std::size_t NameIndex::slot(std::string_view name, std::uint32_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
    const Slot& one = slots_[at];
    if (one.name == nullptr) return at;
    if (one.hash == static_cast<std::uint16_t>(hash >> 16) && name == std::string_view(one.name, one.size)) return at;
  }
}

void NameIndex::reserve(std::size_t names) {
  std::size_t size = 16;
  while (size * 3 < names * 4) size *= 2;
  if (size <= slots_.size()) return;
  std::vector<Slot> old(size);
  old.swap(slots_);
  for (const Slot& one : old)
    if (one.name != nullptr) {
      const std::string_view name(one.name, one.size);
      slots_[slot(name, hash(name))] = one;
    }
}

void NameIndex::add(std::string_view name, std::uint32_t row) {
  if (name.empty() || name.size() > 0xffff) return;
  if ((used_ + 1) * 4 > slots_.size() * 3) reserve(used_ * 2 + 8);
  const std::uint32_t h = hash(name);
  Slot& free = slots_[slot(name, h)];
  if (free.name != nullptr) return;
  free = {name.data(), row, static_cast<std::uint16_t>(name.size()), static_cast<std::uint16_t>(h >> 16)};
  ++used_;
}

std::uint32_t NameIndex::find(std::string_view name) const {
  return slots_.empty() ? none : slots_[slot(name, hash(name))].row;
}

}  // namespace awaitd::analysis
