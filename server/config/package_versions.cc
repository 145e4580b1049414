#include "server/config/package_versions.h"

#include <cctype>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "analysis/knowledge/timeouts.h"
#include "server/config/small_file.h"

namespace awaitd::server {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr std::uintmax_t kMaxLockFile = 16u << 20;  // large projects have large ones

// "redis_py" and "Redis.Py" are "redis-py".
std::string normal(std::string_view name) {
  std::string out;
  for (char c : name)
    out += c == '_' || c == '.' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

std::string_view version_at(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) != 0 || text[end] == '.')) ++end;
  return text.substr(0, end);
}

// redis-8.1.0.dist-info
std::string installed(const fs::path& site, std::string_view package) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(site, error)) {
    const std::string name = entry.path().filename().string();
    const std::size_t dash = name.find('-');
    if (dash == std::string::npos || !name.ends_with(".dist-info") || normal(name.substr(0, dash)) != package) continue;
    return name.substr(dash + 1, name.size() - dash - 1 - std::string_view(".dist-info").size());
  }
  return {};
}

// [[package]] name = "redis", version = "8.1.0" of uv.lock, poetry.lock, pdm.lock.
std::string locked(const fs::path& folder, std::string_view package) {
  for (const char* file : {"uv.lock", "poetry.lock", "pdm.lock"}) {
    const std::string text = small_file(folder / file, kMaxLockFile).value_or(std::string());
    const std::size_t name = text.find("\nname = \"" + std::string(package) + "\"");
    if (name == std::string::npos) continue;
    const std::size_t version = text.find("\nversion = \"", name), next = text.find("\n[[", name);
    if (version != std::string::npos && version < next)
      return std::string(
          version_at(std::string_view(text).substr(version + std::string_view("\nversion = \"").size())));
  }
  return {};
}

// "redis[hiredis]>=8.0,<9 ; python_version > '3'": the lowest version that it lets in.
std::string lowest(std::string_view requirement, std::string_view package) {
  std::size_t end = 0;
  while (end < requirement.size() && (std::isalnum(static_cast<unsigned char>(requirement[end])) != 0 ||
                                      std::string_view("-_.").find(requirement[end]) != std::string_view::npos))
    ++end;
  if (normal(requirement.substr(0, end)) != package) return {};
  requirement = requirement.substr(0, requirement.find(';'));
  for (std::string_view sign : {"===", "==", "~=", ">="}) {
    const std::size_t at = requirement.find(sign, end);
    if (at == std::string_view::npos) continue;
    const std::size_t number = requirement.find_first_not_of(" \t", at + sign.size());
    return number == std::string_view::npos ? std::string() : std::string(version_at(requirement.substr(number)));
  }
  return {};
}

std::string required(const fs::path& folder, std::string_view package) {
  std::error_code error;
  for (const char* file : {"requirements.txt", "requirements.lock", "requirements/base.txt", "requirements/prod.txt"}) {
    std::istringstream lines(small_file(folder / file, kMaxLockFile).value_or(std::string()));
    for (std::string line; std::getline(lines, line);) {
      if (std::string version = lowest(line, package); !version.empty()) return version;
    }
  }
  return {};
}

std::string asked_for(const json& pyproject, std::string_view package) {
  if (!pyproject.is_object()) return {};
  const json project = pyproject.value("project", json::object());
  std::vector<json> lists;
  if (project.is_object()) lists.push_back(project.value("dependencies", json::array()));
  if (project.is_object() && project.contains("optional-dependencies") &&
      project["optional-dependencies"].is_object()) {
    for (const auto& [name, list] : project["optional-dependencies"].items()) lists.push_back(list);
  }
  for (const json& list : lists) {
    if (!list.is_array()) continue;
    for (const json& one : list) {
      std::string version = one.is_string() ? lowest(one.get<std::string>(), package) : std::string();
      if (!version.empty()) return version;
    }
  }
  const json::json_pointer poetry("/tool/poetry/dependencies/" + std::string(package));
  if (!pyproject.contains(poetry)) return {};
  const json& entry = pyproject[poetry];
  const json& text = entry.is_object() && entry.contains("version") ? entry["version"] : entry;
  if (!text.is_string()) return {};
  std::string_view said = text.get_ref<const std::string&>();
  said.remove_prefix(std::min(said.find_first_of("0123456789"), said.size()));
  return text.get_ref<const std::string&>().starts_with('<') ? std::string() : std::string(version_at(said));
}

}  // namespace

void PackageVersions::look_in(const fs::path& folder, const json& pyproject) {
  for (std::string_view package : analysis::packages_with_versions()) {
    if (versions_.find(package) != versions_.end()) continue;
    std::string version = locked(folder, package);
    if (version.empty()) version = required(folder, package);
    if (version.empty()) version = asked_for(pyproject, package);
    if (!version.empty()) versions_.emplace(package, std::move(version));
  }
}

void PackageVersions::take_installed(const std::vector<std::string>& sites) {
  for (std::string_view package : analysis::packages_with_versions()) {
    for (const std::string& site : sites) {
      std::string version = installed(site, package);
      if (version.empty()) continue;
      versions_.insert_or_assign(std::string(package), std::move(version));
      break;
    }
  }
}

std::string PackageVersions::lines() const {
  std::string out;
  for (const auto& [package, version] : versions_)
    out.append("versions\t").append(package).append("\t").append(version).append("\n");
  return out;
}

}  // namespace awaitd::server
