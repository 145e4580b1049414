#include "server/project/roots.h"

#include <algorithm>

namespace awaitd::server {

namespace fs = std::filesystem;

fs::path project_folder(const fs::path& path) {
  std::error_code error;
  fs::path folder = fs::is_directory(path, error) ? path : path.parent_path();
  for (; !folder.empty(); folder = folder.parent_path()) {
    if (fs::exists(folder / "pyproject.toml", error) || fs::exists(folder / ".git", error)) return folder;
    if (folder == folder.parent_path()) break;
  }
  return {};
}

std::vector<std::string> import_roots(const std::vector<fs::path>& folders) {
  std::vector<std::string> roots;
  const auto add = [&roots](std::string root) {
    while (root.size() > 1 && root.back() == '/') root.pop_back();
    if (std::find(roots.begin(), roots.end(), root) == roots.end()) roots.push_back(std::move(root));
  };
  for (const fs::path& folder : folders) {
    std::error_code error;
    if (fs::is_directory(folder / "src", error)) add((folder / "src").string());
    add(folder.string());
  }
  return roots;
}

}  // namespace awaitd::server
