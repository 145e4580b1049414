// Checks one file from its bytes to what is printed of it. A pure function of the arguments, but for --fix, which
// writes the file. Safe on any thread, with a Parser of the thread's own.
#pragma once
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "analysis/engine.h"
#include "server/cli/options.h"
#include "server/files/async_names.h"
#include "server/files/files.h"
#include "server/files/source_texts.h"
#include "server/files/token_scan.h"

namespace awaitd::server {

struct RuleCount {
  unsigned findings = 0;
  unsigned by_option = 0;  // --fix would apply
};

struct Counts {
  unsigned files = 0, parsed = 0, skipped = 0, unread = 0, with_findings = 0, changed = 0;
  std::array<unsigned, 4> by_severity{};  // as shown
  unsigned failing = 0;                   // that make the exit code 1
  unsigned fixed = 0;                     // were, or with --diff would be
  std::map<std::string_view, RuleCount> rules;

  unsigned findings() const { return by_severity[0] + by_severity[1] + by_severity[2] + by_severity[3]; }
  unsigned by_option() const;
  void add(const Counts& other);
};

struct FileResult {
  std::string out;                   // findings in the wanted format, or the diff
  std::string warnings;              // lines for stderr
  bool failed = false;               // could not be read or written: exit code 2
  std::optional<std::string> fixed;  // the whole new text of standard input, after --fix
  Counts counts;
};

struct CheckContext {
  const CheckOptions& options;
  SourceTexts& files;
  std::shared_ptr<analysis::Project> project;
  const TokenScan& scan;
  const AsyncNames& names;
  Style style;
};

struct FileTask {
  SourceFile file;
  std::shared_ptr<const analysis::Options> rules;
  bool named = false;  // by itself on the command line: it is looked at whatever is in it
};

FileResult check_file(const CheckContext& context, const FileTask& task, analysis::Parser& parser);
// text stands for the file; nothing is written, the new text goes into FileResult::fixed.
FileResult check_stdin(const CheckContext& context, const FileTask& task, FileText text, analysis::Parser& parser);

}  // namespace awaitd::server
