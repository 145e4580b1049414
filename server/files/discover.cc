#include "server/files/discover.h"

#include <algorithm>
#include <memory>
#include <system_error>

#include "server/files/files.h"
#include "server/files/ignore_list.h"

namespace awaitd::server {

namespace fs = std::filesystem;

namespace {

// Ruff's list, with what black leaves out besides.
constexpr std::string_view kDefaultExcludes[] = {".bzr",
                                                 ".direnv",
                                                 ".eggs",
                                                 ".git",
                                                 ".git-rewrite",
                                                 ".hg",
                                                 ".ipynb_checkpoints",
                                                 ".mypy_cache",
                                                 ".nox",
                                                 ".pants.d",
                                                 ".pyenv",
                                                 ".pytest_cache",
                                                 ".pytype",
                                                 ".ruff_cache",
                                                 ".svn",
                                                 ".tox",
                                                 ".venv",
                                                 ".vscode",
                                                 "__pycache__",
                                                 "__pypackages__",
                                                 "_build",
                                                 "buck-out",
                                                 "build",
                                                 "dist",
                                                 "node_modules",
                                                 "site-packages",
                                                 "venv"};

// The ignore lists that hold in a folder, innermost first.
struct Rules {
  std::shared_ptr<const Rules> outer;
  IgnoreList list;
  std::string folder;  // with a slash at the end
};
using RulesPtr = std::shared_ptr<const Rules>;

std::string with_slash(const fs::path& folder) {
  std::string text = folder.string();
  if (text.empty() || text.back() != '/') text += '/';
  return text;
}

RulesPtr with_list(RulesPtr outer, const fs::path& file, const fs::path& folder) {
  std::error_code error;
  if (!fs::is_regular_file(file, error)) return outer;
  IgnoreList list(DiskFiles().read(file).text);
  if (list.empty()) return outer;
  return std::make_shared<const Rules>(Rules{std::move(outer), std::move(list), with_slash(folder)});
}

bool ignored(const Rules* rules, const std::string& path, bool is_folder) {
  for (; rules != nullptr; rules = rules->outer.get()) {
    if (path.compare(0, rules->folder.size(), rules->folder) != 0) continue;
    const auto verdict = rules->list.match(std::string_view(path).substr(rules->folder.size()), is_folder);
    if (verdict != IgnoreList::Verdict::silent) return verdict == IgnoreList::Verdict::ignored;
  }
  return false;
}

// The lists of the folders above, up to the repository's root. Without a repository they are nobody's business.
RulesPtr rules_above(const fs::path& folder) {
  std::vector<fs::path> above;
  std::error_code error;
  fs::path root = folder;
  for (; !fs::exists(root / ".git", error); root = root.parent_path()) {
    if (root == root.parent_path()) return nullptr;
    above.push_back(root.parent_path());
  }
  RulesPtr rules = with_list(nullptr, root / ".git" / "info" / "exclude", root);
  for (auto it = above.rbegin(); it != above.rend(); ++it) rules = with_list(rules, *it / ".gitignore", *it);
  return rules;
}

bool is_python(const fs::path& file) {
  const std::string name = file.filename().string();
  const auto ends = [&name](std::string_view end) {
    return name.size() > end.size() && name.compare(name.size() - end.size(), end.size(), end) == 0;
  };
  return ends(".py") || ends(".pyi");
}

class Walk {
 public:
  Walk(const DiscoverOptions& options, Discovered& found)
      : options_(options), found_(found), excludes_(exclude_lines(options)), base_(with_slash(options.base)) {}

  void start(const std::string& given) {
    const fs::path path = absolute(given);
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (status.type() == fs::file_type::not_found || status.type() == fs::file_type::none) {
      found_.problems.push_back(
          given + ": " + (status.type() == fs::file_type::not_found ? "no such file or folder" : error.message()));
      return;
    }
    if (options_.exclude_given && excluded_with_parents(path)) return;
    if (fs::is_directory(status)) {
      folders_.push_back({path, options_.gitignore ? rules_above(path) : nullptr});
      while (!folders_.empty()) {
        Folder next = std::move(folders_.back());
        folders_.pop_back();
        enter(next);
      }
    } else {
      take(path);
    }
  }

