#include "server/cli/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <thread>

#include "analysis/rules/rule.h"

namespace awaitd::server {

using analysis::Confidence;
using analysis::Severity;

namespace {

constexpr unsigned kMaxJobs = 256;

int wrong(const CLI::App& app, const std::string& what) {
  const std::string name = app.get_name();
  std::fprintf(stderr, "%s: %s\nTry `%s --help`.\n", name.c_str(), what.c_str(), name.c_str());
  return 2;
}

// CLI11 speaks by exceptions; they end here.
std::optional<int> parsed(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    std::string text = app.help();
    // CLI11 2.1 leaves two blank lines between groups.
    for (std::size_t at; (at = text.find("\n\n\n")) != std::string::npos;) text.erase(at, 1);
    std::fputs(text.c_str(), stdout);
    return 0;
  } catch (const CLI::ParseError& error) {
    return wrong(app, error.what());
  }
  return std::nullopt;
}

// One word, as in --output-format; the words are shown in the help and checked.
template <class Value>
struct Word {
  const char* name;
  Value value;
};
template <class Value, std::size_t N>
CLI::Option* add_words(CLI::App& app, const char* option, Value& out, const Word<Value> (&words)[N],
                       const char* description) {
  std::string names;
  for (const auto& word : words) names += (names.empty() ? "" : ", ") + std::string(word.name);
  const auto read = [&out, &words, names](const std::string& text) {
    for (const auto& word : words) {
      if (text != word.name) continue;
      out = word.value;
      return;
    }
    throw CLI::ValidationError("\"" + text + "\" is none of " + names);
  };
  return app.add_option_function<std::string>(option, read, std::string(description) + " [" + names + "]")
      ->type_name("WORD");
}

constexpr Word<ColourChoice> kColours[] = {
    {"auto", ColourChoice::automatic}, {"always", ColourChoice::always}, {"never", ColourChoice::never}};
constexpr Word<OutputFormat> kFormats[] = {{"text", OutputFormat::text},
                                           {"concise", OutputFormat::concise},
                                           {"json", OutputFormat::json},
                                           {"json-lines", OutputFormat::json_lines},
                                           {"full", OutputFormat::text}};  // Ruff's name
constexpr Word<std::optional<Severity>> kFailOn[] = {{"error", Severity::error},
                                                     {"warning", Severity::warning},
                                                     {"info", Severity::info},
                                                     {"hint", Severity::hint},
                                                     {"never", std::nullopt}};
constexpr Word<Confidence> kConfidences[] = {{"definite", Confidence::definite}, {"probable", Confidence::probable}};
constexpr Word<bool> kRulesFormats[] = {{"text", false}, {"json", true}};

// "A,B" and repeated options; one argument each, so that a path may follow.
template <class Target>
CLI::Option* add_list(CLI::App& app, const char* name, Target& out, const char* item, const char* description) {
  return app.add_option(name, out, description)->delimiter(',')->allow_extra_args(false)->type_name(item);
}

void add_colour(CLI::App& app, ColourChoice& out) {
  add_words(app, "--color", out, kColours, "When to colour")->group("Output");
}

std::string not_a_rule(const std::string& option, const std::vector<std::string>& selectors) {
  const auto rules = analysis::all_rules();
  for (const std::string& selector : selectors) {
    const bool known =
        std::any_of(rules.begin(), rules.end(), [&](const analysis::Rule* rule) { return selects(selector, *rule); });
    if (!known) {
      return option + ": \"" + selector + "\" is no rule code, prefix of codes or rule name; `awaitd rules` lists them";
    }
  }
  return {};
}

struct Raw {  // what CLI11 fills, before it is checked as a whole
  std::vector<std::string> select, ignore, extend_select;
  std::string target_python, interpreter;
  bool follow_packages = false;
  unsigned jobs = 0;
  bool no_gitignore = false, no_default_excludes = false;
};

void add_check_options(CLI::App& app, CheckOptions& out, Raw& raw) {
  app.add_option("PATH", out.paths, "Files or folders; - is standard input; the current folder if there are none");
  add_list(app, "--select", raw.select, "RULE", "Only these rules: codes (AWD101), prefixes (AWD1), names, ALL")
      ->group("Rules");
  add_list(app, "--ignore", raw.ignore, "RULE", "Not these rules")->group("Rules");
  add_list(app, "--extend-select", raw.extend_select, "RULE", "These rules as well")->group("Rules");
  app.add_option("--target-python", raw.target_python, "The lowest Python to advise for, like 3.11 or py311")
      ->group("Rules")
      ->type_name("VERSION");
  app.add_flag("--follow-packages", raw.follow_packages,
               "Look into installed packages that awaitd's tables do not know")
      ->group("Rules");
  app.add_option("--interpreter", raw.interpreter, "The Python, or its environment, whose packages count")
      ->group("Rules")
      ->type_name("PATH");
  app.add_option("--config", out.config, "This awaitd.toml or pyproject.toml instead of those that are found")
      ->group("Rules")
      ->type_name("FILE");
  add_list(app, "--exclude,--extend-exclude", out.discover.excludes, "PATTERN",
           "Leave out paths, as a line of .gitignore would")
      ->group("Files");
  app.add_flag("--no-default-excludes", raw.no_default_excludes, "Also look into .venv, node_modules, build, ...")
      ->group("Files");
  app.add_flag("--no-respect-gitignore", raw.no_gitignore, "Also check what .gitignore leaves out")->group("Files");
  app.add_flag("--force-exclude", out.discover.exclude_given, "Excludes count for paths given here, too")
      ->group("Files");
  app.add_option("--stdin-filename", out.stdin_filename, "The path that standard input stands for")
      ->group("Files")
      ->type_name("FILE");
  app.add_flag("--fix", out.fix, "Apply the safe fixes")->group("Fixes");
  app.add_flag("--diff", out.diff, "Show what --fix would change; write nothing")->group("Fixes");
  add_words(app, "--output-format", out.format, kFormats, "How findings are shown")->group("Output");
  app.add_flag("--statistics", out.statistics, "Counts by rule instead of the findings")->group("Output");
  app.add_flag("-v,--verbose", out.verbose, "Say on stderr how many files were found, parsed and skipped")
      ->group("Output");
  app.add_flag("-q,--quiet", out.quiet, "No summary")->group("Output");
  add_colour(app, out.colour);
  add_words(app, "--fail-on", out.fail_on, kFailOn, "The lowest severity for exit code 1; default: warning")
      ->group("Exit code");
  add_words(app, "--confidence", out.confidence, kConfidences,
            "The lowest confidence for exit code 1; default: definite")
      ->group("Exit code");
  app.add_flag("--exit-zero", out.exit_zero, "Exit code 0 whatever is found")->group("Exit code");
  app.add_option("-j,--jobs", raw.jobs, "Threads; default: as many as the machine has")
      ->check(CLI::Range(1u, kMaxJobs))
      ->type_name("N");
  app.footer("Exit codes: 0 nothing that fails, 1 findings, 2 bad arguments or an unreadable path or configuration.");
}

// What one option alone cannot know.
std::string checked(CheckOptions& out, const Raw& raw) {
  std::string problem = not_a_rule("--select", raw.select);
  if (problem.empty()) problem = not_a_rule("--ignore", raw.ignore);
  if (problem.empty()) problem = not_a_rule("--extend-select", raw.extend_select);
  if (!problem.empty()) return problem;
  if (!raw.select.empty()) out.settings.select = raw.select;
  if (!raw.ignore.empty()) out.settings.ignore = raw.ignore;
  if (!raw.extend_select.empty()) out.settings.extend_select = raw.extend_select;
  if (!raw.target_python.empty()) {
    out.settings.target_python = lowest_python(raw.target_python);
    if (!out.settings.target_python) {
      return "--target-python: \"" + raw.target_python + "\" is no Python version; write 3.11 or py311";
    }
  }
  if (raw.follow_packages) out.settings.follow_packages = true;
  if (!raw.interpreter.empty()) out.settings.interpreter = raw.interpreter;
  const unsigned hardware = std::max(1u, std::thread::hardware_concurrency());
  out.jobs = raw.jobs != 0 ? raw.jobs : std::min(hardware, kMaxJobs);
  out.discover.gitignore = !raw.no_gitignore;
  out.discover.default_excludes = !raw.no_default_excludes;
  if (out.paths.empty()) out.paths.emplace_back(".");
  if (out.paths.size() > 1 && std::count(out.paths.begin(), out.paths.end(), "-") > 0) {
    return "- (standard input) cannot stand beside other paths";
  }
  if (!out.stdin_filename.empty() && !out.from_stdin()) return "--stdin-filename needs - as the path";
  return {};
}

}  // namespace

std::optional<int> read_options(int argc, char** argv, CheckOptions& out) {
  CLI::App app("Finds what blocks the event loop of async Python.", "awaitd check");
  Raw raw;
  add_check_options(app, out, raw);
  if (const auto done = parsed(app, argc, argv)) return done;
  const std::string problem = checked(out, raw);
  if (!problem.empty()) return wrong(app, problem);
  return std::nullopt;
}

std::optional<int> read_options(int argc, char** argv, ExplainOptions& out) {
  CLI::App app("What a rule finds, why it matters, and what to do.", "awaitd explain");
  app.add_option("RULE", out.rule, "A code (AWD101) or a name (blocking-sleep)")->required();
  app.add_flag("--full", out.full, "The whole page, with every example");
  add_colour(app, out.colour);
  return parsed(app, argc, argv);
}

std::optional<int> read_options(int argc, char** argv, RulesOptions& out) {
  CLI::App app("The rules, in the order of their codes.", "awaitd rules");
  add_words(app, "--output-format", out.json, kRulesFormats, "As a table or as a list of records");
  add_colour(app, out.colour);
  return parsed(app, argc, argv);
}

}  // namespace awaitd::server
