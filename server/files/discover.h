// Finds the Python files below folders, as Ruff's users expect: .py and .pyi, without what .gitignore files and the
// usual excludes leave out. Reads the disk (folders and .gitignore files only). Folders behind symbolic links are not
// entered, so there are no loops. No state; thread-safe.
#pragma once
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace awaitd::server {

struct DiscoverOptions {
  std::filesystem::path base;  // absolute; paths and excludes are relative to it, and it shortens what is shown
  bool gitignore = true;
  bool default_excludes = true;
  bool exclude_given = false;         // also apply excludes to paths that were named (for pre-commit)
  std::vector<std::string> excludes;  // lines as in a .gitignore in `base`
};

struct SourceFile {
  std::filesystem::path path;  // absolute, without . and ..
  std::string shown;           // relative to `base` if it lies below it
};

struct Discovered {
  std::vector<SourceFile> files;      // sorted by `shown`, each once
  std::vector<std::string> problems;  // "src/secret: permission denied"
};

// A path that is a file is taken whatever its name.
Discovered discover(const std::vector<std::string>& paths, const DiscoverOptions& options);

// Folder names that are never entered: .git, .venv, node_modules...
std::span<const std::string_view> default_excludes();

std::string shown_path(const std::filesystem::path& path, const std::filesystem::path& base);

}  // namespace awaitd::server
