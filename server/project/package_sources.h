// The modules that a file's analysis may look into: those of its project and, where its configuration follows packages,
// those of the environment's packages behind them. Each environment is read once, whoever asks. Thread-safe; waits for
// no disk.
#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "analysis/project/packages.h"
#include "analysis/project/project.h"
#include "server/config/project_config.h"
#include "server/files/source_texts.h"

namespace awaitd::server {

class PackageSources {
 public:
  explicit PackageSources(std::shared_ptr<const SourceTexts> texts) : texts_(std::move(texts)) {}

  std::shared_ptr<analysis::ModuleSource> behind(const std::shared_ptr<analysis::Project>& project,
                                                 const Config& config);
  // Files changed on disk; came_or_went: some are new or gone.
  void forget(const std::vector<std::string>& paths, bool came_or_went);
  // The sum over all of them.
  analysis::Packages::Counters counters() const;

 private:
  const std::shared_ptr<const SourceTexts> texts_;
  mutable std::mutex mutex_;
  std::map<std::vector<std::string>, std::shared_ptr<analysis::Packages>> packages_;  // by the folders they are in
};

}  // namespace awaitd::server
