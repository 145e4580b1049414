#include "analysis/project/lookup.h"

namespace awaitd::analysis {

std::string module_file(const std::string& folder, std::string_view dotted,
                        const std::function<Files::Kind(const std::string&)>& kind) {
  std::string base = folder;
  while (!dotted.empty()) {
    const std::size_t dot = dotted.find('.');
    base += "/" + std::string(dotted.substr(0, dot));
    dotted = dot == std::string_view::npos ? std::string_view() : dotted.substr(dot + 1);
    if (!dotted.empty() && kind(base) != Files::Kind::directory) return {};
  }
  const bool directory = kind(base) == Files::Kind::directory;
  for (const char* init : {"/__init__.py", "/__init__.pyi"}) {
    if (directory && kind(base + init) == Files::Kind::file) return base + init;
  }
  for (const char* ending : {".py", ".pyi"}) {
    if (kind(base + ending) == Files::Kind::file) return base + ending;
  }
  return directory ? base : std::string();
}

}  // namespace awaitd::analysis
