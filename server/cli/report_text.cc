#include <algorithm>

#include "analysis/rules/rule.h"
#include "server/cli/report.h"
#include "server/cli/snippet.h"
#include "server/convert/severity.h"
#include "server/files/discover.h"

namespace awaitd::server {

using analysis::Confidence;
using analysis::Finding;
using analysis::Severity;

namespace {

constexpr std::size_t kMaxNotes = 8;

std::string in_colour(const Style& style, Severity severity, std::string_view text) {
  switch (severity) {
    case Severity::error:
      return style.red(text);
    case Severity::warning:
      return style.yellow(text);
    case Severity::info:
      return style.cyan(text);
    case Severity::hint:
      break;
  }
  return style.blue(text);
}

// "warning[AWD101]", "info[AWD102, probable]"
std::string label(const Style& style, const Finding& finding) {
  const Severity severity = shown_severity(finding);
  std::string text = std::string(severity_name(severity)) + "[" + std::string(finding.rule->code);
  if (finding.confidence == Confidence::probable) text += ", probable";
  return in_colour(style, severity, text + "]");
}

void write_notes(std::string& out, const FileReport& report, const Finding& finding, const Style& style) {
  const std::size_t shown = std::min(finding.notes.size(), kMaxNotes);
  for (std::size_t i = 0; i < shown; ++i) {
    const analysis::Note& note = finding.notes[i];
    out += style.blue("note") + ": " + printable_prose(note.text) + "\n";
    Snippet snippet{report.shown, report.document, note.range, '-', 0};
    SourceTexts::DocumentPtr other;
    if (!note.file.empty()) {
      other = report.files->document(note.file);
      if (!other) continue;  // gone since
      snippet.shown = shown_path(note.file, report.base);
      snippet.document = other.get();
    }
    append_snippet(out, snippet, style);
  }
  if (shown < finding.notes.size()) {
    out += style.blue("note") + ": and " + std::to_string(finding.notes.size() - shown) + " more places\n";
  }
}

}  // namespace

std::string_view severity_name(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::info:
      return "info";
    case Severity::hint:
      break;
  }
  return "hint";
}

void write_text(std::string& out, const FileReport& report, const Style& style) {
  for (const ReportedFinding& one : report.findings) {
    const Finding& finding = *one.finding;
    out += label(style, finding) + ": " + style.bold(printable_prose(finding.message)) + "\n";
    append_snippet(out, {report.shown, report.document, finding.range}, style);
    write_notes(out, report, finding, style);
    if (one.fix) {
      out += style.cyan("help") + ": " + printable_prose(one.fix->title) + (one.by_option ? " [*]" : "") + "\n";
    }
    out += '\n';
  }
}

void write_concise(std::string& out, const FileReport& report, const Style& style) {
  const std::string path = style.bold(printable(report.shown));
  for (const ReportedFinding& one : report.findings) {
    const Place place = place_of(*report.document, one.finding->range.start);
    out += path + ":" + std::to_string(place.row) + ":" + std::to_string(place.column) + ": " +
           label(style, *one.finding) + (one.by_option ? " [*] " : " ") + printable_prose(one.finding->message) + "\n";
  }
}

}  // namespace awaitd::server
