// Where imports begin: the folder of a project, its src/ first. Reads the disk (stat only). No state; thread-safe.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace awaitd::server {

// The nearest folder from `path` upwards with pyproject.toml or .git; empty if there is none.
std::filesystem::path project_folder(const std::filesystem::path& path);

// The roots for analysis::Project, in the order of the folders, each once.
std::vector<std::string> import_roots(const std::vector<std::filesystem::path>& folders);

}  // namespace awaitd::server
