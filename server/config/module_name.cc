#include "server/config/module_name.h"

namespace awaitd::server {

namespace fs = std::filesystem;

std::string module_name(const fs::path& file) {
  if (file.empty()) return {};
  std::string name = file.stem().string();
  fs::path folder = file.parent_path();
  const auto is_package = [](const fs::path& path) {
    std::error_code error;
    return fs::exists(path / "__init__.py", error) || fs::exists(path / "__init__.pyi", error);
  };
  if (name == "__init__") {
    name = folder.filename().string();
    folder = folder.parent_path();
  }
  while (folder.has_filename() && is_package(folder)) {
    name = folder.filename().string() + "." + name;
    folder = folder.parent_path();
  }
  return name;
}

}  // namespace awaitd::server
