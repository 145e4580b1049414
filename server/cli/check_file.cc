#include "server/cli/check_file.h"

#include <utility>

#include "analysis/rules/rule.h"
#include "server/cli/unified_diff.h"
#include "server/convert/severity.h"

namespace awaitd::server {

using analysis::AnalysisPtr;
using analysis::Document;
using analysis::Finding;

namespace {

// Counted, not timed: the result is the same on every machine. About two seconds for one chunk of hostile text.
constexpr std::uint32_t kCallbacks = 40 * analysis::kInteractiveCallbacks;

class FileCheck {
 public:
  FileCheck(const CheckContext& context, const FileTask& task, analysis::Parser& parser)
      : context_(context), options_(context.options), task_(task), parser_(parser) {
    result_.counts.files = 1;
  }

  FileResult run(FileText text, bool from_stdin) {
    if (!readable(text)) return std::move(result_);
    if (!task_.named && !context_.scan.found_in(text.text) && !context_.names.called_in(text.text)) {
      result_.counts.skipped = 1;
      if (from_stdin && options_.fix && !options_.diff) result_.fixed = whole(text, text.text);
      return std::move(result_);
    }
    result_.counts.parsed = 1;
    module_ = context_.project->source_file(task_.file.path.string());
    AnalysisPtr analysis = analyse(text.text);
    if (!analysis::complete(*analysis)) {
      warn("part of it was not checked: it is broken in a way that takes too long to parse");
    }
    if (options_.fix || options_.diff) analysis = fix(analysis, text, from_stdin);
    if (analysis) report(*analysis);
    return std::move(result_);
  }

 private:
  AnalysisPtr analyse(const std::string& text) {
    return analysis::analyse(Document(text), module_, nullptr, task_.rules, parser_, {.callbacks = kCallbacks});
  }

  void warn(const std::string& what) {
    result_.warnings += "warning: " + printable(task_.file.shown) + ": " + what + "\n";
  }

  bool readable(const FileText& text) {
    if (text.problem.empty()) return true;
    result_.counts.unread = 1;
    result_.failed = !text.not_python;
    result_.warnings +=
        (result_.failed ? "error: " : "warning: ") + printable(task_.file.shown) + ": " + text.problem + "\n";
    return false;
  }

  static std::string whole(const FileText& file, std::string_view text) {
    return (file.byte_order_mark ? std::string(kByteOrderMark) : std::string()).append(text);
  }

  // The analysis to report; null where the diff takes its place.
  AnalysisPtr fix(const AnalysisPtr& analysis, const FileText& file, bool from_stdin) {
    // In another encoding a byte may be half of a character, and an inserted one the wrong one.
    const bool possible = file.utf8 && analysis::complete(*analysis);
    std::string text = file.text;
    if (possible) {
      const std::vector<analysis::Edit> edits = analysis::fix_all(*analysis, parser_);
      for (auto it = edits.rbegin(); it != edits.rend(); ++it) {
        text.replace(it->range.start, it->range.end - it->range.start, it->text);
      }
    } else if (!file.utf8 && !analysis::findings(*analysis).empty()) {
      warn("not fixed: it is not UTF-8");
    }
    const bool write_text = from_stdin && !options_.diff;
    if (write_text) result_.fixed = whole(file, text);
    if (text == file.text) return options_.diff ? nullptr : analysis;
    AnalysisPtr after = analyse(text);
    const std::size_t before = analysis::findings(*analysis).size(), left = analysis::findings(*after).size();
    if (options_.diff) {
      result_.out = unified_diff(whole(file, file.text), whole(file, text), task_.file.shown);
    } else if (!from_stdin) {
      // Other files go on seeing the old text: otherwise what is found in them would depend on who is first.
      context_.files.open(task_.file.path.string(), analysis::document(*analysis));
      const std::string problem = write_atomically(task_.file.path, whole(file, text));
      if (!problem.empty()) {
        result_.failed = true;
        result_.warnings += "error: " + printable(task_.file.shown) + ": not fixed: " + problem + "\n";
        return analysis;
      }
    }
    result_.counts.changed = 1;
    result_.counts.fixed = static_cast<unsigned>(before > left ? before - left : 0);
    return options_.diff ? nullptr : after;
  }

  ReportedFinding reported(const analysis::Analysis& analysis, const Finding& finding) const {
    ReportedFinding out{&finding, std::nullopt, false};
    if (!finding.fixable) return out;
    std::vector<analysis::Fix> fixes = analysis::fixes_for(analysis, finding);
    // "Silence AWD101 here" comes last, and is no fix.
    const std::string silence = "Silence " + std::string(finding.rule->code);
    if (fixes.empty() || fixes.front().title.compare(0, silence.size(), silence) == 0) return out;
    out.by_option = fixes.front().safety == analysis::Safety::safe && fixes.front().files.size() == 1 &&
                    finding.confidence == analysis::Confidence::definite;
    out.fix = std::move(fixes.front());
    return out;
  }

  void count(const ReportedFinding& one) {
    const Finding& finding = *one.finding;
    Counts& counts = result_.counts;
    ++counts.by_severity[static_cast<std::size_t>(shown_severity(finding))];
    RuleCount& rule = counts.rules[finding.rule->code];
    ++rule.findings;
    rule.by_option += one.by_option ? 1 : 0;
    // A probable finding, where it counts, counts with the severity it has if it is right.
    if (options_.fail_on && finding.severity <= *options_.fail_on && finding.confidence <= options_.confidence) {
      ++counts.failing;
    }
  }

  void report(const analysis::Analysis& analysis) {
    FileReport report;
    report.shown = task_.file.shown;
    report.filename = task_.file.path.string();
    report.document = &analysis::document(analysis);
    report.files = &context_.files;
    report.base = options_.discover.base;
    for (const Finding& finding : analysis::findings(analysis)) {
      report.findings.push_back(reported(analysis, finding));
      count(report.findings.back());
    }
    result_.counts.with_findings = report.findings.empty() ? 0 : 1;
    if (options_.statistics) return;
    switch (options_.format) {
      case OutputFormat::text:
        return write_text(result_.out, report, context_.style);
      case OutputFormat::concise:
        return write_concise(result_.out, report, context_.style);
      case OutputFormat::json:
        return write_json(result_.out, report, ",");
      case OutputFormat::json_lines:
        return write_json(result_.out, report, "");
    }
  }

  const CheckContext& context_;
  const CheckOptions& options_;
  const FileTask& task_;
  analysis::Parser& parser_;
  analysis::SourceFile module_;
  FileResult result_;
};

}  // namespace

unsigned Counts::by_option() const {
  unsigned sum = 0;
  for (const auto& [code, count] : rules) sum += count.by_option;
  return sum;
}

void Counts::add(const Counts& other) {
  for (unsigned Counts::* one : {&Counts::files, &Counts::parsed, &Counts::skipped, &Counts::unread,
                                 &Counts::with_findings, &Counts::changed, &Counts::failing, &Counts::fixed}) {
    this->*one += other.*one;
  }
  for (std::size_t i = 0; i < by_severity.size(); ++i) by_severity[i] += other.by_severity[i];
  for (const auto& [code, count] : other.rules) {
    rules[code].findings += count.findings;
    rules[code].by_option += count.by_option;
  }
}

FileResult check_file(const CheckContext& context, const FileTask& task, analysis::Parser& parser) {
  return FileCheck(context, task, parser).run(context.files.read(task.file.path), false);
}

FileResult check_stdin(const CheckContext& context, const FileTask& task, FileText text, analysis::Parser& parser) {
  return FileCheck(context, task, parser).run(std::move(text), true);
}

}  // namespace awaitd::server
