#include "server/cli/summary.h"

#include <algorithm>
#include <cstdio>

#include "analysis/rules/rule.h"
#include "protocol/json_writer.h"

namespace awaitd::server {

namespace {

std::string counted(unsigned n, std::string_view one) {
  return std::to_string(n) + " " + std::string(one) + (n == 1 || one == "info" ? "" : "s");
}

std::string by_severity(const Counts& counts) {
  std::string text;
  for (std::size_t i = 0; i < counts.by_severity.size(); ++i) {
    if (counts.by_severity[i] == 0) continue;
    text +=
        (text.empty() ? "" : ", ") + counted(counts.by_severity[i], severity_name(static_cast<analysis::Severity>(i)));
  }
  return text;
}

// Most findings first, then by code.
std::vector<std::pair<std::string_view, RuleCount>> sorted_rules(const Counts& counts) {
  std::vector<std::pair<std::string_view, RuleCount>> rules(counts.rules.begin(), counts.rules.end());
  std::stable_sort(rules.begin(), rules.end(),
                   [](const auto& a, const auto& b) { return a.second.findings > b.second.findings; });
  return rules;
}

}  // namespace

std::string summary(const Counts& counts, const CheckOptions& options, bool failed, const Style& style) {
  const unsigned left = counts.findings(), all = left + counts.fixed;
  if (all == 0) return failed ? "" : style.green("All checks passed!") + "\n";
  std::string text = "Found " + counted(all, "finding");
  if (counts.changed > 0) {
    text += " (" + std::to_string(counts.fixed) + " fixed, " + std::to_string(left) + " remaining).\n";
  } else {
    text += " in " + counted(counts.with_findings, "file") + ": " + by_severity(counts) + ".\n";
  }
  if (const unsigned fixable = counts.by_option(); fixable > 0) {
    text += "[*] " + std::to_string(fixable) + " fixable with the `--fix` option.\n";
  }
  if (left > 0 && counts.failing == 0 && options.fail_on == analysis::Severity::warning &&
      options.confidence == analysis::Confidence::definite) {
    text += "None of them fails the check: that takes a definite warning or error (--fail-on, --confidence).\n";
  }
  return text;
}

std::string diff_summary(const Counts& counts) {
  if (counts.changed == 0) return "Nothing would be changed.\n";
  return "Would fix " + counted(counts.fixed, "finding") + " in " + counted(counts.changed, "file") + ".\n";
}

std::string statistics_json(const Counts& counts, std::string_view separator) {
  std::string out;
  for (const auto& [code, count] : sorted_rules(counts)) {
    if (!out.empty()) out.append(separator).append("\n");
    protocol::JsonWriter writer(out);
    writer.begin_object();
    writer.field("code", code);
    writer.field("name", analysis::find_rule(code)->name);
    writer.field("count", count.findings);
    writer.field("fixable", count.by_option);
    writer.end_object();
  }
  return out;
}

std::string statistics_table(const Counts& counts, const Style& style) {
  const auto rules = sorted_rules(counts);
  std::size_t width = 1;
  for (const auto& rule : rules) width = std::max(width, std::to_string(rule.second.findings).size());
  std::string out;
  for (const auto& [code, count] : rules) {
    const std::string number = std::to_string(count.findings);
    out += std::string(width - number.size(), ' ') + number + "  " + style.bold(code) +
           (count.by_option > 0 ? " [*] " : " [ ] ") + std::string(analysis::find_rule(code)->name) + "\n";
  }
  return out;
}

std::string file_counts(const Counts& counts, double seconds) {
  char took[32];
  std::snprintf(took, sizeof took, "%.2f s", seconds);
  return counted(counts.files, "file") + ": " + std::to_string(counts.parsed) + " parsed, " +
         std::to_string(counts.skipped) + " skipped (nothing async in them), " + std::to_string(counts.unread) +
         " not read; " + took + "\n";
}

std::string coloured_diff(const std::string& diff, const Style& style) {
  if (!style.colour()) return diff;
  std::string out;
  for (std::size_t at = 0; at < diff.size();) {
    const std::size_t end = std::min(diff.find('\n', at), diff.size());
    const std::string line = printable(std::string_view(diff).substr(at, end - at));
    const bool header = line.compare(0, 4, "--- ") == 0 || line.compare(0, 4, "+++ ") == 0;
    const char first = line.empty() ? ' ' : line.front();
    if (header)
      out += style.bold(line);
    else if (first == '-')
      out += style.red(line);
    else if (first == '+')
      out += style.green(line);
    else if (first == '@')
      out += style.cyan(line);
    else
      out += line;
    out += '\n';
    at = end + 1;
  }
  return out;
}

}  // namespace awaitd::server
