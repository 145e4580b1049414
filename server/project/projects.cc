#include "server/project/projects.h"

#include <algorithm>

#include "analysis/rules/rule.h"
#include "server/config/environment.h"
#include "server/project/roots.h"

namespace awaitd::server {

namespace fs = std::filesystem;

namespace {
bool is_below(const fs::path& path, const fs::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first == folder.end();
}
}  // namespace

void Projects::set_folders(std::vector<fs::path> folders) {
  for (fs::path& folder : folders) {
    folder = folder.lexically_normal();
    if (!folder.has_filename() && folder.has_relative_path()) folder = folder.parent_path();
  }
  const std::lock_guard lock(mutex_);
  folders_ = std::move(folders);
}

Projects::ProjectPtr Projects::of(const fs::path& path) {
  fs::path best;
  {
    const std::lock_guard lock(mutex_);
    for (const fs::path& folder : folders_) {
      if (is_below(path, folder) && folder.native().size() > best.native().size()) best = folder;
    }
    if (const auto known = projects_.find(best); !best.empty() && known != projects_.end()) return known->second;
  }
  if (best.empty()) best = project_folder(path);
  std::vector<std::string> roots;
  if (!best.empty()) roots = import_roots({best});
  const std::lock_guard lock(mutex_);
  ProjectPtr& project = projects_[best];
  if (!project) project = std::make_shared<analysis::Project>(std::make_shared<ProjectFiles>(texts_), std::move(roots));
  return project;
}

std::shared_ptr<const analysis::Options> Projects::options(const fs::path& path, const ProjectPtr& project,
                                                           const Config& config) {
  auto options = std::make_shared<analysis::Options>(*config.options);
  options->modules = packages_.behind(project, config);
  bool alone = false;
  {
    const std::lock_guard lock(mutex_);
    alone = folders_.size() < 2;
  }
  if (project && !alone) {
    const auto others = [self = weak_from_this(), own = std::weak_ptr(project)] {
      const auto projects = self.lock();
      const ProjectPtr known = own.lock();
      return projects && known ? projects->beside(known) : std::vector<WorkspaceModules::Other>();
    };
    options->modules = std::make_shared<WorkspaceModules>(options->modules, others);
  }
  if (is_installed(path, config.sites)) {
    options->enabled.clear();
    for (const analysis::Rule* rule : analysis::all_rules()) options->disabled.emplace(rule->code);
  }
  return options;
}

// Those of the other workspace folders; one inside another is no other.
std::vector<WorkspaceModules::Other> Projects::beside(const ProjectPtr& project) {
  std::vector<fs::path> folders;
  fs::path own;
  {
    const std::lock_guard lock(mutex_);
    folders = folders_;
    for (const auto& [folder, known] : projects_) {
      if (known == project) own = folder;
    }
  }
  std::vector<WorkspaceModules::Other> others;
  for (const fs::path& folder : folders) {
    if (!own.empty() && !is_below(folder, own) && !is_below(own, folder)) others.push_back({folder, of(folder)});
  }
  return others;
}

std::vector<Projects::ProjectPtr> Projects::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<ProjectPtr> out;
  for (const auto& [folder, project] : projects_) out.push_back(project);
  return out;
}

void Projects::forget(const std::vector<std::string>& paths, bool came_or_went) {
  for (const ProjectPtr& project : all()) {
    for (const std::string& path : paths) project->forget(path);
    if (came_or_went) project->files_changed();
  }
  packages_.forget(paths, came_or_went);
}

analysis::Project::Counters Projects::counters() const {
  analysis::Project::Counters sum;
  for (const ProjectPtr& project : all()) {
    const analysis::Project::Counters one = project->counters();
    sum.loaded += one.loaded;
    sum.replaced += one.replaced;
  }
  return sum;
}

}  // namespace awaitd::server
