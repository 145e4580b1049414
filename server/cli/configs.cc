#include "server/cli/configs.h"

#include <algorithm>
#include <utility>

namespace awaitd::server {

namespace fs = std::filesystem;

namespace {

// Whether the folder says anything that its parent does not.
bool speaks(const fs::path& folder) {
  std::error_code error;
  for (const char* name : {"pyproject.toml", "awaitd.toml", "ruff.toml", ".ruff.toml", ".git"}) {
    if (fs::exists(folder / name, error)) return true;
  }
  return false;
}

}  // namespace

Configs::Configs(const Settings& settings, const fs::path& config, std::shared_ptr<analysis::Project> project,
                 std::shared_ptr<const SourceTexts> texts)
    : settings_(settings), project_(std::move(project)), packages_(std::move(texts)) {
  if (!config.empty()) everywhere_ = keep(load_config_file(config, settings_));
}

std::shared_ptr<const analysis::Options> Configs::keep(Config config) {
  const auto add = [](std::vector<std::string>& all, std::vector<std::string>& found) {
    for (std::string& one : found) {
      if (std::find(all.begin(), all.end(), one) == all.end()) all.push_back(std::move(one));
    }
  };
  add(problems_, config.problems);
  add(notices_, config.notices);
  auto options = std::make_shared<analysis::Options>(*config.options);
  options->modules = packages_.behind(project_, config);
  return options;
}

std::shared_ptr<const analysis::Options> Configs::in(const fs::path& folder) {
  if (everywhere_) return everywhere_;
  std::vector<fs::path> same;  // the folders up to one whose configuration is known
  std::shared_ptr<const analysis::Options> options;
  for (fs::path at = folder; !options; at = at.parent_path()) {
    if (const auto known = by_folder_.find(at); known != by_folder_.end()) {
      options = known->second;
      break;
    }
    same.push_back(at);
    if (at == at.parent_path() || speaks(at)) options = keep(load_config(at, settings_));
  }
  for (const fs::path& one : same) by_folder_.emplace(one, options);
  return options;
}

}  // namespace awaitd::server
