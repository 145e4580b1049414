// The files of the workspace that nobody has open, one after another in the background: what is found in each, kept
// until the file or something it rests on changes. Starts only when it is told to. Belongs to the strand; the host,
// pool and log must outlive it.
#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "server/features/file_report.h"
#include "server/schedule/run_then.h"

namespace awaitd::server {

class WorkspaceCheck {
 public:
  struct Found {
    std::string uri;
    std::string items;  // JSON
    std::string id;     // names the items
    std::set<std::string> rests_on;
    bool stale = true;
  };
  struct Hooks {
    std::function<void(const Found&, std::size_t done, std::size_t all)> found;  // one more file is done
    std::function<void()> finished;                                              // all are, or it was stopped
    std::function<void(const std::vector<std::string>&)> problems;               // with configurations
  };
  // What a run needs; values of the moment it starts.
  struct Scope {
    std::vector<std::filesystem::path> folders;
    FileSources sources;
    std::set<std::string> open;               // paths that are left out
    std::map<std::string, std::string> uris;  // paths the client has spelt already
  };

  WorkspaceCheck(Workers workers, Hooks hooks) : workers_(workers), hooks_(std::move(hooks)) {}
  ~WorkspaceCheck() {
    if (run_) run_->cancelled = true;
  }
  WorkspaceCheck(const WorkspaceCheck&) = delete;
  WorkspaceCheck& operator=(const WorkspaceCheck&) = delete;

  // Looks at everything that is stale. While it runs, nothing happens.
  void run(Scope scope);
  bool running() const { return run_ != nullptr; }
  void stop();  // finished() is called if it was running

  // Something changed; true if a file may be found to be different.
  bool changed(const std::string& path);
  void all_changed();                        // the configuration
  void files_changed() { listed_ = false; }  // some came or went
  bool up_to_date() const;
  const std::map<std::string, Found>& files() const { return files_; }  // by path

 private:
  struct Run {
    Scope scope;
    std::vector<std::string> todo;
    std::size_t next = 0;
    std::atomic<bool> cancelled{false};
  };
  void listed(const std::shared_ptr<Run>& run, const std::vector<std::string>& paths);
  void go_on(const std::shared_ptr<Run>& run);
  void take(const std::shared_ptr<Run>& run, const std::string& path, FileReport report);

  Workers workers_;
  Hooks hooks_;
  std::map<std::string, Found> files_;
  std::shared_ptr<Run> run_;
  std::set<std::string> changed_;  // since the run began: what it finds of them may be old
  bool listed_ = false;
};

// A short name of a text, the same for the same text.
std::string content_id(std::string_view text);

}  // namespace awaitd::server
