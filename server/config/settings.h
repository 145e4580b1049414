// What a user may say about awaitd, in pyproject.toml, awaitd.toml or an editor's settings: the keys, their types, and
// how several sources become analysis options. Values; no I/O, no threads. Wrong settings give a sentence that names
// the key and what was expected, and are otherwise left out.
#pragma once
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/engine.h"
#include "server/base/log.h"

namespace awaitd::server {

struct Settings {  // absent: this source says nothing about it
  std::optional<std::vector<std::string>> select;
  std::optional<std::vector<std::string>> ignore;
  std::optional<std::vector<std::string>> extend_select;
  std::optional<analysis::PythonVersion> target_python;
  std::optional<bool> defer;  // overlap = "defer": what other linters report is left to them
  std::optional<bool> free_threaded;
  std::optional<std::vector<std::string>> blocking;  // "erp.load" or "erp.load -> erp.load_async"
  std::optional<bool> follow_packages;               // calls into installed packages that no table knows
  std::optional<std::string> interpreter;            // whose packages they are; a path
  std::optional<Level> log_level;
  // Of an editor alone:
  std::optional<bool> code_lens;
  std::optional<bool> inlay_hints;
  std::optional<bool> workspace_diagnostics;  // "diagnostic-mode": "workspace"
  bool operator==(const Settings&) const = default;

  bool wants_code_lens() const { return code_lens.value_or(false); }
  bool wants_inlay_hints() const { return inlay_hints.value_or(true); }
  bool wants_workspace() const { return workspace_diagnostics.value_or(false); }
  // True if nothing differs that matters to what is found.
  bool finds_the_same(const Settings& other) const {
    return select == other.select && ignore == other.ignore && extend_select == other.extend_select &&
           target_python == other.target_python && defer == other.defer && free_threaded == other.free_threaded &&
           blocking == other.blocking && follow_packages == other.follow_packages && interpreter == other.interpreter;
  }
};

// In a project's file unknown keys are reported, and so are those that only an editor can follow.
enum class UnknownKeys : bool { ignore, report };

// value: the object that holds the keys ("select", "target-python"...). null and [] stand for an empty object (Neovim
// sends an empty Lua table as []). where: "pyproject.toml [tool.awaitd]", for the problems.
Settings read_settings(const nlohmann::json& value, std::string_view where, UnknownKeys unknown,
                       std::vector<std::string>& problems);

// The interpreter that the settings of a Python extension name ("python.pythonPath", "python.defaultInterpreterPath");
// empty if they name none in particular. value: the section "python".
std::string interpreter_of(const nlohmann::json& value);

// The settings inside what an editor sends: {"settings": {...}}, {"awaitd": {...}} or the object itself.
Settings read_editor_settings(const nlohmann::json& value, std::string_view where, std::vector<std::string>& problems);

// over's keys win.
Settings merged(const Settings& base, const Settings& over);

// A selector is a code ("AWD101"), a prefix of codes ("AWD1"), a rule's name ("blocking-sleep") or "ALL".
bool selects(std::string_view selector, const analysis::Rule& rule);

// The built-in tables and the calls of the setting `blocking`.
std::shared_ptr<const analysis::Knowledge> knowledge_with(const std::vector<std::string>& blocking,
                                                          std::string lines = {});

// Knowledge and the Ruff switch are left at their defaults.
analysis::Options to_options(const Settings& settings, std::vector<std::string>& problems);

// "3.9", "py39" or ">=3.9,<4" -> the lowest version that is allowed; nothing if there is no lower bound.
std::optional<analysis::PythonVersion> lowest_python(std::string_view requirement);

}  // namespace awaitd::server
