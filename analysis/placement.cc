#include "analysis/analysis_state.h"

namespace awaitd::analysis {

void place_units(ModuleIndex& index, std::vector<ClassPlace>& places, const ChunkSyntax& syntax, std::uint32_t chunk_start,
                 const std::vector<UnitState>* known, bool with_places) {
  auto skeleton_unit = static_cast<std::uint32_t>(index.units.size());
  for (std::size_t u = 0; u <= syntax.functions.size(); ++u) {
    const PlacedUnit& placed = u == 0 ? syntax.skeleton : syntax.functions[u - 1];
    IndexedUnit unit;
    unit.data = known != nullptr ? (*known)[u].data : std::make_shared<const UnitData>(placed.unit);
    unit.start = u == 0 ? chunk_start : chunk_start + placed.start;
    if (u == 0) unit.gaps = syntax.gaps;
    index.units.push_back(std::move(unit));
    if (!with_places) continue;
    ClassPlace place;
    const Facts& skeleton = *index.units[skeleton_unit].data->facts;
    for (ClassId id = 0; u > 0 && !placed.classes.empty() && id < skeleton.classes.size(); ++id) {
      if (skeleton.classes[id].node == placed.classes.back()) place = {skeleton_unit, id};
    }
    places.push_back(place);
  }
}

}  // namespace awaitd::analysis
