// The tables of a module: built from its units, or renewed where some of them changed.
#include <algorithm>
#include <set>

#include "analysis/link/module_index.h"

namespace awaitd::analysis {
namespace {

// The class bodies of a unit, as classes of the module.
// around: the qualified name of the class it stands in, empty if there is none.
IndexedClass indexed_class(const ModuleIndex& index, std::uint32_t unit, ClassId id, std::string_view around) {
  const IndexedUnit& placed = index.units[unit];
  const Exports& exports = *placed.data->exports;
  const ExportedClass& cls = exports.classes[id];
  IndexedClass entry;
  entry.unit = unit;
  entry.id = id;
  if (!around.empty()) entry.qualname = std::string(around) + ".";
  entry.qualname += cls.name;
  for (const ExportedName& m : cls.members) {
    // A nested def of a local class is a method of it; its term is the function itself.
    const Term& term = exports.terms[m.term];
    const bool method = term.kind == TermKind::function && m.kind == BindingKind::function;
    entry.members[std::string(m.name)].push_back(
        {unit, method ? static_cast<FunctionId>(term.number) : kNone, m.term, false});
  }
  return entry;
}

// Hands on what a unit's functions and top level tell of names, in order: tell.global(name, Member),
// tell.member(class, name, Member), tell.outside(name, OutsideStore), tell.made(name, MadeAt).
template <typename Tell>
void each_told(const ModuleIndex& index, std::uint32_t unit, Tell&& tell) {
  const IndexedUnit& placed = index.units[unit];
  const Exports& exports = *placed.data->exports;
  for (const ExportedName& g : exports.globals) {
    if (g.name != "*") tell.global(g.name, Member{unit, kNone, g.term, false});
  }
  for (const ExportedAttribute& a : exports.attributes) {
    const std::uint32_t cls = a.cls < 0 ? placed.cls : placed.first_class + static_cast<std::uint32_t>(a.cls);
    if (cls != kNone) tell.member(cls, a.name, Member{unit, kNone, a.term, true});
  }
  for (const ExportedOutside& o : exports.outside) tell.outside(o.name, OutsideStore{unit, o.object, o.value});
  for (std::uint32_t c = 0; c < exports.constructions.size(); ++c)
    tell.made(exports.constructions[c].name, MadeAt{unit, c});
  if (placed.data->unit->skeleton || exports.functions.size() < 2) return;
  const Member function{unit, 1, 0, false};
  placed.cls != kNone ? tell.member(placed.cls, exports.functions[1].name, function)
                      : tell.global(exports.functions[1].name, function);
}

std::vector<StarImport> stars_of(const Exports& exports, std::uint32_t unit) {
  std::vector<StarImport> stars;
  for (const ExportedName& g : exports.globals) {
    const Term& source = exports.terms[g.term];
    if (g.name == "*") stars.push_back({unit, std::string(source.base), source.number});
  }
  return stars;
}

std::set<std::string_view> imported_by(const Exports& exports) {
  std::set<std::string_view> out;
  for (const Term& t : exports.terms.terms) {
    if (t.kind == TermKind::import) out.insert(t.text.substr(0, t.text.find('.')));
    if (t.kind == TermKind::from_import && t.number == 0) out.insert(t.base.substr(0, t.base.find('.')));
  }
  return out;
}

// Everything, into tables that are being built.
struct Fill {
  NameTables& tables;
  std::vector<IndexedClass>& classes;
  void global(std::string_view name, const Member& m) {
    tables.globals.edit(name, [&](auto& row) { row.push_back(m); });
  }
  void member(std::uint32_t cls, std::string_view name, const Member& m) {
    classes[cls].members[std::string(name)].push_back(m);
  }
  void outside(std::string_view name, const OutsideStore& store) {
    tables.outside.edit(name, [&](auto& row) { row.push_back(store); });
  }
  void made(std::string_view name, const MadeAt& site) {
    tables.made.edit(name, [&](auto& row) { row.push_back(site); });
  }
};

// Which rows and classes a unit has a part in.
struct Touch {
  std::set<std::string_view> globals, outsides, makes;
  std::set<std::uint32_t> classes;
  void global(std::string_view name, const Member&) { globals.insert(name); }
  void member(std::uint32_t cls, std::string_view, const Member&) { classes.insert(cls); }
  void outside(std::string_view name, const OutsideStore&) { outsides.insert(name); }
  void made(std::string_view name, const MadeAt&) { makes.insert(name); }
};

// Takes the rows of changed units out and puts the new ones in, in the order of the units.
struct Renew {
  NameTables& tables;
  template <typename Map, typename T>
  static void insert(Map& map, std::string_view name, const T& thing) {
    map.edit(name, [&](auto& row) {
      const auto later = [](const T& a, const T& b) { return a.unit < b.unit; };
      row.insert(std::upper_bound(row.begin(), row.end(), thing, later), thing);
    });
  }
  void global(std::string_view name, const Member& m) { insert(tables.globals, name, m); }
  void member(std::uint32_t, std::string_view, const Member&) {}
  void outside(std::string_view name, const OutsideStore& store) { insert(tables.outside, name, store); }
  void made(std::string_view name, const MadeAt& site) { insert(tables.made, name, site); }
};

// What is told of one class only.
struct FillClass {
  std::uint32_t wanted;
  IndexedClass& entry;
  void global(std::string_view, const Member&) {}
  void member(std::uint32_t cls, std::string_view name, const Member& m) {
    if (cls == wanted) entry.members[std::string(name)].push_back(m);
  }
  void outside(std::string_view, const OutsideStore&) {}
  void made(std::string_view, const MadeAt&) {}
};

bool same_frame(const Exports& a, const Exports& b) {
  auto same_class = [](const ExportedClass& x, const ExportedClass& y) {
    return x.name == y.name && x.parent == y.parent;
  };
  return std::equal(a.classes.begin(), a.classes.end(), b.classes.begin(), b.classes.end(), same_class) &&
         stars_of(a, 0).empty() && stars_of(b, 0).empty() && imported_by(a) == imported_by(b);
}

template <typename Map>
void take_out(Map& map, const std::set<std::string_view>& names, const std::vector<std::uint32_t>& changed) {
  for (const std::string_view name : names) {
    map.edit(name, [&](auto& row) {
      std::erase_if(row, [&](const auto& m) { return std::binary_search(changed.begin(), changed.end(), m.unit); });
    });
  }
}

void renew_classes(const ModuleIndex& now, NameTables& tables, const std::set<std::uint32_t>& touched) {
  for (const std::uint32_t cls : touched) {
    const std::uint32_t home = tables.classes[cls].unit;
    const std::string_view name = tables.classes[cls].qualname;  // stands, as all that a class stands in
    const std::string_view around = name.substr(0, name.find('.') == name.npos ? 0 : name.rfind('.'));
    IndexedClass entry = indexed_class(now, home, tables.classes[cls].id, around);
    for (std::uint32_t u = 0; u < now.units.size(); ++u) {
      if (now.units[u].cls == cls || u == home) each_told(now, u, FillClass{cls, entry});
    }
    tables.classes.replace(cls, std::move(entry));
  }
}

}  // namespace

void build_tables(ModuleIndex& index, const std::vector<ClassPlace>& places) {
  auto tables = std::make_shared<NameTables>();
  std::vector<IndexedClass> classes;
  std::uint32_t count = 0;
  for (IndexedUnit& unit : index.units) {
    unit.first_class = count;
    count += static_cast<std::uint32_t>(unit.data->exports->classes.size());
  }
  for (std::uint32_t u = 0; u < index.units.size(); ++u) {
    for (ClassId id = 0; id < index.units[u].data->exports->classes.size(); ++id) {
      const ClassId parent = index.units[u].data->exports->classes[id].parent;
      const std::uint32_t around = parent == kNone ? kNone : index.units[u].first_class + parent;
      classes.push_back(indexed_class(index, u, id, around == kNone ? std::string_view() : classes[around].qualname));
      tables->named.edit(index.units[u].data->exports->classes[id].name,
                         [&](auto& row) { row.push_back(static_cast<std::uint32_t>(classes.size() - 1)); });
    }
  }
  for (std::uint32_t u = 0; u < index.units.size(); ++u) {
    index.units[u].cls = places[u].unit == kNone ? kNone : index.units[places[u].unit].first_class + places[u].id;
  }
  std::set<std::string, std::less<>> imported;
  for (std::uint32_t u = 0; u < index.units.size(); ++u) {
    const Exports& exports = *index.units[u].data->exports;
    each_told(index, u, Fill{*tables, classes});
    for (StarImport& star : stars_of(exports, u)) tables->stars.push_back(std::move(star));
    for (const std::string_view name : imported_by(exports)) {
      if (imported.find(name) == imported.end()) imported.emplace(name);
    }
  }
  for (IndexedClass& cls : classes) tables->classes.push_back(std::move(cls));
  tables->imported.assign(imported.begin(), imported.end());
  index.tables = std::move(tables);
}

bool renew_tables(const ModuleIndex& before, ModuleIndex& now, const std::vector<std::uint32_t>& changed) {
  for (const std::uint32_t u : changed) {
    const UnitData &a = *before.units[u].data, &b = *now.units[u].data;
    if (a.unit->skeleton != b.unit->skeleton || !same_frame(*a.exports, *b.exports)) return false;
  }
  for (std::uint32_t u = 0; u < now.units.size(); ++u) {
    now.units[u].cls = before.units[u].cls;
    now.units[u].first_class = before.units[u].first_class;
  }
  auto tables = std::make_shared<NameTables>(*before.tables);
  Touch touched, fresh;
  for (const std::uint32_t u : changed) {
    each_told(before, u, touched);
    each_told(now, u, fresh);
    for (ClassId id = 0; id < now.units[u].data->exports->classes.size(); ++id) {
      fresh.classes.insert(now.units[u].first_class + id);
    }
  }
  take_out(tables->globals, touched.globals, changed);
  take_out(tables->outside, touched.outsides, changed);
  take_out(tables->made, touched.makes, changed);
  for (const std::uint32_t u : changed) each_told(now, u, Renew{*tables});
  fresh.classes.merge(touched.classes);
  renew_classes(now, *tables, fresh.classes);
  now.tables = std::move(tables);
  return true;
}

}  // namespace awaitd::analysis
