#include "analysis/project/project.h"

#include <algorithm>
#include <utility>

#include "analysis/link/affected.h"
#include "analysis/project/load.h"
#include "analysis/project/lookup.h"

namespace awaitd::analysis {
namespace {

std::string folder_of(const std::string& path) {
  std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

std::string stem_of(const std::string& path) {
  std::string name = path.substr(path.rfind('/') + 1);
  return name.substr(0, name.rfind('.'));
}

// What the units call that are others than in the version before.
std::vector<std::uint32_t> newly_called(const ModulePtr& before, const ModuleIndex& now) {
  std::vector<bool> known(now.units.size());
  if (before) {
    const UnitShift shift = unit_shift(*before, now);
    for (std::uint32_t old = 0; old < before->units.size(); ++old) {
      const std::uint32_t u = shift.now(old);
      if (u != kNone && before->units[old].data == now.units[u].data) known[u] = true;
    }
  }
  std::vector<std::uint32_t> names;
  for (std::uint32_t u = 0; u < now.units.size(); ++u) {
    if (!known[u]) add_called_names(*now.units[u].data->facts, names);
  }
  return names;
}

}  // namespace

Project::Project(std::shared_ptr<Files> files, std::vector<std::string> roots)
    : files_(std::move(files)),
      roots_(std::move(roots)),
      called_names_(
          [this] {
            std::vector<std::string> paths;
            for (const std::string& root : outer_roots()) {
              std::vector<std::string> some = files_->below(root);
              paths.insert(paths.end(), some.begin(), some.end());
            }
            return paths;
          },
          [this](const std::string& path) { return files_->read(path); }) {}

// Without the src/ of a root.
std::vector<std::string> Project::outer_roots() const {
  std::vector<std::string> outer;
  for (const std::string& root : roots_) {
    const bool inside = std::any_of(roots_.begin(), roots_.end(),
                                    [&](const std::string& other) { return root.rfind(other + "/", 0) == 0; });
    if (!inside) outer.push_back(root);
  }
  return outer;
}

// Callers hold the mutex; asking the file system under it is accepted, since answers are remembered.
Files::Kind Project::kind(const std::string& path) {
  auto it = kinds_.find(path);
  if (it == kinds_.end()) it = kinds_.emplace(path, open_.count(path) != 0 ? Files::Kind::file : files_->kind(path)).first;
  return it->second;
}

// Projects inside a workspace folder (a folder with a pyproject.toml, setup.py or setup.cfg) around a folder, nearest first:
// each is a root of its own, with its src/.
std::vector<std::string> Project::nested_roots(const std::string& folder) {
  std::vector<std::string> nested;
  auto below = [&](const std::string& at) {
    return std::any_of(roots_.begin(), roots_.end(), [&](const std::string& root) {
      return at.size() > root.size() && at.compare(0, root.size(), root) == 0 && at[root.size()] == '/';
    });
  };
  for (std::string at = folder; below(at); at = folder_of(at)) {
    bool project = false;
    for (const char* marker : {"/pyproject.toml", "/setup.py", "/setup.cfg"}) {
      project = project || kind(at + marker) == Files::Kind::file;
    }
    if (!project) continue;
    if (kind(at + "/src") == Files::Kind::directory) nested.push_back(at + "/src");
    nested.push_back(at);
  }
  return nested;
}

SourceFile Project::source_file(const std::string& path) {
  std::lock_guard lock(mutex_);
  SourceFile file;
  file.path = path;
  file.package = stem_of(path) == "__init__";
  std::string folder = folder_of(path);
  std::string dotted = file.package ? std::string() : stem_of(path);
  auto prepend = [&](const std::string& part) { dotted = dotted.empty() ? part : part + "." + dotted; };
  // Regular packages first; above them the longest root says where names begin (namespace packages).
  while (!folder.empty() && kind(folder + "/__init__.py") == Files::Kind::file) {
    prepend(folder.substr(folder.rfind('/') + 1));
    folder = folder_of(folder);
  }
  std::string best;
  std::vector<std::string> roots = nested_roots(folder);
  roots.insert(roots.end(), roots_.begin(), roots_.end());
  for (const std::string& root : roots) {
    bool inside = folder == root || (folder.size() > root.size() && folder.compare(0, root.size(), root) == 0 && folder[root.size()] == '/');
    if (inside && root.size() > best.size()) best = root;
  }
  while (!best.empty() && folder.size() > best.size()) {
    prepend(folder.substr(folder.rfind('/') + 1));
    folder = folder_of(folder);
  }
  file.module = dotted;
  return file;
}

std::string Project::path_of(std::string_view dotted, const std::string& beside) {
  auto key = std::make_pair(beside, std::string(dotted));
  if (auto it = paths_.find(key); it != paths_.end()) return it->second;
  std::string path;
  std::vector<std::string> roots = nested_roots(beside);
  if (!beside.empty()) roots.insert(roots.begin(), beside);
  roots.insert(roots.end(), roots_.begin(), roots_.end());
  for (const std::string& root : roots) {
    if (!path.empty()) break;
    path = module_file(root, dotted, [this](const std::string& at) { return kind(at); });
  }
  paths_.emplace(std::move(key), path);
  return path;
}

ModulePtr Project::find(std::string_view dotted, const ModuleIndex& importer) {
  std::string path;
  {
    std::lock_guard lock(mutex_);
    // The folder above the importer's topmost package is on sys.path when the importer is run or installed from there.
    std::string beside = folder_of(importer.path);
    std::size_t up = static_cast<std::size_t>(std::count(importer.module.begin(), importer.module.end(), '.')) +
                     (importer.package ? 1 : 0);
    while (up-- > 0) beside = folder_of(beside);
    path = path_of(dotted, beside);
    if (path.empty()) return nullptr;
    if (auto it = modules_.find(path); it != modules_.end()) return it->second;
    if (kind(path) == Files::Kind::directory) {
      auto empty = std::make_shared<ModuleIndex>();
      empty->module = std::string(dotted);
      empty->package = true;
      empty->tables = std::make_shared<NameTables>();
      return modules_.emplace(path, std::move(empty)).first->second;
    }
  }
  return at(path);
}

std::vector<SourceFile> Project::holding(std::string_view name) {
  std::map<std::string, ModulePtr> modules;
  {
    std::lock_guard lock(mutex_);
    modules = modules_;
  }
  std::set<std::string> paths;
  for (const auto& [path, module] : modules) {
    const bool holds = std::any_of(module->units.begin(), module->units.end(), [&](const IndexedUnit& unit) {
      return unit.data->mentions_any({mention_hash(name)});
    });
    if (holds) paths.insert(path);
  }
  for (const std::string& root : outer_roots()) {
    for (std::string& path : files_->holding(root, name)) paths.insert(std::move(path));
  }
  std::vector<SourceFile> found;
  for (const std::string& path : paths) found.push_back(source_file(path));
  return found;
}

std::vector<SourceFile> Project::holding_both(std::string_view name, std::string_view other) {
  std::vector<SourceFile> found;
  for (const std::string& root : outer_roots()) {
    const std::vector<std::string> with_other = files_->holding(root, other);
    for (const std::string& path : files_->holding(root, name)) {
      if (std::find(with_other.begin(), with_other.end(), path) != with_other.end()) found.push_back(source_file(path));
    }
  }
  std::sort(found.begin(), found.end(), [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return found;
}

// The module of a file, loaded if it is not.
ModulePtr Project::at(const std::string& path) {
  {
    std::lock_guard lock(mutex_);
    if (auto it = modules_.find(path); it != modules_.end()) return it->second;
  }
  ModulePtr module = load(path);
  std::lock_guard lock(mutex_);
  return modules_.emplace(path, std::move(module)).first->second;  // whoever was first wins: both are the same text
}

ModuleSource::Modules Project::calling(std::string_view name) {
  unsigned before = 0;
  {
    std::lock_guard lock(mutex_);
    if (auto it = makers_.find(name); it != makers_.end()) return it->second;
    before = remade_;
  }
  Modules found;
  if (const auto paths = called_names_.files(name)) {
    auto modules = std::make_shared<std::vector<ModulePtr>>();
    for (const std::string& path : *paths) modules->push_back(at(path));
    found = std::move(modules);
  }
  std::lock_guard lock(mutex_);
  if (before != remade_) return found;  // asked again when it matters
  return makers_.emplace(name, std::move(found)).first->second;
}

// A module is another one now than before (null: nobody has looked at it): what it calls and makes, and what was said of
// those that it calls or called. Callers hold the mutex.
void Project::remake(const ModulePtr& before, const ModulePtr& module) {
  std::vector<std::uint32_t> names = newly_called(before, *module);
  module->tables->made.each([&](std::string_view name, const auto&) { names.push_back(mention_hash(name)); });
  for (std::uint32_t c = 0; c < module->tables->classes.size(); ++c) {
    const IndexedClass& cls = module->tables->classes[c];
    const Exports& exports = *module->units[cls.unit].data->exports;
    for (TermId base : exports.classes[cls.id].bases) names.push_back(mention_hash(exports.terms[base].text));
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  auto touched = [&](const auto& entry) {
    if (std::binary_search(names.begin(), names.end(), mention_hash(entry.first))) return true;
    return entry.second && std::any_of(entry.second->begin(), entry.second->end(),
                                       [&](const ModulePtr& other) { return other->path == module->path; });
  };
  std::erase_if(makers_, touched);
  ++remade_;
  called_names_.changed(module->path, names);
}

ModulePtr Project::load(const std::string& path) {
  SourceFile file = source_file(path);
  std::optional<std::string> text = files_->read(path);
  {
    std::lock_guard lock(mutex_);
    ++counters_.loaded;
  }
  return load_module(file, text ? *text : std::string());
}

bool Project::set_open(const ModulePtr& module) {
  if (module->path.empty()) return false;
  std::lock_guard lock(mutex_);
  if (open_.insert(module->path).second) kinds_.erase(module->path);
  auto it = modules_.find(module->path);
  if (it == modules_.end()) {
    modules_.emplace(module->path, module);
    remake(nullptr, module);
    return false;  // nobody has looked at it yet
  }
  if (same_to_others(*it->second, *module)) return false;
  const ModulePtr before = std::exchange(it->second, module);
  remake(before, module);
  ++counters_.replaced;
  return true;
}

void Project::forget(const std::string& path) {
  std::lock_guard lock(mutex_);
  modules_.erase(path);
  open_.erase(path);
  kinds_.erase(path);
  makers_.clear();
  ++remade_;
  called_names_.stale(path);
}

void Project::files_changed() {
  std::lock_guard lock(mutex_);
  kinds_.clear();
  paths_.clear();
  makers_.clear();
  ++remade_;
  called_names_.forget();
}

Project::Counters Project::counters() const {
  std::lock_guard lock(mutex_);
  return counters_;
}

}  // namespace awaitd::analysis
