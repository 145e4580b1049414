// awaitd explain and awaitd rules: the rules' pages and their list.
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

#include "analysis/rules/rule.h"
#include "protocol/json_writer.h"
#include "server/cli/commands.h"
#include "server/cli/options.h"
#include "server/cli/page_text.h"
#include "server/cli/spelling.h"
#include "server/convert/diagnostics.h"

namespace awaitd::server {

using analysis::Rule;

namespace {

constexpr std::size_t kWidth = 88;  // of text that goes into a file or a pipe, and at most

std::size_t text_width() {
  winsize size{};
  if (::isatty(STDOUT_FILENO) == 0 || ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20) return kWidth;
  return std::min<std::size_t>(kWidth, size.ws_col);
}

int finish(Output& out) { return out.finish() || out.error() == EPIPE ? 0 : 2; }

const Rule* nearest(std::string_view word) {
  if (word.size() > 64) return nullptr;
  const Rule* best = nullptr;
  std::size_t least = word.size() / 3 + 1;
  for (const Rule* rule : analysis::all_rules()) {
    const std::size_t now = std::min(distance(word, rule->code), distance(word, rule->name));
    if (now < least) {
      least = now;
      best = rule;
    }
  }
  return best;
}

std::string facts_of(const Rule& rule) {
  return "Severity: " + std::string(severity_name(rule.severity)) + (rule.enabled ? "" : "; off unless selected") +
         (rule.fix != nullptr ? "; has fixes" : "") + ".";
}

void write_rule(protocol::JsonWriter& writer, const Rule& rule) {
  writer.begin_object();
  writer.field("code", rule.code);
  writer.field("name", rule.name);
  writer.field("summary", rule.summary);
  writer.field("severity", severity_name(rule.severity));
  writer.field("enabled", rule.enabled);
  writer.field("fixable", rule.fix != nullptr);
  writer.field("url", std::string(kRulePages) + std::string(rule.name));
  writer.end_object();
}

std::string rules_json() {
  std::string out = "[";
  for (const Rule* rule : analysis::all_rules()) {
    out += out.size() > 1 ? ",\n" : "\n";
    protocol::JsonWriter writer(out);
    write_rule(writer, *rule);
  }
  return out + "\n]\n";
}

std::string rules_table(const Style& style) {
  std::size_t width = 4;
  for (const Rule* rule : analysis::all_rules()) width = std::max(width, rule->name.size());
  const auto padded = [](std::string_view text, std::size_t size) {
    return std::string(text) + std::string(size - std::min(size, text.size()), ' ');
  };
  std::string out = style.bold("code    " + padded("name", width) + "  severity  fix  finds") + "\n";
  for (const Rule* rule : analysis::all_rules()) {
    out += style.bold(rule->code) + "  " + padded(rule->name, width) + "  " +
           padded(rule->enabled ? severity_name(rule->severity) : "off", 8) + "  " +
           (rule->fix != nullptr ? "yes" : "   ") + "  " + std::string(rule->summary) + "\n";
  }
  return out;
}

}  // namespace

int run_explain(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  ExplainOptions options;
  if (const auto done = read_options(argc, argv, options)) return *done;
  const Rule* rule = analysis::find_rule(options.rule);
  if (rule == nullptr) {
    std::string text = "awaitd explain: there is no rule \"" + printable(options.rule) + "\"";
    if (const Rule* meant = nearest(options.rule)) {
      text += "; did you mean " + std::string(meant->code) + " (" + std::string(meant->name) + ")?";
    } else {
      text += "; `awaitd rules` lists them";
    }
    std::fprintf(stderr, "%s\n", text.c_str());
    return 2;
  }
  const Style style(wants_colour(options.colour, stdout));
  const std::string_view page = analysis::rule_page(*rule);
  Output out(stdout);
  if (page.empty()) {
    out.write(style.bold(std::string(rule->name) + " (" + std::string(rule->code) + ")") + "\n\n" +
              std::string(rule->summary) + "\n\n");
  } else {
    out.write(page_text(page, options.full ? PagePart::everything : PagePart::summary, style, text_width()) + "\n");
  }
  out.write(facts_of(*rule) + "\n");
  if (!options.full && !page.empty()) {
    out.write("More examples: awaitd explain --full " + std::string(rule->code) + "\n");
  }
  return finish(out);
}

int run_rules(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  RulesOptions options;
  if (const auto done = read_options(argc, argv, options)) return *done;
  Output out(stdout);
  out.write(options.json ? rules_json() : rules_table(Style(wants_colour(options.colour, stdout))));
  return finish(out);
}

}  // namespace awaitd::server
