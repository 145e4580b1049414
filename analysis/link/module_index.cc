#include "analysis/link/module_index.h"

#include <algorithm>

namespace awaitd::analysis {

std::shared_ptr<const UnitData> make_unit_data(std::shared_ptr<const Unit> unit) {
  auto data = std::make_shared<UnitData>();
  data->unit = unit;
  data->facts = build_facts(std::move(unit));
  data->exports = build_exports(*data->facts);
  return data;
}

namespace {

void index_classes(ModuleIndex& index, std::uint32_t unit) {
  const Exports& exports = *index.units[unit].data->exports;
  index.units[unit].first_class = static_cast<std::uint32_t>(index.classes.size());
  for (ClassId id = 0; id < exports.classes.size(); ++id) {
    const ExportedClass& cls = exports.classes[id];
    IndexedClass entry;
    entry.unit = unit;
    entry.id = id;
    if (cls.parent != kNone) entry.qualname = index.classes[index.units[unit].first_class + cls.parent].qualname + ".";
    entry.qualname += cls.name;
    for (const ExportedName& m : cls.members) {
      // A nested def of a local class is a method of it; its term is the function itself.
      const Term& term = exports.terms[m.term];
      bool method = term.kind == TermKind::function && m.kind == BindingKind::function;
      entry.members[m.name].push_back(
          {unit, method ? static_cast<FunctionId>(term.number) : kNone, m.term, false});
    }
    index.classes.push_back(std::move(entry));
  }
}

void index_unit(ModuleIndex& index, std::uint32_t unit) {
  const IndexedUnit& placed = index.units[unit];
  const Exports& exports = *placed.data->exports;
  for (const ExportedName& g : exports.globals) {
    if (g.name == "*") index.star_import = true;
    index.globals[g.name].push_back({unit, kNone, g.term, false});
  }
  for (const Term& t : exports.terms.terms) {
    if (t.kind == TermKind::import) index.imported.push_back(t.text.substr(0, t.text.find('.')));
    if (t.kind == TermKind::from_import && t.number == 0) index.imported.push_back(t.base.substr(0, t.base.find('.')));
  }
  for (const ExportedAttribute& a : exports.attributes) {
    std::uint32_t cls = a.cls < 0 ? placed.cls : placed.first_class + static_cast<std::uint32_t>(a.cls);
    if (cls != kNone) index.classes[cls].members[a.name].push_back({unit, kNone, a.term, true});
  }
  if (placed.data->unit->skeleton || exports.functions.size() < 2) return;
  Member member{unit, 1, 0, false};
  if (placed.cls != kNone) {
    index.classes[placed.cls].members[exports.functions[1].name].push_back(member);
  } else {
    index.globals[exports.functions[1].name].push_back(member);
  }
}

}  // namespace

std::shared_ptr<const ModuleIndex> build_index(std::string module, std::vector<std::shared_ptr<const UnitData>> units,
                                               const std::vector<ClassPlace>& places) {
  auto index = std::make_shared<ModuleIndex>();
  index->module = std::move(module);
  index->units.resize(units.size());
  for (std::uint32_t i = 0; i < units.size(); ++i) index->units[i].data = std::move(units[i]);
  for (std::uint32_t i = 0; i < index->units.size(); ++i) index_classes(*index, i);
  for (std::uint32_t i = 0; i < index->units.size(); ++i) {
    if (places[i].unit != kNone) index->units[i].cls = index->units[places[i].unit].first_class + places[i].id;
  }
  for (std::uint32_t i = 0; i < index->units.size(); ++i) index_unit(*index, i);
  std::sort(index->imported.begin(), index->imported.end());
  index->imported.erase(std::unique(index->imported.begin(), index->imported.end()), index->imported.end());
  return index;
}

}  // namespace awaitd::analysis
