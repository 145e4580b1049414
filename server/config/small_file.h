// The text of a configuration file somewhere in a project, which may be of any size or gone the next moment. Reads the
// disk; safe on any thread, never throws.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace awaitd::server {

// Nothing if there is no such file, or it is larger than `most` bytes.
std::optional<std::string> small_file(const std::filesystem::path& path, std::uintmax_t most = 1u << 20);

}  // namespace awaitd::server
