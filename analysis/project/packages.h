// The installed packages of an environment, and a project with them behind it: a call that leads out of the project
// into code that no table knows can then be followed. Modules are read on demand and once; a package has a budget, so
// that none makes others wait. What the standard library has is never looked for here: there it comes first.
// Thread-safe; asking may read files.
#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/link/linker.h"
#include "analysis/project/files.h"
#include "analysis/project/project_texts.h"

namespace awaitd::analysis {

// Of one package: a top-level package or module, of a namespace each package in it. Its files count from the top of its
// folders downwards, by name, without its tests; those behind the end of the budget are as good as not there. So what
// is looked into depends on the package alone, not on who asks first.
struct PackageBudget {
  unsigned files = 200;
  std::size_t bytes = std::size_t{3} << 20;
  std::size_t file_bytes = std::size_t{512} << 10;  // larger ones are left out: they are tables
};

class Packages {
 public:
  // sites: the folders with packages (site-packages), in the order in which they are looked into.
  Packages(std::shared_ptr<Files> files, std::vector<std::string> sites, PackageBudget budget = {});

  // Null if no package has it, or its package's budget leaves it out. Cheap for names asked before.
  ModulePtr find(std::string_view dotted);
  // The file changed on disk; files came or went.
  void forget(const std::string& path);
  void files_changed();

  // Numbers for tests: files read and their bytes, files that a budget left out when somebody asked for them.
  struct Counters {
    unsigned loaded = 0, left_out = 0;
    std::size_t bytes = 0;
  };
  Counters counters() const;

 private:
  struct Place {
    std::string path;  // empty: there is none
    bool directory = false;
  };
  const Place& place_of(std::string_view dotted);
  bool within_budget(const std::string& site, const std::string& path);
  std::string unit_of(const std::string& site, const std::string& path);
  Files::Kind kind(const std::string& path);
  ModulePtr load(std::string_view dotted, const Place& place);

  const std::shared_ptr<Files> files_;
  const std::vector<std::string> sites_;
  const PackageBudget budget_;
  mutable std::mutex mutex_;
  std::map<std::string, Place, std::less<>> places_;  // by dotted name
  std::map<std::string, ModulePtr> modules_;          // by path
  std::map<std::string, Files::Kind> kinds_;
  std::map<std::string, std::set<std::string>> within_;  // by package: the files that its budget lets in
  Counters counters_;
};

// A project, and behind it installed packages.
class ProjectWithPackages : public ModuleSource, public ProjectTexts {
 public:
  // project is both of these, and never null.
  template <class Source>
  ProjectWithPackages(const std::shared_ptr<Source>& project, std::shared_ptr<Packages> packages)
      : project_(project), texts_(project), packages_(std::move(packages)) {}

  ModulePtr find(std::string_view dotted, const ModuleIndex& importer) override;
  Modules calling(std::string_view name) override { return project_->calling(name); }
  std::vector<SourceFile> holding(std::string_view name) override { return texts_->holding(name); }
  std::vector<SourceFile> beyond(std::string_view name, std::string_view top) override {
    return texts_->beyond(name, top);
  }
  std::optional<std::string> text(const std::string& path) override { return texts_->text(path); }
  bool changeable(const std::string& path) override { return texts_->changeable(path); }

 private:
  const std::shared_ptr<ModuleSource> project_;
  const std::shared_ptr<ProjectTexts> texts_;
  const std::shared_ptr<Packages> packages_;
};

}  // namespace awaitd::analysis
