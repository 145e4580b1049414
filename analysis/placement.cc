#include "analysis/analysis_state.h"

namespace awaitd::analysis {

void place_units(ModuleIndex& index, const ChunkSyntax& syntax, std::uint32_t chunk_start,
                 const std::vector<UnitState>* known) {
  for (std::size_t u = 0; u <= syntax.functions.size(); ++u) {
    const PlacedUnit& placed = u == 0 ? syntax.skeleton : syntax.functions[u - 1];
    IndexedUnit unit;
    unit.data = known != nullptr ? (*known)[u].data : std::make_shared<const UnitData>(placed.unit);
    unit.filter = unit.data->filter();
    unit.start = u == 0 ? chunk_start : chunk_start + placed.start;
    if (u == 0 && !syntax.gaps.empty()) unit.gaps = std::make_shared<const std::vector<Gap>>(syntax.gaps);
    index.units.push_back(std::move(unit));
  }
}

void place_classes(const ModuleIndex& index, std::uint32_t first_unit, const ChunkSyntax& syntax,
                   std::vector<ClassPlace>& places) {
  const Facts& skeleton = *index.units[first_unit].data->facts;
  places.emplace_back();
  for (const PlacedUnit& placed : syntax.functions) {
    ClassPlace place;
    for (ClassId id = 0; !placed.classes.empty() && id < skeleton.classes.size(); ++id) {
      if (skeleton.classes[id].node == placed.classes.back()) place = {first_unit, id};
    }
    places.push_back(place);
  }
}

}  // namespace awaitd::analysis
