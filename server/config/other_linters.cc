#include "server/config/other_linters.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "analysis/knowledge/linters.h"
#include "server/config/ini.h"
#include "server/config/small_file.h"

namespace awaitd::server {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr std::string_view kPlugin = "flake8-async";

// Appends the codes of a list, or of text that separates them by commas or space.
void add_codes(const json& value, std::vector<std::string>& out) {
  if (value.is_array()) {
    for (const json& item : value) add_codes(item, out);
  } else if (value.is_string()) {
    std::string codes = value.get<std::string>();
    std::replace(codes.begin(), codes.end(), ',', ' ');
    std::istringstream words(codes);
    for (std::string word; words >> word;) out.push_back(word);
  }
}

std::string_view letters(std::string_view code) { return code.substr(0, code.find_first_of("0123456789")); }

std::size_t longest(const std::vector<std::string>& prefixes, std::string_view code, bool families) {
  constexpr std::string_view kFamilyOfFamilies = "PL";
  std::size_t most = 0;  // one more than the length
  for (const std::string& prefix : prefixes) {
    if (prefix == "ALL") most = std::max<std::size_t>(most, 1);
    const bool fits = !families || letters(prefix) == letters(code) || prefix == kFamilyOfFamilies;
    if (fits && code.starts_with(prefix)) most = std::max(most, prefix.size() + 1);
  }
  return most;
}

bool is_on(std::string_view key) {
  return key == "select" || key == "extend-select" || key == "enable" || key == "extend-enable" ||
         key == "extend_select" || key == "extend_enable";
}
bool is_off(std::string_view key) {
  return key == "ignore" || key == "extend-ignore" || key == "extend_ignore" || key == "disable";
}

void add_option(RuleChoice& choice, std::string_view key, const json& value) {
  if (is_on(key)) add_codes(value, choice.on);
  if (is_off(key)) add_codes(value, choice.off);
}

}  // namespace

bool RuleChoice::chooses(std::string_view code) const {
  return longest(on, code, families) > longest(off, code, families);
}

void OtherLinters::take_ruff(const json& ruff) {
  ruff_.emplace().families = true;
  for (const json* table : {&ruff, ruff.contains("lint") ? &ruff["lint"] : nullptr}) {
    if (table == nullptr || !table->is_object()) continue;
    for (const auto& [key, value] : table->items()) {
      add_option(*ruff_, key, value);
      if (key == "preview" && value.is_boolean()) ruff_preview_ = value.get<bool>();
    }
  }
}

void OtherLinters::look_for_flake8(const fs::path& folder, const json& pyproject) {
  if (flake8_) return;
  RuleChoice choice;
  choice.on.push_back("ASYNC");
  bool named = false;
  for (const char* name : {".pre-commit-config.yaml", "requirements-dev.txt", "requirements.txt", "pyproject.toml",
                           ".flake8", "setup.cfg", "tox.ini"}) {
    const std::string text = small_file(folder / name).value_or(std::string());
    named |= text.find(kPlugin) != std::string::npos;
    read_ini_section(text, "flake8", [&](std::string_view key, std::string_view value) {
      add_option(choice, key, std::string(value));
    });
  }
  if (pyproject.is_object() && pyproject.contains("tool") && pyproject["tool"].is_object() &&
      pyproject["tool"].contains("flake8") && pyproject["tool"]["flake8"].is_object()) {
    for (const auto& [key, value] : pyproject["tool"]["flake8"].items()) add_option(choice, key, value);
  }
  if (named) flake8_ = std::move(choice);
}

std::set<std::string, std::less<>> OtherLinters::reported() const {
  std::set<std::string, std::less<>> codes;
  const auto add = [&](const std::optional<RuleChoice>& choice, std::string_view linter, std::size_t least) {
    if (!choice) return;
    for (std::string_view code : analysis::codes_of_linter(linter)) {
      if (choice->chooses(code) && longest(choice->on, code, choice->families) >= least) codes.emplace(code);
    }
  };
  add(ruff_, "ruff", 0);
  if (ruff_preview_) add(ruff_, "ruff-preview", 0);
  add(flake8_, kPlugin, 0);
  // Off by default: somebody must have asked for more than the whole plugin.
  add(flake8_, "flake8-async-off", std::string_view("ASYNC9").size() + 1);
  return codes;
}

}  // namespace awaitd::server
