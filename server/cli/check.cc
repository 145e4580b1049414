// awaitd check: finds the files, checks them on all threads, prints in the order of paths, and sums up.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <memory>
#include <set>
#include <utility>

#include "server/cli/check_file.h"
#include "server/cli/commands.h"
#include "server/cli/configs.h"
#include "server/cli/in_order.h"
#include "server/cli/summary.h"
#include "server/files/source_texts.h"
#include "server/project/roots.h"

namespace awaitd::server {

namespace fs = std::filesystem;

namespace {

class Check {
 public:
  explicit Check(const CheckOptions& options)
      : options_(options),
        // With standard input fixed, the new text is the output and the findings are not.
        stream_(options.from_stdin() && options.fix && !options.diff ? stderr : stdout),
        out_(stream_),
        knowledge_(analysis::Knowledge::builtin()),
        scan_(knowledge_->scan_tokens()),
        context_{options, *files_, nullptr, scan_, names_, Style(wants_colour(options.colour, stream_))} {}

  int run() {
    const auto start = std::chrono::steady_clock::now();
    if (!find_tasks()) return 2;
    if (!options_.diff && options_.format == OutputFormat::json) out_.write("[");
    if (options_.from_stdin()) {
      check_standard_input();
    } else {
      run_in_order<analysis::Parser, FileResult>(
          tasks_.size(), options_.jobs,
          [this](analysis::Parser& parser, std::size_t i) { return check_file(context_, tasks_[i], parser); },
          [this](FileResult result) { return use(result); });
    }
    finish();
    if (options_.verbose) {
      const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
      std::fputs(file_counts(counts_, took.count()).c_str(), stderr);
    }
    if (!out_.finish() && out_.error() != EPIPE) {
      std::fprintf(stderr, "error: cannot write the output: %s\n", std::strerror(out_.error()));
      return 2;
    }
    return exit_code();
  }

 private:
  bool machine() const { return options_.format == OutputFormat::json || options_.format == OutputFormat::json_lines; }

  bool find_tasks() {
    if (options_.from_stdin()) {
      const std::string name = options_.stdin_filename.empty() ? "-" : options_.stdin_filename;
      const fs::path path = (options_.discover.base / name).lexically_normal();
      tasks_.push_back({{path, name == "-" ? name : shown_path(path, options_.discover.base)}, nullptr, false});
    } else {
      Discovered found = discover(options_.paths, options_.discover);
      for (const std::string& problem : found.problems) complain(problem);
      for (SourceFile& file : found.files) tasks_.push_back({std::move(file), nullptr, false});
      note_names();
    }
    context_.project = std::make_shared<analysis::Project>(std::make_shared<ProjectFiles>(files_), roots());
    Configs configs(options_.settings, options_.config.empty() ? fs::path() : options_.discover.base / options_.config,
                    context_.project, files_);
    for (FileTask& task : tasks_) task.rules = configs.in(task.file.path.parent_path());
    for (const std::string& notice : configs.notices())
      std::fprintf(stderr, "warning: %s\n", printable(notice).c_str());
    for (const std::string& problem : configs.problems()) complain(problem);
    return configs.problems().empty();
  }

  // Which files were named, and what the async functions of all of them are called.
  void note_names() {
    std::set<fs::path> named;
    for (const std::string& path : options_.paths) named.insert((options_.discover.base / path).lexically_normal());
    for (FileTask& task : tasks_) {
      task.named = named.count(task.file.path) > 0;
      names_.add(files_->read(task.file.path).text);
    }
  }

  // The folders that were named, then those of the projects in them.
  std::vector<std::string> roots() const {
    std::vector<fs::path> folders;
    for (const std::string& path : options_.paths) {
      const fs::path given = (options_.discover.base / path).lexically_normal();
      std::error_code error;
      if (fs::is_directory(given, error)) folders.push_back(given);
    }
    std::set<fs::path> seen, found;
    for (const FileTask& task : tasks_) {
      const fs::path folder = task.file.path.parent_path();
      if (seen.insert(folder).second) found.insert(project_folder(folder));
    }
    found.erase(fs::path());
    folders.insert(folders.end(), found.begin(), found.end());
    return import_roots(folders);
  }

  void complain(const std::string& problem) {
    failed_ = true;
    std::fprintf(stderr, "error: %s\n", printable(problem).c_str());
  }

  void check_standard_input() {
    std::string bytes;
    FileText text;
    if (read_all(STDIN_FILENO, kMaxSourceBytes, bytes)) {
      text = to_file_text(std::move(bytes));
    } else {
      text.problem = std::strerror(errno);
    }
    analysis::Parser parser;
    FileResult result = check_stdin(context_, tasks_.front(), std::move(text), parser);
    if (result.fixed) Output(stdout).write(*result.fixed);
    use(result);
  }

  bool use(const FileResult& result) {
    std::fputs(result.warnings.c_str(), stderr);
    failed_ |= result.failed;
    counts_.add(result.counts);
    if (result.out.empty()) return !out_.broken();
    if (options_.diff) return out_.write(coloured_diff(result.out, context_.style));
    if (options_.format == OutputFormat::json) out_.write(std::exchange(any_, true) ? ",\n" : "\n");
    out_.write(result.out);
    if (options_.format == OutputFormat::json_lines) out_.write("\n");
    return !out_.broken();
  }

  void finish() {
    if (tasks_.empty() && !failed_) std::fputs("warning: no Python files found\n", stderr);
    if (options_.diff) {
      if (!options_.quiet) std::fputs(diff_summary(counts_).c_str(), stderr);
      return;
    }
    if (options_.statistics) write_statistics();
    if (options_.format == OutputFormat::json) out_.write(any_ ? "\n]\n" : "]\n");
    if (!machine() && !options_.quiet) out_.write(summary(counts_, options_, failed_, context_.style));
  }

  void write_statistics() {
    if (!machine()) {
      out_.write(statistics_table(counts_, context_.style));
      return;
    }
    const bool array = options_.format == OutputFormat::json;
    const std::string records = statistics_json(counts_, array ? "," : "");
    if (records.empty()) return;
    any_ = true;
    out_.write(array ? "\n" + records : records + "\n");
  }

  int exit_code() const {
    if (failed_) return 2;
    if (options_.exit_zero) return 0;
    if (options_.diff) return counts_.changed > 0 ? 1 : 0;
    return counts_.failing > 0 ? 1 : 0;
  }

  const CheckOptions& options_;
  std::shared_ptr<SourceTexts> files_ = std::make_shared<SourceTexts>();
  std::FILE* stream_;
  Output out_;
  std::shared_ptr<const analysis::Knowledge> knowledge_;
  TokenScan scan_;
  AsyncNames names_;
  CheckContext context_;
  std::vector<FileTask> tasks_;
  Counts counts_;
  bool failed_ = false;
  bool any_ = false;  // a record was written
};

}  // namespace

int run_check(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  CheckOptions options;
  if (const auto done = read_options(argc, argv, options)) return *done;
  std::error_code error;
  options.discover.base = fs::current_path(error);
  if (error) {
    std::fprintf(stderr, "error: the current folder: %s\n", error.message().c_str());
    return 2;
  }
  return Check(options).run();
}

}  // namespace awaitd::server
