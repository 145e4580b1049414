// The dotted module name of a Python file, from the __init__.py files above it. Looks at the disk: a pool thread's
// work.
#pragma once
#include <filesystem>
#include <string>

namespace awaitd::server {

// "app.db.models" for src/app/db/models.py if app and app/db are packages; "models" if nothing is; "app" for its
// __init__.py.
std::string module_name(const std::filesystem::path& file);

}  // namespace awaitd::server
