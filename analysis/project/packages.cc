#include "analysis/project/packages.h"

#include <algorithm>
#include <tuple>

#include "analysis/project/load.h"
#include "analysis/project/lookup.h"

namespace awaitd::analysis {
namespace {

std::string_view top_level(std::string_view dotted) { return dotted.substr(0, dotted.find('.')); }

// "tests/unit/test_store.py", relative to the package.
bool is_test_file(std::string_view path) {
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    if (is_test_name(path.substr(0, std::min(slash, path.rfind('.'))))) return true;
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  }
  return false;
}

}  // namespace

Packages::Packages(std::shared_ptr<Files> files, std::vector<std::string> sites, PackageBudget budget)
    : files_(std::move(files)), sites_(std::move(sites)), budget_(budget) {}

// Callers hold the mutex; asking the file system under it is accepted, since answers are remembered.
Files::Kind Packages::kind(const std::string& path) {
  auto it = kinds_.find(path);
  if (it == kinds_.end()) it = kinds_.emplace(path, files_->kind(path)).first;
  return it->second;
}

// The folder or file whose budget counts: on the way from the site to the file the first that is a package itself.
std::string Packages::unit_of(const std::string& site, const std::string& path) {
  for (std::size_t slash = path.find('/', site.size() + 1); slash != std::string::npos;
       slash = path.find('/', slash + 1)) {
    const std::string folder = path.substr(0, slash);
    if (kind(folder + "/__init__.py") == Files::Kind::file || kind(folder + "/__init__.pyi") == Files::Kind::file) {
      return folder;
    }
  }
  return path;
}

bool Packages::within_budget(const std::string& site, const std::string& path) {
  const std::string unit = unit_of(site, path);
  auto [it, fresh] = within_.try_emplace(unit);
  if (fresh) {
    std::vector<Files::Source> sources = files_->sources(unit);
    std::erase_if(sources, [&](const Files::Source& source) {
      return source.bytes > budget_.file_bytes || is_test_file(std::string_view(source.path).substr(unit.size()));
    });
    const auto place = [](const Files::Source& source) {
      return std::make_tuple(std::count(source.path.begin(), source.path.end(), '/'), std::string_view(source.path));
    };
    std::sort(sources.begin(), sources.end(),
              [&](const Files::Source& a, const Files::Source& b) { return place(a) < place(b); });
    std::size_t bytes = 0;
    for (Files::Source& source : sources) {
      if (it->second.size() == budget_.files || (bytes += source.bytes) > budget_.bytes) break;
      it->second.insert(std::move(source.path));
    }
  }
  return it->second.count(path) != 0;
}

// Stubs of a package that has none itself may lie beside it (PEP 561): they say what things are, not what they do.
const Packages::Place& Packages::place_of(std::string_view dotted) {
  if (const auto known = places_.find(dotted); known != places_.end()) return known->second;
  Place place;
  const std::string_view top = top_level(dotted);
  const std::string stubs = std::string(top) + "-stubs" + std::string(dotted.substr(top.size()));
  const auto kind_of = [this](const std::string& at) { return kind(at); };
  const bool standard = Knowledge::builtin()->is_standard_module(top);
  for (const std::string& name : {std::string(dotted), stubs}) {
    for (const std::string& site : sites_) {
      if (standard || !place.path.empty()) break;
      place.path = module_file(site, name, kind_of);
      place.directory = !place.path.empty() && kind(place.path) == Files::Kind::directory;
      if (place.path.empty() || place.directory || within_budget(site, place.path)) continue;
      ++counters_.left_out;
      return places_.emplace(dotted, Place{}).first->second;
    }
  }
  return places_.emplace(dotted, std::move(place)).first->second;
}

ModulePtr Packages::find(std::string_view dotted) {
  Place place;
  {
    const std::lock_guard lock(mutex_);
    place = place_of(dotted);
    if (place.path.empty()) return nullptr;
    if (const auto known = modules_.find(place.path); known != modules_.end()) return known->second;
  }
  ModulePtr module = load(dotted, place);
  const std::lock_guard lock(mutex_);
  return modules_.emplace(place.path, std::move(module)).first->second;  // whoever was first wins: both are the same
}

ModulePtr Packages::load(std::string_view dotted, const Place& place) {
  if (place.directory) {
    auto empty = std::make_shared<ModuleIndex>();
    empty->module = std::string(dotted);
    empty->package = empty->installed = true;
    empty->tables = std::make_shared<NameTables>();
    return empty;
  }
  SourceFile file{std::string(dotted)};
  file.path = place.path;
  const std::string name = place.path.substr(place.path.rfind('/') + 1);
  file.package = name.starts_with("__init__.");
  file.installed = true;
  const std::optional<std::string> text = files_->read(place.path);
  const std::string_view source = text && text->size() <= budget_.file_bytes ? std::string_view(*text) : "";
  {
    const std::lock_guard lock(mutex_);
    ++counters_.loaded;
    counters_.bytes += source.size();
  }
  return load_module(file, source);
}

void Packages::forget(const std::string& path) {
  const std::lock_guard lock(mutex_);
  modules_.erase(path);
}

void Packages::files_changed() {
  const std::lock_guard lock(mutex_);
  places_.clear();
  kinds_.clear();
  within_.clear();
}

Packages::Counters Packages::counters() const {
  const std::lock_guard lock(mutex_);
  return counters_;
}

// What the project itself has comes first, as it does where it is run; a folder that only happens to have a package's
// name does not (language reference 5.3.2). A name below a package of the project is nobody else's.
ModulePtr ProjectWithPackages::find(std::string_view dotted, const ModuleIndex& importer) {
  if (importer.installed) return packages_->find(dotted);
  ModulePtr own = project_->find(dotted, importer);
  if (own && !own->path.empty()) return own;
  const std::string_view top = top_level(dotted);
  const ModulePtr above = top == dotted ? nullptr : project_->find(top, importer);
  if (above && !above->path.empty()) return own;
  ModulePtr installed = packages_->find(dotted);
  return installed && (!own || !installed->path.empty()) ? installed : own;
}

}  // namespace awaitd::analysis
