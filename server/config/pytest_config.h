// What a project's pytest configuration says of async tests: pytest.ini, pyproject.toml, tox.ini and setup.cfg in the order
// in which pytest looks at them, and conftest.py files that mark tests themselves. Reads the disk; no state; thread-safe.
#pragma once
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "analysis/engine.h"

namespace awaitd::server {

// Of this folder alone; nothing if it configures nothing. pyproject: the folder's, already read; may be null.
std::optional<analysis::AsyncTests> async_tests_in(const std::filesystem::path& folder, const nlohmann::json& pyproject);

}  // namespace awaitd::server
