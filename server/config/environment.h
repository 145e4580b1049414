// Where a project's interpreter has its packages. In this order: the interpreter that the settings name; what the
// project tells other tools (pyproject.toml: [tool.pyright], [tool.basedpyright], [tool.ty.environment], [tool.mypy];
// pyrightconfig.json); VIRTUAL_ENV; .venv or venv of the nearest folder that has one. Reads the disk; what is not there
// says nothing. One thread at a time.
#pragma once
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace awaitd::server {

class Environment {
 public:
  // From the project's folder upwards; the nearest one that says something holds.
  void look_in(const std::filesystem::path& folder, const nlohmann::json& pyproject);
  // Its site-packages, and the folders that path files (.pth) in there add, but for what lies in the project itself.
  // interpreter: of the settings, or empty. An interpreter or an environment's folder; "${workspaceFolder}" and
  // relative paths count from each folder looked in.
  std::vector<std::string> sites(const std::string& interpreter) const;

 private:
  std::vector<std::filesystem::path> folders_;  // looked in
  std::filesystem::path told_, local_;          // environments, by who names them
};

// True for a file of an installed package of these: nobody wants to know what is wrong with it.
bool is_installed(const std::filesystem::path& file, const std::vector<std::string>& sites);

}  // namespace awaitd::server
