// Which files of a project call what is written like a class, `Name(`, or inherit from it: where a class's objects may
// be made. Every file is read once, when the first name is asked for, and again when it changed. Thread-safe; asking
// may read files, and who tells of a change never waits for that.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace awaitd::analysis {

class MadeNames {
 public:
  using Read = std::function<std::optional<std::string>(const std::string& path)>;
  using List = std::function<std::vector<std::string>()>;  // of a project's files
  MadeNames(List list, Read read) : list_(std::move(list)), read_(std::move(read)) {}

  // The files that may make objects of a class of that name, sorted, test code left out; nothing if they are too many
  // to look at, or the project is too large.
  std::optional<std::vector<std::string>> files(std::string_view name);
  // A file has changed: these names are called in it now.
  void changed(const std::string& path, std::vector<std::uint32_t> names);
  // Files came or went.
  void forget();

 private:
  using Names = std::map<std::string, std::vector<std::uint32_t>>;  // by path: mention_hash(), sorted
  std::optional<Names> read_all() const;
  const List list_;
  const Read read_;
  std::mutex reading_;  // one reads, the others wait for it
  std::mutex mutex_;    // of what follows
  bool listed_ = false;
  unsigned changes_ = 0;
  std::optional<Names> names_;  // nothing: the project is too large
};

// The names a text calls, or inherits from, that are written like a class's: mention_hash(), sorted.
std::vector<std::uint32_t> made_names(std::string_view text);

}  // namespace awaitd::analysis
