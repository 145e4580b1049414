#include "server/config/small_file.h"

#include <fstream>
#include <sstream>

namespace awaitd::server {

namespace fs = std::filesystem;

std::optional<std::string> small_file(const fs::path& path, std::uintmax_t most) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return std::nullopt;
  const std::uintmax_t size = fs::file_size(path, error);
  if (error || size > most) return std::nullopt;
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace awaitd::server
