#include "server/project/workspace_modules.h"

#include <algorithm>

namespace awaitd::server {

namespace fs = std::filesystem;
using analysis::ModulePtr;

namespace {
bool is_below(const fs::path& path, const fs::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first == folder.end();
}
}  // namespace

WorkspaceModules::WorkspaceModules(std::shared_ptr<analysis::ModuleSource> own,
                                   std::function<std::vector<Other>()> others)
    : own_(std::move(own)),
      texts_(std::dynamic_pointer_cast<analysis::ProjectTexts>(own_)),
      others_(std::move(others)) {}

ModulePtr WorkspaceModules::find(std::string_view dotted, const analysis::ModuleIndex& importer) {
  std::shared_ptr<analysis::Project> theirs;
  {
    const std::lock_guard lock(mutex_);
    for (const Other& other : met_) {
      if (is_below(importer.path, other.folder)) theirs = other.project;
    }
  }
  ModulePtr found = theirs ? theirs->find(dotted, importer) : nullptr;
  return found ? found : own_->find(dotted, importer);
}

std::vector<analysis::SourceFile> WorkspaceModules::beyond(std::string_view name, std::string_view top) {
  std::vector<analysis::SourceFile> found;
  if (top.empty()) return found;
  std::vector<Other> others = others_();
  for (const Other& other : others) {
    const std::vector<analysis::SourceFile> theirs = other.project->holding_both(name, top);
    found.insert(found.end(), theirs.begin(), theirs.end());
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  const std::lock_guard lock(mutex_);
  met_ = std::move(others);
  return found;
}

}  // namespace awaitd::server
