#include "analysis/project/load.h"

#include "analysis/analysis_state.h"
#include "analysis/effects/around.h"

namespace awaitd::analysis {

ModulePtr load_module(const SourceFile& file, std::string_view text) {
  Parser parser;
  Document document(text);
  auto index = std::make_shared<ModuleIndex>();
  index->module = file.module;
  index->path = file.path;
  index->package = file.package;
  index->installed = file.installed;
  std::vector<ClassPlace> places;
  ParseBudget budget;
  budget.callbacks = 40 * kInteractiveCallbacks;  // hostile input must not hold up whoever imports it
  for (std::size_t c = 0; c < document.chunks().size(); ++c) {
    ChunkSyntaxPtr syntax = parser.parse(document.chunks()[c], nullptr, budget);
    const auto first = static_cast<std::uint32_t>(index->units.size());
    place_units(*index, *syntax, document.chunk_start(c));
    place_classes(*index, first, *syntax, places);
  }
  build_tables(*index, places);
  return index;
}

bool same_to_others(const ModuleIndex& a, const ModuleIndex& b) {
  if (a.module != b.module || a.units.size() != b.units.size()) return false;
  for (std::size_t u = 0; u < a.units.size(); ++u) {
    const IndexedUnit &x = a.units[u], &y = b.units[u];
    if (x.cls != y.cls || x.data->unit->skeleton != y.data->unit->skeleton) return false;
    if (x.data == y.data) continue;
    if (!(*x.data->exports == *y.data->exports) || !same_effect(x.data->uses(), y.data->uses()) ||
        !same_around(*x.data->facts, *y.data->facts)) {
      return false;
    }
  }
  return true;
}

}  // namespace awaitd::analysis
