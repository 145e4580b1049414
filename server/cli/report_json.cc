#include "analysis/rules/rule.h"
#include "protocol/json_writer.h"
#include "server/cli/report.h"
#include "server/cli/snippet.h"
#include "server/convert/diagnostics.h"
#include "server/convert/severity.h"

namespace awaitd::server {

using analysis::Document;
using analysis::Finding;
using protocol::JsonWriter;

namespace {

void place(JsonWriter& writer, std::string_view name, const Document& document, std::uint32_t offset) {
  const Place at = place_of(document, offset);
  writer.key(name);
  writer.begin_object();
  writer.field("row", at.row);
  writer.field("column", at.column);
  writer.end_object();
}

// Edits of other files name theirs; those of the finding's own file do not, as in Ruff.
void write_edits(JsonWriter& writer, const FileReport& report, const analysis::FileEdits& file) {
  const SourceTexts::DocumentPtr other = file.file.empty() ? nullptr : report.files->document(file.file);
  if (!file.file.empty() && !other) return;  // gone since
  const Document* document = other ? other.get() : report.document;
  for (const analysis::Edit& edit : file.edits) {
    writer.begin_object();
    if (!file.file.empty()) writer.field("filename", file.file);
    writer.field("content", edit.text);
    place(writer, "location", *document, edit.range.start);
    place(writer, "end_location", *document, edit.range.end);
    writer.end_object();
  }
}

void write_fix(JsonWriter& writer, const FileReport& report, const ReportedFinding& one) {
  writer.key("fix");
  if (!one.fix) return writer.null();
  writer.begin_object();
  writer.field("applicability", one.by_option ? "safe" : "unsafe");
  writer.field("message", one.fix->title);
  writer.key("edits");
  writer.begin_array();
  for (const analysis::FileEdits& file : one.fix->files) write_edits(writer, report, file);
  writer.end_array();
  writer.end_object();
}

void write_chain(JsonWriter& writer, const FileReport& report, const Finding& finding) {
  writer.key("chain");
  writer.begin_array();
  for (const analysis::Note& note : finding.notes) {
    const SourceTexts::DocumentPtr other = note.file.empty() ? nullptr : report.files->document(note.file);
    if (!note.file.empty() && !other) continue;  // gone since
    const Place at = place_of(other ? *other : *report.document, note.range.start);
    writer.begin_object();
    writer.field("file", note.file.empty() ? report.filename : note.file);
    writer.field("row", at.row);
    writer.field("column", at.column);
    writer.field("text", note.text);
    writer.end_object();
  }
  writer.end_array();
}

void write_record(JsonWriter& writer, const FileReport& report, const ReportedFinding& one) {
  const Finding& finding = *one.finding;
  writer.begin_object();
  writer.field("code", finding.rule->code);
  writer.field("name", finding.rule->name);
  writer.field("message", finding.message);
  writer.field("severity", severity_name(shown_severity(finding)));
  writer.field("confidence", finding.confidence == analysis::Confidence::definite ? "definite" : "probable");
  writer.field("filename", report.filename);
  place(writer, "location", *report.document, finding.range.start);
  place(writer, "end_location", *report.document, finding.range.end);
  write_fix(writer, report, one);
  writer.field("url", std::string(kRulePages) + std::string(finding.rule->name));
  write_chain(writer, report, finding);
  writer.end_object();
}

}  // namespace

void write_json(std::string& out, const FileReport& report, std::string_view separator) {
  bool first = true;
  for (const ReportedFinding& one : report.findings) {
    if (!first) out.append(separator).append("\n");
    first = false;
    JsonWriter writer(out);
    write_record(writer, report, one);
  }
}

}  // namespace awaitd::server
