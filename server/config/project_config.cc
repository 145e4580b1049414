#include "server/config/project_config.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "server/config/environment.h"
#include "server/config/other_linters.h"
#include "server/config/package_versions.h"
#include "server/config/pytest_config.h"
#include "server/config/toml_json.h"

namespace awaitd::server {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr std::uintmax_t kMaxFile = 4u << 20;

// A parsed TOML file; null if there is none or it is broken (then a problem says so, or a notice if the file has
// nothing for awaitd: other people's pyproject.toml may be a template).
json read_toml(const fs::path& path, std::vector<std::string>& problems, std::vector<std::string>* notices = nullptr) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return {};
  if (fs::file_size(path, error) > kMaxFile) {
    problems.push_back(path.string() + ": larger than 4 MB, not read");
    return {};
  }
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  std::string problem;
  json value = toml_to_json(text.str(), problem);
  const bool ours = notices == nullptr || text.str().find("tool.awaitd") != std::string::npos;
  if (!problem.empty()) (ours ? problems : *notices).push_back(path.string() + ": " + problem);
  return value;
}

const json& at(const json& value, std::initializer_list<const char*> keys) {
  static const json none;
  const json* here = &value;
  for (const char* key : keys) {
    if (!here->is_object() || !here->contains(key)) return none;
    here = &(*here)[key];
  }
  return *here;
}

// Ruff's `external`: codes that are somebody else's, so that its RUF100 leaves `# noqa: AWD101` alone.
bool lists_our_codes(const json& ruff) {
  for (const json* list : {&at(ruff, {"lint", "external"}), &at(ruff, {"external"})}) {
    if (!list->is_array()) continue;
    for (const json& item : *list) {
      if (item.is_string() && item.get<std::string>().rfind("AWD", 0) == 0) return true;
    }
  }
  return false;
}

struct Search {
  Settings settings;
  fs::path source;
  std::optional<analysis::PythonVersion> requires_python;
  std::optional<analysis::AsyncTests> async_tests;
  OtherLinters linters;
  PackageVersions versions;
  Environment environment;
  bool have_ruff = false;
  bool noqa = false;
  std::vector<std::string> problems, notices;

  void look_in(const fs::path& folder) {
    const json pyproject = read_toml(folder / "pyproject.toml", problems, &notices);
    if (source.empty()) {
      const json own = read_toml(folder / "awaitd.toml", problems);
      const json& table = at(pyproject, {"tool", "awaitd"});
      if (own.is_object()) {
        source = folder / "awaitd.toml";
        settings = read_settings(own, source.string(), UnknownKeys::report, problems);
      } else if (!table.is_null()) {
        source = folder / "pyproject.toml";
        settings = read_settings(table, source.string() + " [tool.awaitd]", UnknownKeys::report, problems);
      }
    }
    const json& required = at(pyproject, {"project", "requires-python"});
    if (!requires_python && required.is_string()) requires_python = lowest_python(required.get<std::string>());
    look_for_ruff(folder, pyproject);
    linters.look_for_flake8(folder, pyproject);
    look_for_tests(folder, pyproject);
    versions.look_in(folder, pyproject);
    environment.look_in(folder, pyproject);
  }

  // A file that was named, whatever it is called.
  void take(const fs::path& file) {
    const json toml = read_toml(file, problems);
    if (!toml.is_object()) return;
    const bool shared = file.filename() == "pyproject.toml" || toml.contains("tool");
    source = file;
    settings = shared ? read_settings(at(toml, {"tool", "awaitd"}), file.string() + " [tool.awaitd]",
                                      UnknownKeys::report, problems)
                      : read_settings(toml, file.string(), UnknownKeys::report, problems);
    const json& required = at(toml, {"project", "requires-python"});
    if (required.is_string()) requires_python = lowest_python(required.get<std::string>());
    look_for_ruff(file.parent_path(), toml);
    environment.look_in(file.parent_path(), toml);
  }

  // The nearest configuration holds; a conftest.py further up still marks the tests below it.
  void look_for_tests(const fs::path& folder, const json& pyproject) {
    const auto found = async_tests_in(folder, pyproject);
    const auto wins = [](analysis::AsyncTests how) {
      return how == analysis::AsyncTests::automatic || how == analysis::AsyncTests::asyncio_mode;
    };
    if (found && (!async_tests || wins(*found))) async_tests = found;
  }

  void take_ruff(const json& ruff) {
    have_ruff = true;
    noqa = lists_our_codes(ruff);
    linters.take_ruff(ruff);
  }

  void look_for_ruff(const fs::path& folder, const json& pyproject) {
    if (have_ruff) return;
    std::vector<std::string> ignored;  // broken Ruff files are Ruff's to complain about
    for (const char* name : {".ruff.toml", "ruff.toml"}) {
      const json ruff = read_toml(folder / name, ignored);
      if (!ruff.is_object()) continue;
      return take_ruff(ruff);
    }
    const json& ruff = at(pyproject, {"tool", "ruff"});
    if (ruff.is_object()) take_ruff(ruff);
  }
};

Config to_config(Search search, const Settings& overrides) {
  Settings settings = merged(search.settings, overrides);
  std::vector<std::string> sites = search.environment.sites(settings.interpreter.value_or(std::string()));
  search.versions.take_installed(sites);
  if (!settings.target_python) settings.target_python = search.requires_python;
  Config config;
  config.problems = std::move(search.problems);
  config.notices = std::move(search.notices);
  // Each source answers for its own selectors, and is named if it is a file.
  std::vector<std::string> in_file, merged_ones;
  to_options(search.settings, in_file);
  for (const std::string& problem : in_file) config.problems.push_back(search.source.string() + ": " + problem);
  to_options(overrides, config.problems);
  auto options = std::make_shared<analysis::Options>(to_options(settings, merged_ones));
  options->noqa_for_silence = search.noqa;
  const std::string versions = search.versions.lines();
  const std::vector<std::string> blocking = settings.blocking.value_or(std::vector<std::string>());
  if (!blocking.empty() || !versions.empty()) options->knowledge = knowledge_with(blocking, versions);
  if (settings.defer.value_or(false)) options->elsewhere = search.linters.reported();
  options->async_tests = search.async_tests.value_or(analysis::AsyncTests::unknown);
  config.options = std::move(options);
  config.sites = std::move(sites);
  config.follow_packages = settings.follow_packages.value_or(false);
  config.log_level = settings.log_level;
  config.source = search.source;
  return config;
}

}  // namespace

Config load_config(const fs::path& file, const Settings& overrides) {
  Search search;
  std::error_code error;
  fs::path folder = fs::absolute(file, error).lexically_normal();
  if (!fs::is_directory(folder, error)) folder = folder.parent_path();
  for (; !folder.empty(); folder = folder.parent_path()) {
    search.look_in(folder);
    if (folder == folder.parent_path() || fs::exists(folder / ".git", error)) break;
  }
  return to_config(std::move(search), overrides);
}

Config load_config_file(const fs::path& file, const Settings& overrides) {
  Search search;
  std::error_code error;
  if (fs::is_regular_file(file, error)) {
    search.take(file);
  } else {
    search.problems.push_back(file.string() + ": no such file");
  }
  return to_config(std::move(search), overrides);
}

}  // namespace awaitd::server
