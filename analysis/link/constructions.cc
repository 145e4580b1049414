// What a class leaves to the code around it: attributes that only the classes below it have, and its constructor's
// parameters without annotation. Such a parameter is what the project's code gives it wherever it makes objects of
// the class, if all of it can be told. `def __init__(self, client)` is written so where the two modules would import
// each other. Code of the asking module counts for its own classes only: what it gives to others, they see themselves
// once it is published, and an edit here concerns no class of another module.
#include <algorithm>

#include "analysis/link/linker.h"
#include "analysis/link/value_sets.h"

namespace awaitd::analysis {
namespace {

constexpr std::size_t kMaxSites = 24;  // of one name in one module; more are looked at by nobody
constexpr std::size_t kMaxGiven = 3;   // classes; more of them say nothing of one call
constexpr std::size_t kMaxHeirs = 12;  // of one constructor

std::string_view class_name(const ModuleIndex& module, std::uint32_t cls) {
  const std::string_view name = module.tables->classes[cls].qualname;
  return name.substr(name.rfind('.') + 1);
}

// True if a class has a base of that name, whatever it may be.
bool names_base(const ModuleIndex& module, std::uint32_t cls, std::string_view name) {
  const IndexedClass& entry = module.tables->classes[cls];
  const Exports& exports = *module.units[entry.unit].data->exports;
  const std::vector<TermId>& bases = exports.classes[entry.id].bases;
  return std::any_of(bases.begin(), bases.end(), [&](TermId base) { return exports.terms[base].text == name; });
}

}  // namespace

const Linker::Makers& Linker::makers(std::string_view name) {
  auto known = makers_.find(name);
  if (known != makers_.end()) return known->second;
  Makers made;
  if (source_) made.found = source_->calling(name);
  if (made.found) {
    for (const ModulePtr& module : *made.found) {
      auto same = [&](const ModulePtr& met) { return met->path == module->path; };
      auto met = std::find_if(modules_.begin(), modules_.end(), same);
      made.modules.push_back(static_cast<std::uint32_t>(met - modules_.begin()));
      if (met == modules_.end()) modules_.push_back(module);
    }
  }
  return makers_.emplace(name, std::move(made)).first->second;
}

const std::vector<std::uint32_t>* Linker::calling(std::string_view name) {
  const Makers& found = makers(name);
  return found.found ? &found.modules : nullptr;
}

bool Linker::makers_up_to_date() const {
  for (const auto& [name, made] : makers_) {
    const ModuleSource::Modules now = source_ ? source_->calling(name) : nullptr;
    if (now == made.found) continue;
    if (!now || !made.found || now->size() != made.found->size()) return false;
    for (std::size_t i = 0; i < now->size(); ++i) {
      const bool own = made.modules[i] == 0 && (*now)[i]->path == modules_[0]->path;
      if (!own && (*now)[i] != modules_[made.modules[i]]) return false;
    }
  }
  return true;
}

// What one of these calls gives the parameter; nothing if it leaves that to the default.
std::optional<ValueSet> Linker::given_at(At at, const ExportedConstruction& made, const Asked& asked) {
  if (made.stars) return unknown_value();
  std::size_t next = 1;
  for (const ExportedConstruction::Given& given : made.given) {
    const bool meant = given.keyword.empty() ? next++ == asked.position : given.keyword == asked.name;
    if (meant) return values(unit(at).data->exports->terms, given.value, at);
  }
  return std::nullopt;
}

// Nothing if they are too many, or nobody can tell where they are made.
std::optional<Linker::Heirs> Linker::heirs(ClassAt cls) {
  Heirs all{.same = {cls}, .around = {}, .modules = {cls.module}};
  for (std::size_t i = 0; i < all.same.size(); ++i) {
    const std::string name(class_name(*modules_[all.same[i].module], all.same[i].cls));
    if (source_) {
      const Makers& found = makers(name);
      if (!found.found) return std::nullopt;
      for (std::uint32_t m : found.modules) {
        const bool counts = m != 0 && std::find(all.modules.begin(), all.modules.end(), m) == all.modules.end();
        if (counts) all.modules.push_back(m);
      }
    }
    for (const ClassAt& other : direct_subclasses(all.same[i], all.modules)) {
      const bool own = modules_[other.module]->tables->classes[other.cls].members.count("__init__") != 0;
      std::vector<ClassAt>& list = own ? all.around : all.same;
      if (std::find(list.begin(), list.end(), other) == list.end()) list.push_back(other);
      if (all.same.size() + all.around.size() > kMaxHeirs) return std::nullopt;
    }
  }
  return all;
}

std::vector<Linker::ClassAt> Linker::direct_subclasses(ClassAt base, const std::vector<std::uint32_t>& modules) {
  const std::string name(class_name(*modules_[base.module], base.cls));
  std::vector<ClassAt> found;
  for (std::uint32_t m : modules) {
    const ModulePtr holder = modules_[m];
    for (std::uint32_t c = 0; c < holder->tables->classes.size(); ++c) {
      if (names_base(*holder, c, name) && has_base({m, c}, base)) found.push_back({m, c});
    }
  }
  return found;
}

// What an attribute is that a class reads of its objects and does not have: a mixin's, or one that only the classes
// below an abstract one define. Then every object is of one of these. Nothing if none has it, or somebody outside may.
ValueSet Linker::defined_below(const Value& object, std::string_view name) {
  constexpr int kMaxDepth = 4;
  if (name.starts_with("__") || below_depth_ >= kMaxDepth || modules_[object.module]->installed) return {};
  const ClassAt cls{object.module, object.id};
  std::vector<std::uint32_t> modules{cls.module};
  if (source_) {
    const Makers& found = makers(class_name(*modules_[cls.module], cls.cls));
    if (!found.found) return {};
    for (std::uint32_t m : found.modules) {
      if (m != cls.module) modules.push_back(m);
    }
  }
  ValueSet all;
  const std::vector<ClassAt> below = direct_subclasses(cls, modules);
  if (below.size() > kMaxHeirs) return {};
  ++below_depth_;
  for (const ClassAt& sub : below) {
    Value made = class_value(sub.module, sub.cls);
    made.kind = ValueKind::object;
    ValueSet member = member_attribute(made, name);
    if (!member.empty()) merge(all, member);
  }
  --below_depth_;
  auto async = [&](const Value& v) { return v.kind == ValueKind::function && signature(v).async; };
  if (all.values.size() > 1 && !std::all_of(all.values.begin(), all.values.end(), async)) {
    for (Value& v : all.values.edit()) v.probable = true;
  }
  return all;
}

// An object of the class that the project makes of a framework's: what that hands around is the one bot there is.
// outside: classes with | between. Nothing if the project has no such class, or several.
ValueSet Linker::only_own_class(std::string_view outside) {
  std::vector<ClassAt> own;
  while (!outside.empty()) {
    const std::string_view wanted = outside.substr(0, outside.find('|'));
    outside.remove_prefix(std::min(outside.size(), wanted.size() + 1));
    const std::string_view name = wanted.substr(wanted.rfind('.') + 1);
    std::vector<std::uint32_t> modules{0};
    if (source_) {
      if (!makers(name).found) return {};
      modules = makers(name).modules;
    }
    for (std::uint32_t m : modules) {
      const ModulePtr holder = modules_[m];
      for (std::uint32_t c = 0; c < holder->tables->classes.size(); ++c) {
        if (!names_base(*holder, c, name)) continue;
        const std::vector<std::string> bases = external_bases(m, c).names;
        const bool is_one = std::any_of(bases.begin(), bases.end(), [&](const std::string& base) {
          return knowledge_->canonical(base) == knowledge_->canonical(wanted);
        });
        if (is_one && std::find(own.begin(), own.end(), ClassAt{m, c}) == own.end()) own.push_back({m, c});
      }
    }
  }
  if (own.size() != 1) return {};
  Value made = class_value(own.front().module, own.front().cls);
  made.kind = ValueKind::object;
  return one(std::move(made));
}

bool Linker::has_base(ClassAt cls, ClassAt base) {
  for (const ValueSet& of : bases_of(cls.module, cls.cls)) {
    for (const Value& v : of.values) {
      if (v.kind == ValueKind::cls && v.module == base.module && v.id == base.cls) return true;
    }
  }
  return false;
}

// What the calls of one name in a module give the parameter; false if that cannot be told.
bool Linker::given_in(std::uint32_t module, std::string_view name, const Heirs& heirs, const Asked& asked,
                      ValueSet& all) {
  const ModulePtr holder = modules_[module];
  const auto* sites = holder->tables->made.find(name);
  if (sites == nullptr) return true;
  if (sites->size() > kMaxSites) return false;
  auto one_of = [&](const std::vector<ClassAt>& list, ClassAt cls) {
    return std::find(list.begin(), list.end(), cls) != list.end();
  };
  for (const MadeAt& site : *sites) {
    const At at{module, site.unit};
    const Exports& exports = *unit(at).data->exports;
    const ExportedConstruction& made = exports.constructions[site.construction];
    if (name == "super") {
      if (!one_of(heirs.around, {module, unit(at).cls})) continue;
    } else {
      const ValueSet callee = values(exports.terms, made.callee, at);
      if (callee.unknown && name != "cls") return false;
      const bool meant = std::any_of(callee.values.begin(), callee.values.end(), [&](const Value& v) {
        return v.kind == ValueKind::cls && one_of(heirs.same, {v.module, v.id});
      });
      if (!meant) continue;
    }
    if (std::optional<ValueSet> given = given_at(at, made, asked)) merge(all, *given);
  }
  return true;
}

ValueSet Linker::constructed_with(At init, std::string_view parameter) {
  const IndexedUnit& placed = unit(init);
  const Signature& s = placed.data->exports->functions[1];
  if (s.name != "__init__" || modules_[init.module]->installed) return unknown_value();
  Asked asked{.name = parameter, .position = 0};
  while (asked.position < s.parameters.size() && s.parameters[asked.position].name != parameter) ++asked.position;
  if (asked.position == 0 || asked.position == s.parameters.size()) return unknown_value();
  const std::optional<Heirs> all_heirs = heirs({init.module, placed.cls});
  if (!all_heirs) return unknown_value();
  std::vector<std::string> names{"cls", "super"};
  for (const ClassAt& cls : all_heirs->same) names.emplace_back(class_name(*modules_[cls.module], cls.cls));
  ValueSet all;
  for (std::uint32_t m : all_heirs->modules) {
    for (const std::string& name : names) {
      if (!given_in(m, name, *all_heirs, asked, all)) return unknown_value();
    }
  }
  std::erase_if(all.values.edit(), [](const Value& v) { return v.kind == ValueKind::none; });
  return all.unknown || all.empty() || all.values.size() > kMaxGiven ? unknown_value() : all;
}

}  // namespace awaitd::analysis
