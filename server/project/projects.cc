#include "server/project/projects.h"

#include <algorithm>

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
