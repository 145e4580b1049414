#include "analysis/link/module_index.h"

#include <algorithm>
#include <cctype>

namespace awaitd::analysis {

UnitData::UnitData(std::shared_ptr<const Unit> source)
    : unit(std::move(source)), facts(build_facts(unit)), exports(build_exports(*facts)) {}

const Uses& UnitData::uses() const {
  std::call_once(once_, [this] {
    uses_ = std::make_unique<const Uses>(build_uses(*facts));
    built_.store(uses_.get(), std::memory_order_release);
  });
  return *uses_;
}

// FNV-1a.
std::uint32_t mention_hash(std::string_view name) {
  std::uint32_t hash = 2166136261u;
  for (char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return hash;
}

namespace {

constexpr std::size_t kLongestAnnotation = 200;

std::vector<std::uint32_t> mentions_of(const Unit& unit) {
  std::vector<std::uint32_t> out;
  auto is_word = [](char c) { return c == '_' || static_cast<unsigned char>(c) >= 0x80 || std::isalnum(static_cast<unsigned char>(c)) != 0; };
  for (NodeId n = 0; n < unit.nodes.size(); ++n) {
    std::string_view text = unit.text_of(n);
    if (unit[n].kind == Kind::identifier) {
      out.push_back(mention_hash(text));
    } else if (unit[n].kind == Kind::string && text.size() <= kLongestAnnotation) {
      for (std::size_t i = 0; i < text.size();) {
        std::size_t end = i;
        while (end < text.size() && is_word(text[end])) ++end;
        if (end > i) out.push_back(mention_hash(text.substr(i, end - i)));
        i = std::max(end, i + 1);
      }
    }
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  out.shrink_to_fit();
  return out;
}

}  // namespace

bool UnitData::mentions_any(const std::vector<std::uint32_t>& names) const {
  std::call_once(mentions_once_, [this] { mentions_ = mentions_of(*unit); });
  return std::any_of(names.begin(), names.end(),
                     [this](std::uint32_t name) { return std::binary_search(mentions_.begin(), mentions_.end(), name); });
}

std::uint32_t IndexedUnit::to_document(std::uint32_t offset) const {
  std::uint32_t removed = 0;
  for (const Gap& gap : gaps) {
    if (gap.at <= offset) removed += gap.removed;
  }
  return start + offset + removed;
}

namespace {

void index_classes(const ModuleIndex& index, NameTables& tables, IndexedUnit& placed, std::uint32_t unit) {
  const Exports& exports = *index.units[unit].data->exports;
  placed.first_class = static_cast<std::uint32_t>(tables.classes.size());
  for (ClassId id = 0; id < exports.classes.size(); ++id) {
    const ExportedClass& cls = exports.classes[id];
    IndexedClass entry;
    entry.unit = unit;
    entry.id = id;
    if (cls.parent != kNone) entry.qualname = tables.classes[placed.first_class + cls.parent].qualname + ".";
    entry.qualname += cls.name;
    for (const ExportedName& m : cls.members) {
      // A nested def of a local class is a method of it; its term is the function itself.
      const Term& term = exports.terms[m.term];
      bool method = term.kind == TermKind::function && m.kind == BindingKind::function;
      entry.members[std::string(m.name)].push_back(
          {unit, method ? static_cast<FunctionId>(term.number) : kNone, m.term, false});
    }
    tables.classes.push_back(std::move(entry));
  }
}

void index_unit(const ModuleIndex& index, NameTables& tables, std::uint32_t unit) {
  const IndexedUnit& placed = index.units[unit];
  const Exports& exports = *placed.data->exports;
  for (const ExportedName& g : exports.globals) {
    if (g.name == "*") {
      const Term& source = exports.terms[g.term];
      tables.stars.push_back({unit, std::string(source.base), source.number});
    } else {
      tables.globals[std::string(g.name)].push_back({unit, kNone, g.term, false});
    }
  }
  for (const Term& t : exports.terms.terms) {
    if (t.kind == TermKind::import) tables.imported.emplace_back(t.text.substr(0, t.text.find('.')));
    if (t.kind == TermKind::from_import && t.number == 0) tables.imported.emplace_back(t.base.substr(0, t.base.find('.')));
  }
  for (const ExportedAttribute& a : exports.attributes) {
    std::uint32_t cls = a.cls < 0 ? placed.cls : placed.first_class + static_cast<std::uint32_t>(a.cls);
    if (cls != kNone) tables.classes[cls].members[std::string(a.name)].push_back({unit, kNone, a.term, true});
  }
  for (const ExportedOutside& o : exports.outside) tables.outside[std::string(o.name)].push_back({unit, o.object, o.value});
  if (placed.data->unit->skeleton || exports.functions.size() < 2) return;
  std::string name(exports.functions[1].name);
  Member member{unit, 1, 0, false};
  if (placed.cls != kNone) tables.classes[placed.cls].members[name].push_back(member);
  else tables.globals[name].push_back(member);
}

}  // namespace

void build_tables(ModuleIndex& index, const std::vector<ClassPlace>& places) {
  auto tables = std::make_shared<NameTables>();
  for (std::uint32_t i = 0; i < index.units.size(); ++i) index_classes(index, *tables, index.units[i], i);
  for (std::uint32_t i = 0; i < index.units.size(); ++i) {
    index.units[i].cls = places[i].unit == kNone ? kNone : index.units[places[i].unit].first_class + places[i].id;
  }
  for (std::uint32_t i = 0; i < index.units.size(); ++i) index_unit(index, *tables, i);
  std::sort(tables->imported.begin(), tables->imported.end());
  tables->imported.erase(std::unique(tables->imported.begin(), tables->imported.end()), tables->imported.end());
  index.tables = std::move(tables);
}

}  // namespace awaitd::analysis
