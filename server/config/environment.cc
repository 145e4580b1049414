#include "server/config/environment.h"

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "server/config/small_file.h"

namespace awaitd::server {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

bool is_below(const fs::path& path, const fs::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first == folder.end();
}

std::vector<fs::path> sorted_entries(const fs::path& folder) {
  std::vector<fs::path> out;
  std::error_code error;
  for (fs::directory_iterator at(folder, error); !error && at != fs::directory_iterator(); at.increment(error))
    out.push_back(at->path());
  std::sort(out.begin(), out.end());
  return out;
}

// The folders with packages of an environment, or of a whole installation.
std::vector<fs::path> sites_of(const fs::path& environment) {
  std::error_code error;
  std::vector<fs::path> found;
  if (fs::is_directory(environment / "Lib" / "site-packages", error)) {
    found.push_back(environment / "Lib" / "site-packages");
  }
  std::vector<fs::path> pythons = sorted_entries(environment / "lib");
  for (auto python = pythons.rbegin(); python != pythons.rend(); ++python) {
    if (!python->filename().string().starts_with("python")) continue;
    for (const char* name : {"site-packages", "dist-packages"}) {
      if (fs::is_directory(*python / name, error)) found.push_back(*python / name);
    }
  }
  return found;
}

// An environment by its folder or its interpreter, whose link is not followed: it leads to the one that made it. Empty
// if it is neither.
fs::path environment_at(fs::path path) {
  path = path.lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  std::error_code error;
  if (fs::is_directory(path, error)) return sites_of(path).empty() ? fs::path() : path;
  const fs::path above = path.parent_path().parent_path();
  return fs::exists(fs::symlink_status(path, error)) && !sites_of(above).empty() ? above : fs::path();
}

fs::path expanded(std::string text, const fs::path& folder) {
  for (const char* variable : {"${workspaceFolder}", "${workspaceRoot}"}) {
    if (text.starts_with(variable)) text.replace(0, std::string_view(variable).size(), folder.string());
  }
  const char* home = std::getenv("HOME");
  if (home != nullptr && text.starts_with("~/")) text.replace(0, 1, home);
  return folder / text;
}

std::string text_at(const json& value, std::initializer_list<const char*> keys) {
  const json* here = &value;
  for (const char* key : keys) {
    if (!here->is_object() || !here->contains(key)) return {};
    here = &(*here)[key];
  }
  return here->is_string() ? here->get<std::string>() : std::string();
}

// venv = "env", venvPath = "."
fs::path told_to_pyright(const json& table, const fs::path& folder) {
  const std::string name = text_at(table, {"venv"}), path = text_at(table, {"venvPath"});
  return name.empty() ? fs::path() : environment_at(expanded(path, folder) / name);
}

fs::path told_to_tools(const fs::path& folder, const json& pyproject) {
  fs::path found;
  const json tools = pyproject.is_object() ? pyproject.value("tool", json::object()) : json::object();
  for (const char* tool : {"pyright", "basedpyright"}) {
    if (found.empty() && tools.is_object() && tools.contains(tool)) found = told_to_pyright(tools[tool], folder);
  }
  for (const std::string& path :
       {text_at(tools, {"ty", "environment", "python"}), text_at(tools, {"mypy", "python_executable"})}) {
    if (found.empty() && !path.empty()) found = environment_at(expanded(path, folder));
  }
  const fs::path own = folder / "pyrightconfig.json";
  if (!found.empty()) return found;
  const std::optional<std::string> text = small_file(own);
  return text ? told_to_pyright(json::parse(*text, nullptr, false, true), folder) : found;
}

}  // namespace

void Environment::look_in(const fs::path& folder, const json& pyproject) {
  folders_.push_back(folder);
  if (told_.empty()) told_ = told_to_tools(folder, pyproject);
  for (const char* name : {".venv", "venv"}) {
    if (local_.empty()) local_ = environment_at(folder / name);
  }
}

std::vector<std::string> Environment::sites(const std::string& interpreter) const {
  const char* active = std::getenv("VIRTUAL_ENV");
  fs::path environment;
  for (const fs::path& folder : folders_) {
    if (environment.empty() && !interpreter.empty()) environment = environment_at(expanded(interpreter, folder));
  }
  if (environment.empty()) environment = told_;
  if (environment.empty() && active != nullptr && *active != '\0') environment = environment_at(active);
  if (environment.empty()) environment = local_;
  std::vector<std::string> out;
  if (environment.empty()) return out;
  const std::vector<fs::path> packages = sites_of(environment);
  for (const fs::path& site : packages) out.push_back(site.string());
  const auto is_own = [&](const fs::path& path) {
    return std::any_of(folders_.begin(), folders_.end(),
                       [&](const fs::path& folder) { return is_below(path, folder); }) ||
           (!folders_.empty() && is_below(folders_.front(), path));
  };
  for (const fs::path& site : packages) {
    for (const fs::path& file : sorted_entries(site)) {
      if (file.extension() != ".pth") continue;
      std::istringstream in(small_file(file).value_or(std::string()));
      for (std::string line; std::getline(in, line);) {
        while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
        if (line.empty() || line.front() == '#' || line.starts_with("import")) continue;
        const fs::path added = (site / line).lexically_normal();
        std::error_code error;
        if (fs::is_directory(added, error) && !is_own(added)) out.push_back(added.string());
      }
    }
  }
  return out;
}

bool is_installed(const fs::path& file, const std::vector<std::string>& sites) {
  return std::any_of(sites.begin(), sites.end(), [&](const std::string& site) {
    return (site.ends_with("site-packages") || site.ends_with("dist-packages")) && is_below(file, site);
  });
}

}  // namespace awaitd::server
