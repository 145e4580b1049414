#include "tests/analysis/memory_project.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <random>

#include "analysis/rules/rule.h"
#include "tests/analysis/page.h"
#include "tests/analysis/text/random_edits.h"

namespace awaitd::testing {

using namespace analysis;

namespace {

// Where the words of a text are, and how long.
std::vector<std::pair<std::size_t, std::size_t>> words_of(const std::string& text) {
  std::vector<std::pair<std::size_t, std::size_t>> out;
  for (std::size_t i = 0, end = 0; i < text.size(); i = end + 1) {
    end = i;
    while (end < text.size() && (text[end] == '_' || std::isalnum(static_cast<unsigned char>(text[end])) != 0)) ++end;
    if (end > i) out.emplace_back(i, end - i);
  }
  return out;
}

}  // namespace

std::optional<std::string> MemoryFiles::read(const std::string& path) {
  read_paths.push_back(path);
  auto it = texts.find(path);
  if (it == texts.end()) return std::nullopt;
  return it->second;
}

Files::Kind MemoryFiles::kind(const std::string& path) {
  if (texts.count(path) != 0) return Kind::file;
  auto it = texts.lower_bound(path + "/");
  bool inside = it != texts.end() && it->first.compare(0, path.size() + 1, path + "/") == 0;
  return inside ? Kind::directory : Kind::none;
}

std::vector<std::string> MemoryFiles::below(const std::string& folder) {
  std::vector<std::string> found;
  for (const auto& entry : texts) {
    if (entry.first.rfind(folder + "/", 0) == 0 && entry.first.ends_with(".py")) found.push_back(entry.first);
  }
  return found;
}

std::vector<std::string> MemoryFiles::holding(const std::string& folder, std::string_view name) {
  std::vector<std::string> found;
  for (const auto& [path, text] : texts) {
    if (path.rfind(folder + "/", 0) == 0 && path.ends_with(".py") && text.find(name) != std::string::npos)
      found.push_back(path);
  }
  return found;
}

std::vector<Files::Source> MemoryFiles::sources(const std::string& path) {
  std::vector<Source> found;
  for (const auto& [name, text] : texts) {
    const bool python = name.ends_with(".py") || name.ends_with(".pyi");
    if (python && (name == path || name.starts_with(path + "/"))) found.push_back({name, text.size()});
  }
  return found;
}

MemoryProject::MemoryProject(std::map<std::string, std::string> texts, std::vector<std::string> roots)
    : files(std::make_shared<MemoryFiles>()), options(std::make_shared<Options>()), roots_(roots) {
  for (auto& [path, text] : texts) files->texts["/p/" + path] = std::move(text);
  for (std::string& root : roots) root = root.empty() ? "/p" : "/p/" + root;
  project = std::make_shared<Project>(files, roots);
  options->modules = project;
}

void MemoryProject::install(std::map<std::string, std::string> texts, PackageBudget budget) {
  for (auto& [path, text] : texts) files->texts["/site/" + path] = std::move(text);
  packages = std::make_shared<Packages>(files, std::vector<std::string>{"/site"}, budget);
  options->modules = std::make_shared<ProjectWithPackages>(project, packages);
}

AnalysisPtr MemoryProject::analyse(const std::string& path) {
  AnalysisPtr& latest = latest_[path];
  Document document = latest ? analysis::document(*latest) : Document(files->texts.at("/p/" + path));
  latest = analysis::analyse(document, project->source_file("/p/" + path), latest, options, parser_, {});
  return latest;
}

AnalysisPtr MemoryProject::edit(const std::string& path, const std::string& text) {
  AnalysisPtr& latest = latest_[path];
  Document document =
      latest ? analysis::document(*latest).edited(0, analysis::document(*latest).size(), text) : Document(text);
  latest = analysis::analyse(document, project->source_file("/p/" + path), latest, options, parser_, {});
  project->set_open(module_index(*latest));
  return latest;
}

std::string MemoryProject::mismatches() {
  std::string out = unexpected();
  return out.empty() && !packages ? drift() : out;
}

std::string MemoryProject::told(const std::string& path) {
  std::string out;
  const AnalysisPtr analysis = analyse(path);
  for (const Finding& f : findings(*analysis)) {
    out += describe(f, document(*analysis));
    // Places in other files are those of the version that was looked at: text that only moves concerns nobody.
    for (const Note& n : f.notes)
      out += " [" + (n.file.empty() ? std::to_string(n.range.start) : n.file) + " " + n.text + "]";
    out += "\n";
  }
  return out;
}

// Words of the project in each other's places, in one file after the other: what the files say of each other's changes
// is what a project says that sees them for the first time.
std::string MemoryProject::drift() {
  constexpr int kSteps = 12;
  const std::uint32_t seed = random_seed();
  std::mt19937 random(seed);
  const auto pick = [&](const auto& all) { return all[random() % all.size()]; };
  std::map<std::string, std::string> disk, open;
  std::vector<std::string> paths, words;
  for (const auto& [full, text] : files->texts) {
    disk[full.substr(3)] = text;
    if (full.ends_with(".py")) paths.push_back(full.substr(3));
    for (const auto& [at, length] : words_of(text)) words.push_back(text.substr(at, length));
  }
  std::string out, history = "AWAITD_SEED=" + std::to_string(seed) + "\n";
  for (int step = 0; step < kSteps && out.empty(); ++step) {
    const std::string path = pick(paths);
    history += path + ": ";
    std::string text = step % 3 == 2 || open.count(path) == 0 ? disk[path] : open[path];
    const auto places = words_of(text);
    if (step % 3 != 2 && !places.empty()) {
      const auto [at, length] = pick(places);
      const std::string word = pick(words);
      history += text.substr(at, length) + " at " + std::to_string(at) + " becomes " + word;
      text.replace(at, length, word);
    }
    history += "\n";
    open[path] = text;
    edit(path, text);
    MemoryProject fresh(disk, roots_);
    for (const auto& [name, now] : open) fresh.edit(name, now);
    for (const std::string& other : paths) {
      if (random() % 3 == 0) continue;  // in the server too, some are asked later
      const std::string was = told(other), is = fresh.told(other);
      if (was == is) continue;
      out += history + text + "\n" + other + " says\n" + was + "and should say\n" + is;
    }
  }
  return out;
}

std::string MemoryProject::unexpected() {
  std::string out;
  for (const auto& [full, text] : files->texts) {
    if (!full.starts_with("/p/") || !full.ends_with(".py")) continue;
    AnalysisPtr analysis = analyse(full.substr(3));
    std::vector<Expectation> expected = expectations(text);
    std::vector<bool> used(expected.size());
    for (const Finding& f : findings(*analysis)) {
      bool found = false;
      for (std::size_t i = 0; i < expected.size() && !found; ++i) {
        const Expectation& e = expected[i];
        auto marked = [&](const char* mark) { return std::count(e.marks.begin(), e.marks.end(), mark) > 0; };
        found = !used[i] && document(*analysis).line_of(f.range.start) == e.line && e.code == f.rule->code &&
                marked("info") == (f.severity == Severity::info) && marked("hint") == (f.severity == Severity::hint) &&
                marked("probable") == (f.confidence == Confidence::probable) &&
                f.message.find(e.text) != std::string::npos;
        if (found) used[i] = true;
      }
      if (!found) out += full + ": unexpected " + describe(f, document(*analysis)) + "\n";
    }
    for (std::size_t i = 0; i < expected.size(); ++i) {
      if (!used[i])
        out += full + ": missing " + expected[i].code + " on line " + std::to_string(expected[i].line + 1) + " \"" +
               expected[i].text + "\"\n";
    }
  }
  return out;
}

void expect(std::map<std::string, std::string> files) {
  MemoryProject project(std::move(files));
  EXPECT_EQ(project.mismatches(), "");
}

}  // namespace awaitd::testing
