// Names across modules: imports, packages, star imports (language reference 5 and 7.11).
#include <algorithm>
#include <optional>

#include "analysis/link/linker.h"
#include "analysis/link/value_sets.h"

namespace awaitd::analysis {

std::optional<std::uint32_t> Linker::module(std::string_view dotted, std::uint32_t importer) {
  if (dotted.empty() || !source_ || told_by_tables(dotted, importer)) return std::nullopt;
  ImportKey key{importer, std::string(dotted)};
  auto known = module_ids_.find(key);
  if (known == module_ids_.end()) {
    ModulePtr found = source_->find(dotted, *modules_[importer]);
    std::uint32_t id = kNone;
    if (found) {
      // The same file may go by several names; this module's own version is the one being analysed.
      for (std::uint32_t m = 0; m < modules_.size() && id == kNone; ++m) {
        bool same = found->path.empty() ? found == modules_[m] : found->path == modules_[m]->path;
        if (same) id = m;
      }
      if (id == kNone) {
        id = static_cast<std::uint32_t>(modules_.size());
        packages_met_ |= found->installed;
        modules_.push_back(std::move(found));
      }
    }
    known = module_ids_.emplace(std::move(key), id).first;
  }
  if (known->second == kNone) return std::nullopt;
  return known->second;
}

// What the tables know of a library counts more than its source, where that happens to lie in the project (a vendored
// copy, the standard library itself, a folder "docker"); but not inside that library.
bool Linker::told_by_tables(std::string_view dotted, std::uint32_t importer) const {
  std::string_view top = dotted.substr(0, dotted.find('.'));
  std::string_view own = modules_[importer]->module;
  return top != own.substr(0, own.find('.')) && knowledge_->knows(top);
}

bool Linker::up_to_date() const {
  for (const auto& [key, id] : module_ids_) {
    if (id == 0) continue;
    ModulePtr now = source_->find(key.dotted, *modules_[key.importer]);
    if (now != (id == kNone ? nullptr : modules_[id])) return false;
  }
  return makers_up_to_date();
}

Linker::Linker(const Linker& before, const std::vector<OtherVersion>& versions) : Linker(before.modules_[0], before) {
  for (const OtherVersion& version : versions) modules_[version.id] = version.now;
  for (auto& [name, made] : makers_) made.found = source_->calling(name);
}

std::optional<std::vector<OtherVersion>> Linker::other_versions() const {
  std::vector<OtherVersion> versions;
  auto add = [&](std::uint32_t id, const ModulePtr& now) {
    if (id == 0 || now == modules_[id]) return true;
    auto same = [&](const OtherVersion& known) { return known.id == id; };
    const auto known = std::find_if(versions.begin(), versions.end(), same);
    if (known != versions.end()) return known->now == now;
    versions.push_back({id, modules_[id], now});
    return now->path == modules_[id]->path && now->module == modules_[id]->module;
  };
  for (const auto& [key, id] : module_ids_) {
    if (id == 0) continue;
    const ModulePtr now = source_->find(key.dotted, *modules_[key.importer]);
    if ((now == nullptr) != (id == kNone) || (now && !add(id, now))) return std::nullopt;
  }
  for (const auto& [name, made] : makers_) {
    const ModuleSource::Modules now = source_ ? source_->calling(name) : nullptr;
    if (now == made.found) continue;
    if (!now || !made.found || now->size() != made.modules.size()) return std::nullopt;
    for (std::size_t i = 0; i < now->size(); ++i) {
      if (!add(made.modules[i], (*now)[i])) return std::nullopt;
    }
  }
  return versions;
}

ValueSet Linker::imported(std::string_view dotted, std::uint32_t importer) {
  if (auto id = module(dotted, importer)) {
    Value v{ValueKind::module, std::string(dotted)};
    v.module = *id;
    return one(std::move(v));
  }
  return one(Value{ValueKind::external, knowledge_->canonical(dotted)});
}

// The dotted name a relative import means: one dot is the package of the importing module.
std::string Linker::absolute(std::string_view base, int level, std::uint32_t importer) const {
  if (level == 0) return std::string(base);
  const ModuleIndex& from = *modules_[importer];
  std::string package = from.module;
  for (int up = from.package ? 1 : 0; up < level; ++up) {
    std::size_t dot = package.rfind('.');
    if (dot == std::string::npos) {
      package.clear();
      if (up + 1 < level) return {};
      break;
    }
    package.resize(dot);
  }
  if (base.empty()) return package;
  return package.empty() ? std::string(base) : package + "." + std::string(base);
}

ValueSet Linker::from_import(std::string_view base, int level, std::string_view name, std::uint32_t importer) {
  std::string origin = absolute(base, level, importer);
  if (auto id = module(origin, importer)) {
    ValueSet member = module_member(*id, name);
    if (!member.empty() || member.unknown) {
      if (!member.empty()) return member;
    }
    if (auto sub = module(origin + "." + std::string(name), importer)) {
      Value v{ValueKind::module, origin + "." + std::string(name)};
      v.module = *sub;
      return one(std::move(v));
    }
    return unknown_value();
  }
  if (level > 0) {
    if (origin.empty()) return imported(name, importer);  // a script beside its siblings
    return unknown_value();
  }
  return attribute(one(Value{ValueKind::external, std::move(origin)}), name);
}

ValueSet Linker::module_member(std::uint32_t id, std::string_view name) {
  const NameTables& tables = *modules_[id]->tables;
  ValueSet all;
  const auto* found = tables.globals.find(name);
  if (found != nullptr) {
    std::vector<MemberAt> members;
    for (const Member& member : *found) members.push_back({id, member});
    drop_declarations(members);
    for (const MemberAt& member : members) merge(all, member_value(member, nullptr));
    return all;
  }
  if (name.starts_with("_")) return all;
  for (const StarImport& star : tables.stars) {
    std::string origin = absolute(star.module, star.level, id);
    std::optional<std::uint32_t> source = module(origin, id);
    if (!source) {
      all.unknown = true;  // an outside module may give any name
      continue;
    }
    if (!all.empty()) continue;
    // Modules that star-import each other come to an end.
    if (*source == id || star_depth_ > 8) continue;
    ++star_depth_;
    ValueSet through = module_member(*source, name);
    --star_depth_;
    if (!through.empty()) all.unknown = false;  // what came before is hidden
    merge(all, through);
  }
  return all;
}

std::optional<bool> Linker::constant(const Terms& terms, TermId name, At at, int depth) {
  constexpr int kMaxImports = 4;
  const Term& t = terms[name];
  if (t.kind == TermKind::literal && t.text == "bool" && t.number >= 0) return t.number == 1;
  std::optional<std::uint32_t> home = at.module;
  if (t.kind == TermKind::from_import) home = module(absolute(t.base, t.number, at.module), at.module);
  else if (t.kind != TermKind::free_name) return std::nullopt;
  if (!home || depth > kMaxImports) return std::nullopt;
  const auto tables = modules_[*home]->tables;
  const auto* found = tables->globals.find(t.text);
  if (found == nullptr) return std::nullopt;
  std::optional<bool> all;
  for (const Member& member : *found) {
    if (member.function != kNone) return std::nullopt;
    At where{*home, member.unit};
    std::optional<bool> one = constant(unit(where).data->exports->terms, member.term, where, depth + 1);
    if (!one || (all && *all != *one)) return std::nullopt;
    all = one;
  }
  return all;
}

}  // namespace awaitd::analysis
