#include "server/project/package_sources.h"

namespace awaitd::server {

std::shared_ptr<analysis::ModuleSource> PackageSources::behind(const std::shared_ptr<analysis::Project>& project,
                                                               const Config& config) {
  if (!project || !config.follow_packages || config.sites.empty()) return project;
  const std::lock_guard lock(mutex_);
  std::shared_ptr<analysis::Packages>& packages = packages_[config.sites];
  if (!packages) {
    packages = std::make_shared<analysis::Packages>(std::make_shared<ProjectFiles>(texts_), config.sites);
  }
  return std::make_shared<analysis::ProjectWithPackages>(project, packages);
}

void PackageSources::forget(const std::vector<std::string>& paths, bool came_or_went) {
  const std::lock_guard lock(mutex_);
  for (const auto& [sites, packages] : packages_) {
    for (const std::string& path : paths) packages->forget(path);
    if (came_or_went) packages->files_changed();
  }
}

analysis::Packages::Counters PackageSources::counters() const {
  const std::lock_guard lock(mutex_);
  analysis::Packages::Counters sum;
  for (const auto& [sites, packages] : packages_) {
    const analysis::Packages::Counters one = packages->counters();
    sum.loaded += one.loaded;
    sum.left_out += one.left_out;
    sum.bytes += one.bytes;
  }
  return sum;
}

}  // namespace awaitd::server
