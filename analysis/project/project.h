// The modules of a project, loaded when a name leads into them: open documents as the server gives them, others through
// Files. Holds names, classes and bodies of what was reached; a file nobody reaches is never read.
// Thread-safe. Analysis does no I/O itself: Files is the server's (tests have one in memory).
#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "analysis/engine.h"
#include "analysis/link/linker.h"
#include "analysis/project/files.h"
#include "analysis/project/called_names.h"
#include "analysis/project/project_texts.h"

namespace awaitd::analysis {

class Project : public ModuleSource, public ProjectTexts {
 public:
  // roots: folders whose modules can be imported by their path: workspace folders and their src/.
  Project(std::shared_ptr<Files> files, std::vector<std::string> roots);

  // What a file is to importers: its dotted name by packages (__init__.py) and roots.
  SourceFile source_file(const std::string& path);

  ModulePtr find(std::string_view dotted, const ModuleIndex& importer) override;
  Modules calling(std::string_view name) override;
  // Loaded modules, open documents and, below the roots, what nobody has looked at yet.
  std::vector<SourceFile> holding(std::string_view name) override;
  // Those below the roots, and of them the ones that hold another name as well.
  std::vector<SourceFile> holding_both(std::string_view name, std::string_view other);
  std::optional<std::string> text(const std::string& path) override { return files_->read(path); }
  bool changeable(const std::string& path) override { return files_->changeable(path); }

  // An open document's module as it is now; true if another module can notice a difference from before.
  bool set_open(const ModulePtr& module);
  // The document was closed or the file changed on disk: read again when next asked for.
  void forget(const std::string& path);
  // A file came or went: what names lead to is looked up again.
  void files_changed();

  // Numbers for tests: files read, and modules that importers may see anew.
  struct Counters { unsigned loaded = 0, replaced = 0; };
  Counters counters() const;

 private:
  std::string path_of(std::string_view dotted, const std::string& beside);
  std::vector<std::string> nested_roots(const std::string& folder);
  Files::Kind kind(const std::string& path);
  ModulePtr load(const std::string& path);
  ModulePtr at(const std::string& path);
  std::vector<std::string> outer_roots() const;
  void remake(const ModulePtr& before, const ModulePtr& module);

  const std::shared_ptr<Files> files_;
  const std::vector<std::string> roots_;
  mutable std::mutex mutex_;
  std::map<std::string, ModulePtr> modules_;                             // by path
  std::map<std::pair<std::string, std::string>, std::string> paths_;     // (folder of a script or "", dotted) -> path, "" none
  std::map<std::string, Files::Kind> kinds_;
  std::set<std::string> open_;
  CalledNames called_names_;
  std::map<std::string, Modules, std::less<>> makers_;                   // by what they call
  unsigned remade_ = 0;                                                  // how often makers_ lost something
  Counters counters_;
};

}  // namespace awaitd::analysis
