#include "server/config/pytest_config.h"

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "server/config/ini.h"
#include "server/config/small_file.h"

namespace awaitd::server {

namespace fs = std::filesystem;
using analysis::AsyncTests;
using nlohmann::json;

namespace {

// pytest-asyncio's and anyio's options, as values and on the command line.
bool is_mode(std::string_view key) { return key == "asyncio_mode" || key == "anyio_mode"; }
bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }
std::optional<AsyncTests> switched_on(std::string_view key, std::string_view value) {
  const bool by_asyncio =
      key == "asyncio_mode" ? value == "auto"
                            : key == "addopts" && (has(value, "asyncio-mode=auto") || has(value, "asyncio-mode auto"));
  if (by_asyncio) return AsyncTests::asyncio_mode;
  // -p names a plugin that may run them.
  const bool somebody = is_mode(key)         ? value == "auto"
                        : key == "trio_mode" ? value == "true" || value == "True" || value == "1"
                                             : key == "addopts" && (value == "-p" || has(value, "-p "));
  return somebody ? std::optional(AsyncTests::automatic) : std::nullopt;
}
// An option that says markers are needed.
bool wants_marks(std::string_view key, std::string_view value) { return is_mode(key) && value == "strict"; }

// A section of an INI file; nothing if it is not there.
std::optional<AsyncTests> in_section(std::string_view text, std::string_view section) {
  AsyncTests found = AsyncTests::unknown;
  const bool there = read_ini_section(text, section, [&](std::string_view key, std::string_view value) {
    if (const auto how = switched_on(key, value)) found = *how;
    if (wants_marks(key, value) && found == AsyncTests::unknown) found = AsyncTests::marked;
  });
  return there ? std::optional(found) : std::nullopt;
}

std::optional<AsyncTests> in_pyproject(const json& pyproject) {
  if (!pyproject.is_object() || !pyproject.contains("tool") || !pyproject["tool"].is_object()) return std::nullopt;
  const json& tool = pyproject["tool"];
  if (!tool.contains("pytest") || !tool["pytest"].is_object()) return std::nullopt;
  const json& pytest = tool["pytest"];
  const json& options =
      pytest.contains("ini_options") && pytest["ini_options"].is_object() ? pytest["ini_options"] : pytest;
  AsyncTests found = AsyncTests::unknown;
  for (const auto& [key, value] : options.items()) {
    if (value.is_boolean() && value.get<bool>()) {
      if (const auto how = switched_on(key, "true")) return how;
    }
    const json list = value.is_array() ? value : json::array({value});
    for (const json& one : list) {
      if (!one.is_string()) continue;
      if (const auto how = switched_on(key, one.get<std::string>())) return how;
      if (wants_marks(key, one.get<std::string>())) found = AsyncTests::marked;
    }
  }
  return found;
}

// A hook that touches the collected items most likely marks them; a plugin may run them.
bool marks_tests(const fs::path& folder) {
  const auto text = small_file(folder / "conftest.py");
  if (!text) return false;
  for (const char* sign : {"pytest_collection_modifyitems", "pytest_pyfunc_call", "pytest_pycollect_makeitem",
                           "pytest_plugins", "add_marker"}) {
    if (text->find(sign) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

std::optional<AsyncTests> async_tests_in(const fs::path& folder, const json& pyproject) {
  if (marks_tests(folder)) return AsyncTests::automatic;
  for (const char* name : {"pytest.ini", ".pytest.ini"}) {
    if (const auto text = small_file(folder / name)) return in_section(*text, "pytest").value_or(AsyncTests::unknown);
  }
  if (const auto found = in_pyproject(pyproject)) return found;
  if (const auto text = small_file(folder / "tox.ini")) {
    if (const auto found = in_section(*text, "pytest")) return found;
  }
  if (const auto text = small_file(folder / "setup.cfg")) return in_section(*text, "tool:pytest");
  return std::nullopt;
}

}  // namespace awaitd::server
