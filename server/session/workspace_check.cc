#include "server/session/workspace_check.h"

#include <algorithm>
#include <cstdio>

#include "protocol/uri.h"
#include "server/files/discover.h"

namespace awaitd::server {

namespace {

std::vector<std::string> python_files(const std::vector<std::filesystem::path>& folders) {
  std::vector<std::string> paths, out;
  for (const auto& folder : folders) paths.push_back(folder.string());
  if (paths.empty()) return out;
  DiscoverOptions options;
  options.base = folders.front();
  for (const SourceFile& file : discover(paths, options).files) out.push_back(file.path.string());
  return out;
}

}  // namespace

// FNV-1a, 64 bits.
std::string content_id(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  char out[17];
  std::snprintf(out, sizeof out, "%016llx", static_cast<unsigned long long>(hash));
  return out;
}

bool WorkspaceCheck::up_to_date() const {
  return listed_ && std::none_of(files_.begin(), files_.end(), [](const auto& file) { return file.second.stale; });
}

bool WorkspaceCheck::changed(const std::string& path) {
  bool any = false;
  for (auto& [own, found] : files_) {
    if (own != path && found.rests_on.count(path) == 0) continue;
    found.stale = any = true;
  }
  if (run_) changed_.insert(path);
  return any;
}

void WorkspaceCheck::all_changed() {
  for (auto& [path, found] : files_) {
    found.stale = true;
    if (run_) changed_.insert(path);
  }
}

void WorkspaceCheck::run(Scope scope) {
  if (run_) return;
  run_ = std::make_shared<Run>();
  run_->scope = std::move(scope);
  changed_.clear();
  run_then(
      workers_, Priority::background,
      [folders = run_->scope.folders](analysis::Parser&) { return python_files(folders); },
      [this, run = run_](const std::vector<std::string>& paths) {
        if (run == run_) listed(run, paths);
      });
}

void WorkspaceCheck::stop() {
  if (!run_) return;
  run_->cancelled = true;
  run_ = nullptr;
  if (hooks_.finished) hooks_.finished();
}

void WorkspaceCheck::listed(const std::shared_ptr<Run>& run, const std::vector<std::string>& paths) {
  listed_ = true;
  const std::set<std::string> there(paths.begin(), paths.end());
  std::erase_if(
      files_, [&](const auto& file) { return there.count(file.first) == 0 || run->scope.open.count(file.first) > 0; });
  for (const std::string& path : paths) {
    if (run->scope.open.count(path) > 0) continue;
    Found& found = files_[path];
    const auto spelt = run->scope.uris.find(path);
    found.uri = spelt == run->scope.uris.end() ? protocol::path_to_uri(path) : spelt->second;
    if (found.stale) run->todo.push_back(path);
  }
  go_on(run);
}

void WorkspaceCheck::go_on(const std::shared_ptr<Run>& run) {
  if (run->next == run->todo.size()) {
    run_ = nullptr;
    return hooks_.finished();
  }
  const std::string path = run->todo[run->next++];
  run_then(
      workers_, Priority::background,
      [run, path, uri = files_[path].uri](analysis::Parser& parser) {
        return report_file(run->scope.sources, path, uri, parser, &run->cancelled);
      },
      [this, run, path](FileReport report) {
        if (run == run_) take(run, path, std::move(report));
      });
}

void WorkspaceCheck::take(const std::shared_ptr<Run>& run, const std::string& path, FileReport report) {
  hooks_.problems(report.problems);
  Found& found = files_[path];
  if (!report.there) report.items = "[]";
  found.items = std::move(report.items);
  found.id = content_id(found.items);
  found.rests_on = {report.rests_on.begin(), report.rests_on.end()};
  found.stale = changed_.count(path) > 0 || std::any_of(found.rests_on.begin(), found.rests_on.end(),
                                                        [&](const std::string& on) { return changed_.count(on) > 0; });
  hooks_.found(found, run->next, run->todo.size());
  if (run == run_) go_on(run);
}

}  // namespace awaitd::server
