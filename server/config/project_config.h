// Finds and reads the configuration that holds for a file: awaitd.toml or pyproject.toml [tool.awaitd], requires-python
// of [project], whether the project's Ruff knows our codes, and what its other linters report. Looks from the file's
// folder upwards, not beyond the folder with .git. Reads the disk: call it on a pool thread. No state; thread-safe.
// Shared by the server and the CLI.
#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/config/settings.h"

namespace awaitd::server {

struct Config {
  std::shared_ptr<const analysis::Options> options;
  std::vector<std::string> sites;  // where the project's interpreter has its packages
  bool follow_packages = false;    // look into them
  std::optional<Level> log_level;
  std::filesystem::path source;       // the file the settings are from; empty: none
  std::vector<std::string> problems;  // sentences for the user, empty if all is well
  std::vector<std::string> notices;   // files that could not be read and that say nothing to awaitd: a broken template
};

// file: a Python file, or a folder. overrides (editor settings, command line) win over the project's.
Config load_config(const std::filesystem::path& file, const Settings& overrides);
// This one file (awaitd.toml, or pyproject.toml with [tool.awaitd]) and nothing that would be found; it must be there.
Config load_config_file(const std::filesystem::path& file, const Settings& overrides);

}  // namespace awaitd::server
