// Which files of a project call something by its name: what is written like a class, `Name(`, with the files that
// inherit from it, for where its objects may be made; of other names also who hands them on, `run(name, x)`, for who
// may call a function. Every file is read once, when the first name is asked for, and again when it changed.
// Thread-safe; asking may read files, and who tells of a change never waits for that.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "analysis/facts/facts.h"

namespace awaitd::analysis {

class CalledNames {
 public:
  using Read = std::function<std::optional<std::string>(const std::string& path)>;
  using List = std::function<std::vector<std::string>()>;  // of a project's files
  CalledNames(List list, Read read) : list_(std::move(list)), read_(std::move(read)) {}

  // The files that may call something of that name, sorted, test code left out, and now and then one that did so
  // before; nothing if they are too many to look at, or the project is too large.
  std::optional<std::vector<std::string>> files(std::string_view name);
  // These names are called in a file now: mention_hash(). What it called before may be left out.
  void changed(const std::string& path, const std::vector<std::uint32_t>& names);
  // A file is another one on disk.
  void stale(const std::string& path);
  // Files came or went.
  void forget();

 private:
  struct Index {
    std::vector<std::string> paths;
    // By mention_hash(): numbers of paths, at most one more than are looked at.
    std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> callers;
    void add(std::uint32_t file, const std::vector<std::uint32_t>& names);
    void add(const std::string& path, const std::vector<std::uint32_t>& names);
  };
  std::optional<Index> read_all() const;
  void refresh();
  const List list_;
  const Read read_;
  std::mutex reading_;  // one reads, the others wait for it
  std::mutex mutex_;    // of what follows
  bool listed_ = false;
  unsigned changes_ = 0;
  std::optional<Index> index_;  // nothing: the project is too large
  std::set<std::string> stale_;
  std::map<std::string, std::vector<std::uint32_t>> told_;  // by path: what is said of texts that are not on disk
};

// The names a text calls, inherits from or hands on, as above: mention_hash(), sorted.
std::vector<std::uint32_t> called_names(std::string_view text);
// The same of one unit, but for classes: ModuleIndex knows where they are made.
void add_called_names(const Facts& facts, std::vector<std::uint32_t>& names);

}  // namespace awaitd::analysis
