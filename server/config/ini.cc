#include "server/config/ini.h"

#include <string>

namespace awaitd::server {
namespace {

std::string_view trimmed(std::string_view s) {
  const auto space = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!s.empty() && space(s.front())) s.remove_prefix(1);
  while (!s.empty() && space(s.back())) s.remove_suffix(1);
  return s;
}

}  // namespace

bool read_ini_section(std::string_view text, std::string_view section,
                      const std::function<void(std::string_view key, std::string_view value)>& option) {
  bool inside = false, found = false;
  std::string_view key;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const bool continued = line.starts_with(' ') || line.starts_with('\t');
    line = trimmed(line);
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[') {
      inside = line.substr(1, line.find(']') - 1) == section;
      found |= inside;
      key = {};
      continue;
    }
    if (!inside) continue;
    std::string_view value = line;
    if (!continued) {
      const std::size_t equals = line.find_first_of("=:");
      if (equals == std::string_view::npos) continue;
      key = trimmed(line.substr(0, equals));
      value = trimmed(line.substr(equals + 1));
    }
    option(key, value);
  }
  return found;
}

}  // namespace awaitd::server
