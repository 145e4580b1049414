// Where the project layer's files come from: the server's disk and open documents, a map in tests. Paths use '/'.
// Implementations are thread-safe and may be slow.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace awaitd::analysis {

class Files {
 public:
  enum class Kind : std::uint8_t { none, file, directory };
  virtual ~Files() = default;
  virtual std::optional<std::string> read(const std::string& path) = 0;
  virtual Kind kind(const std::string& path) = 0;
  // The Python files below a folder, and those of them whose text holds a name as a whole word.
  virtual std::vector<std::string> below(const std::string&) { return {}; }
  virtual std::vector<std::string> holding(const std::string&, std::string_view) { return {}; }
  // False for a file that nobody may write.
  virtual bool changeable(const std::string&) { return true; }
  // The Python files of an installed package, whatever is ignored where it lies, in any order: below a folder, or the
  // one file.
  struct Source {
    std::string path;
    std::size_t bytes = 0;
  };
  virtual std::vector<Source> sources(const std::string&) { return {}; }
};

}  // namespace awaitd::analysis
