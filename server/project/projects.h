// The projects of a session: one a workspace folder; for files outside of them one for each folder with pyproject.toml
// or .git above them, and one for all that belong nowhere. Thread-safe. All but set_folders() may wait for the disk or
// for an analysis that looks something up: call them on the pool.
#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "analysis/project/project.h"
#include "server/files/source_texts.h"
#include "server/project/package_sources.h"
#include "server/project/workspace_modules.h"

namespace awaitd::server {

class Projects : public std::enable_shared_from_this<Projects> {
 public:
  using ProjectPtr = std::shared_ptr<analysis::Project>;
  explicit Projects(std::shared_ptr<SourceTexts> texts) : texts_(std::move(texts)), packages_(texts_) {}

  void set_folders(std::vector<std::filesystem::path> folders);
  // The project a file or folder belongs to.
  ProjectPtr of(const std::filesystem::path& path);
  // What a file of that project and configuration is analysed with: the options, its modules and packages in them, and
  // the way to the other workspace folders. For files of installed packages no rule is on.
  std::shared_ptr<const analysis::Options> options(const std::filesystem::path& path, const ProjectPtr& project,
                                                   const Config& config);
  // Files changed on disk or were closed; came_or_went: some are new or gone.
  void forget(const std::vector<std::string>& paths, bool came_or_went);
  // The sum over all of them.
  analysis::Project::Counters counters() const;
  analysis::Packages::Counters package_counters() const { return packages_.counters(); }

 private:
  std::vector<ProjectPtr> all() const;
  std::vector<WorkspaceModules::Other> beside(const ProjectPtr& project);

  const std::shared_ptr<SourceTexts> texts_;
  PackageSources packages_;
  mutable std::mutex mutex_;
  std::vector<std::filesystem::path> folders_;
  std::map<std::filesystem::path, ProjectPtr> projects_;  // by folder; "": of no folder
};

}  // namespace awaitd::server
