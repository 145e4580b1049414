// The command lines of the subcommands, read with CLI11. Wrong ones are reported on stderr here and give the exit code.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "analysis/finding.h"
#include "server/cli/report.h"
#include "server/cli/terminal.h"
#include "server/config/settings.h"
#include "server/files/discover.h"

namespace awaitd::server {

struct CheckOptions {
  std::vector<std::string> paths;
  OutputFormat format = OutputFormat::text;
  Settings settings;   // --select, --ignore, --target-python: they win over the project's
  std::string config;  // a file, instead of what is found
  std::optional<analysis::Severity> fail_on = analysis::Severity::warning;  // nothing: never
  analysis::Confidence confidence = analysis::Confidence::definite;
  bool fix = false;
  bool diff = false;
  bool exit_zero = false;
  bool statistics = false;
  bool verbose = false;
  bool quiet = false;
  unsigned jobs = 1;
  std::string stdin_filename;
  DiscoverOptions discover;
  ColourChoice colour = ColourChoice::automatic;

  bool from_stdin() const { return paths.size() == 1 && paths.front() == "-"; }
};

struct ExplainOptions {
  std::string rule;
  bool full = false;
  ColourChoice colour = ColourChoice::automatic;
};

struct RulesOptions {
  bool json = false;
  ColourChoice colour = ColourChoice::automatic;
};

// An exit code: the command is done (help was shown, or the arguments were wrong).
std::optional<int> read_options(int argc, char** argv, CheckOptions& out);
std::optional<int> read_options(int argc, char** argv, ExplainOptions& out);
std::optional<int> read_options(int argc, char** argv, RulesOptions& out);

}  // namespace awaitd::server
