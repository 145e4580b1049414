// The second step of analyse(): the module as others see it, made of the one before as far as it is the same.
#include <optional>

#include "analysis/steps.h"

namespace awaitd::analysis {
namespace {

// Appends the units of a chunk that is the same as in the previous version, where it began at that unit.
void move_units(ModuleIndex& index, const ModuleIndex& before, std::uint32_t first, std::size_t count,
                std::uint32_t chunk_start) {
  const std::uint32_t moved = chunk_start - before.units[first].start;  // may wrap around
  for (std::uint32_t u = first; u < first + count; ++u) {
    index.units.push_back(before.units[u]);
    index.units.back().start += moved;
  }
}

// Fills the units; returns the chunks that are others than in the previous version.
std::vector<std::size_t> index_units(ModuleIndex& index, const Analysis& next, const AnalysisPtr& previous) {
  std::vector<std::size_t> fresh;
  if (!next.chunks.empty()) index.units.reserve(next.first_unit.back() + next.chunks.back()->units.size());
  const std::size_t before = previous ? previous->chunks.size() : 0;
  for (std::size_t c = 0; c < next.chunks.size(); ++c) {
    const std::uint32_t start = next.document.chunk_start(c);
    auto stood_at = [&](std::size_t old) {
      return old < before && previous->chunks[old]->syntax == next.chunks[c]->syntax;
    };
    const std::size_t from_end = c + before - next.chunks.size();
    const std::size_t old = stood_at(c) ? c : from_end;
    if (stood_at(old)) {
      move_units(index, *previous->index, previous->first_unit[old], next.chunks[c]->units.size(), start);
    } else {
      place_units(index, *next.chunks[c]->syntax, start, &next.chunks[c]->units);
      fresh.push_back(c);
    }
  }
  return fresh;
}

// The units of these chunks that are others than in a previous version of as many units; nothing if their places in
// classes are, too.
std::optional<std::vector<std::uint32_t>> changed_units(const Analysis& next, const ModuleIndex& index,
                                                        const ModuleIndex& before,
                                                        const std::vector<std::size_t>& chunks) {
  std::vector<std::uint32_t> changed;
  std::vector<ClassPlace> places;
  for (const std::size_t c : chunks) {
    const std::uint32_t first = next.first_unit[c];
    places.clear();
    place_classes(index, first, *next.chunks[c]->syntax, places);
    for (std::uint32_t u = first; u < first + places.size(); ++u) {
      const ClassPlace& place = places[u - first];
      const std::uint32_t cls = place.unit == kNone ? kNone : before.units[place.unit].first_class + place.id;
      if (cls != before.units[u].cls) return std::nullopt;
      if (index.units[u].data != before.units[u].data) changed.push_back(u);
    }
  }
  return changed;
}

void make_tables(ModuleIndex& index, const Analysis& next, const AnalysisPtr& previous,
                 const std::vector<std::size_t>& fresh) {
  if (previous && previous->first_unit == next.first_unit && previous->index->units.size() == index.units.size()) {
    const auto changed = changed_units(next, index, *previous->index, fresh);
    if (changed && renew_tables(*previous->index, index, *changed)) return;
  }
  std::vector<ClassPlace> places;
  for (std::size_t c = 0; c < next.chunks.size(); ++c) {
    place_classes(index, next.first_unit[c], *next.chunks[c]->syntax, places);
  }
  build_tables(index, places);
}

}  // namespace

bool same_exports(const Analysis& next, const Analysis& previous) {
  if (next.first_unit != previous.first_unit || next.file.module != previous.file.module) return false;
  for (std::size_t c = 0; c < next.chunks.size(); ++c) {
    if (next.chunks[c] == previous.chunks[c]) continue;
    const ChunkState &now = *next.chunks[c], &before = *previous.chunks[c];
    if (now.units.size() != before.units.size()) return false;
    for (std::size_t u = 0; u < now.units.size(); ++u) {
      const auto &a = now.units[u].data->exports, &b = before.units[u].data->exports;
      if (a != b && !(*a == *b)) return false;
      if (u > 0 && now.syntax->functions[u - 1].classes != before.syntax->functions[u - 1].classes) return false;
    }
  }
  return true;
}

ModulePtr make_index(const Analysis& next, const AnalysisPtr& previous, bool same_tables) {
  auto index = std::make_shared<ModuleIndex>();
  index->module = next.file.module;
  index->path = next.file.path;
  index->package = next.file.package;
  const std::vector<std::size_t> fresh = index_units(*index, next, previous);
  if (!same_tables) {
    make_tables(*index, next, previous, fresh);
    return index;
  }
  for (const std::size_t c : fresh) {
    for (std::uint32_t u = next.first_unit[c]; u < next.first_unit[c] + next.chunks[c]->units.size(); ++u) {
      index->units[u].cls = previous->index->units[u].cls;
      index->units[u].first_class = previous->index->units[u].first_class;
    }
  }
  index->tables = previous->index->tables;
  return index;
}

}  // namespace awaitd::analysis
