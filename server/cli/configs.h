// The rules that hold in each folder of a check: the nearest configuration, read once, with the command line's settings
// on top, and the modules that files import. Reads the disk. One thread.
#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "server/project/package_sources.h"

namespace awaitd::server {

class Configs {
 public:
  // config: a file that holds everywhere; empty: look for them. project: may be null.
  Configs(const Settings& settings, const std::filesystem::path& config, std::shared_ptr<analysis::Project> project,
          std::shared_ptr<const SourceTexts> texts);
  std::shared_ptr<const analysis::Options> in(const std::filesystem::path& folder);
  const std::vector<std::string>& problems() const { return problems_; }
  const std::vector<std::string>& notices() const { return notices_; }

 private:
  std::shared_ptr<const analysis::Options> keep(Config config);

  Settings settings_;
  const std::shared_ptr<analysis::Project> project_;
  PackageSources packages_;
  std::shared_ptr<const analysis::Options> everywhere_;
  std::map<std::filesystem::path, std::shared_ptr<const analysis::Options>> by_folder_;
  std::vector<std::string> problems_, notices_;
};

}  // namespace awaitd::server
