// The modules of one workspace folder, for fixes that reach over all of them: files of other folders that import from
// this one can be found, and are analysed as they see it: their own folder's modules before this one's. To the code of
// its own folder it is that folder's modules alone. Thread-safe; may wait for the disk.
#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "analysis/project/project.h"

namespace awaitd::server {

class WorkspaceModules final : public analysis::ModuleSource, public analysis::ProjectTexts {
 public:
  struct Other {
    std::filesystem::path folder;
    std::shared_ptr<analysis::Project> project;
  };
  // own: a ModuleSource that is ProjectTexts as well. others: those of the other folders, when somebody asks.
  WorkspaceModules(std::shared_ptr<analysis::ModuleSource> own, std::function<std::vector<Other>()> others);

  analysis::ModulePtr find(std::string_view dotted, const analysis::ModuleIndex& importer) override;
  Modules calling(std::string_view name) override { return own_->calling(name); }
  std::vector<analysis::SourceFile> holding(std::string_view name) override { return texts_->holding(name); }
  std::vector<analysis::SourceFile> beyond(std::string_view name, std::string_view top) override;
  std::optional<std::string> text(const std::string& path) override { return texts_->text(path); }
  bool changeable(const std::string& path) override { return texts_->changeable(path); }

 private:
  const std::shared_ptr<analysis::ModuleSource> own_;
  const std::shared_ptr<analysis::ProjectTexts> texts_;
  const std::function<std::vector<Other>()> others_;
  std::mutex mutex_;
  std::vector<Other> met_;  // of files that beyond() has given
};

}  // namespace awaitd::server
