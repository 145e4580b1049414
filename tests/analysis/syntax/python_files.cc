#include "tests/analysis/syntax/python_files.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace awaitd::analysis {

std::string standard_library() {
  FILE* pipe = popen("python3 -c \"import sysconfig; print(sysconfig.get_path('stdlib'), end='')\" 2>/dev/null", "r");
  if (!pipe) return "";
  char buffer[4096];
  const std::size_t size = std::fread(buffer, 1, sizeof buffer, pipe);
  return pclose(pipe) == 0 ? std::string(buffer, size) : "";
}

std::vector<std::string> python_files(const std::string& roots) {
  std::vector<std::string> files;
  std::istringstream list(roots);
  for (std::string root; std::getline(list, root, ':');) {
    std::error_code error;
    for (std::filesystem::recursive_directory_iterator it(root, error), end; !error && it != end; it.increment(error)) {
      if (it->path().extension() == ".py" && it->is_regular_file(error)) files.push_back(it->path().string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return std::move(out).str();
}

}  // namespace awaitd::analysis
