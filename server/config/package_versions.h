// Which versions of packages a project has, as far as it says: installed in its environment, pinned in a lock file or
// in requirements, or at least asked for. Only of the packages that the tables of analysis ask for. Reads the disk;
// broken files say nothing. One thread at a time.
#pragma once
#include <filesystem>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace awaitd::server {

class PackageVersions {
 public:
  // The nearest folder that says something about a package holds.
  void look_in(const std::filesystem::path& folder, const nlohmann::json& pyproject);
  // What is installed counts before what anybody asks for. sites: folders with packages (Environment::sites).
  void take_installed(const std::vector<std::string>& sites);
  // The lines for Knowledge::with_user_lines.
  std::string lines() const;

 private:
  std::map<std::string, std::string, std::less<>> versions_;
};

}  // namespace awaitd::server