 private:
  struct Folder {
    fs::path path;
    RulesPtr rules;
  };

  static std::string exclude_lines(const DiscoverOptions& options) {
    std::string lines;
    if (options.default_excludes) {
      for (const std::string_view name : kDefaultExcludes) lines += std::string(name) + "\n";
    }
    const std::string base = with_slash(options.base);
    for (const std::string& exclude : options.excludes) {
      const bool inside = exclude.compare(0, base.size(), base) == 0;
      lines += (inside ? exclude.substr(base.size() - 1) : exclude) + "\n";
    }
    return lines;
  }

  fs::path absolute(const std::string& given) const {
    fs::path path = (options_.base / given).lexically_normal();
    if (!path.has_filename() && path.has_parent_path() && path != path.root_path()) path = path.parent_path();
    return path;
  }

  bool excluded(const std::string& path, bool is_folder) const {
    const bool below = path.compare(0, base_.size(), base_) == 0;
    const std::string_view relative = std::string_view(path).substr(below ? base_.size() : 1);
    return excludes_.match(relative, is_folder) == IgnoreList::Verdict::ignored;
  }

  bool excluded_with_parents(const fs::path& path) const {
    std::error_code error;
    bool is_folder = fs::is_directory(path, error);
    for (fs::path at = path; at.has_relative_path() && at != options_.base; at = at.parent_path(), is_folder = true) {
      if (excluded(at.string(), is_folder)) return true;
    }
    return false;
  }

  void take(const fs::path& path) { found_.files.push_back({path, shown_path(path, options_.base)}); }

  void enter(const Folder& folder) {
    const RulesPtr rules =
        options_.gitignore ? with_list(folder.rules, folder.path / ".gitignore", folder.path) : nullptr;
    std::error_code error;
    fs::directory_iterator entries(folder.path, error);
    for (; !error && entries != fs::directory_iterator(); entries.increment(error)) look_at(*entries, rules);
    if (error) found_.problems.push_back(shown_path(folder.path, options_.base) + ": " + error.message());
  }

  void look_at(const fs::directory_entry& entry, const RulesPtr& rules) {
    std::error_code error;
    const fs::file_type kind = entry.symlink_status(error).type();
    const bool is_folder = kind == fs::file_type::directory;
    if (!is_folder && !is_python(entry.path())) return;
    if (!is_folder && !entry.is_regular_file(error)) return;  // through a link; not a link to a folder, not a pipe
    const std::string path = entry.path().string();
    if (excluded(path, is_folder) || ignored(rules.get(), path, is_folder)) return;
    if (is_folder) {
      folders_.push_back({entry.path(), rules});
    } else {
      take(entry.path());
    }
  }

  const DiscoverOptions& options_;
  Discovered& found_;
  IgnoreList excludes_;
  std::string base_;
  std::vector<Folder> folders_;
};

}  // namespace

std::span<const std::string_view> default_excludes() { return kDefaultExcludes; }

std::string shown_path(const fs::path& path, const fs::path& base) {
  const std::string text = path.string(), prefix = with_slash(base);
  if (text.size() > prefix.size() && text.compare(0, prefix.size(), prefix) == 0) return text.substr(prefix.size());
  return text;
}

Discovered discover(const std::vector<std::string>& paths, const DiscoverOptions& options) {
  Discovered found;
  Walk walk(options, found);
  for (const std::string& path : paths) walk.start(path);
  std::sort(found.files.begin(), found.files.end(), [](const auto& a, const auto& b) { return a.shown < b.shown; });
  found.files.erase(std::unique(found.files.begin(), found.files.end(),
                                [](const auto& a, const auto& b) { return a.path == b.path; }),
                    found.files.end());
  std::sort(found.problems.begin(), found.problems.end());
  return found;
}

}  // namespace awaitd::server
