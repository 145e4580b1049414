// A project in memory for tests: files by path below "/p", analysed like open documents. Test code only.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "analysis/engine.h"
#include "analysis/project/packages.h"
#include "analysis/project/project.h"

namespace awaitd::testing {

class MemoryFiles : public analysis::Files {
 public:
  std::map<std::string, std::string> texts;
  std::vector<std::string> read_paths;  // in order, with repeats

  std::optional<std::string> read(const std::string& path) override;
  Kind kind(const std::string& path) override;
  std::vector<std::string> below(const std::string& folder) override;
  std::vector<std::string> holding(const std::string& folder, std::string_view name) override;
  std::vector<Source> sources(const std::string& path) override;
};

class MemoryProject {
 public:
  // Paths are relative to the root "/p". roots: relative folders, "" for the root itself.
  explicit MemoryProject(std::map<std::string, std::string> files, std::vector<std::string> roots = {"src", ""});

  analysis::AnalysisPtr analyse(const std::string& path);
  // Types into an open document and analyses it, telling the project.
  analysis::AnalysisPtr edit(const std::string& path, const std::string& text);
  // From now on installed packages are followed. Paths are relative to the folder "/site".
  void install(std::map<std::string, std::string> files, analysis::PackageBudget budget = {});
  // Every `# error:` comment of every file has its finding and the other way round; the differences as text. Nor does
  // it matter what was typed into some of the files before the others are looked at again.
  std::string mismatches();

  std::shared_ptr<MemoryFiles> files;
  std::shared_ptr<analysis::Project> project;
  std::shared_ptr<analysis::Packages> packages;
  std::shared_ptr<analysis::Options> options;

 private:
  std::string unexpected();
  std::string drift();
  std::string told(const std::string& path);

  const std::vector<std::string> roots_;
  std::map<std::string, analysis::AnalysisPtr> latest_;
  analysis::Parser parser_;
};

// Fails the test that calls it unless these files, as a project, have no mismatches().
void expect(std::map<std::string, std::string> files);

}  // namespace awaitd::testing
