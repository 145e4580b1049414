#include "protocol/lsp_diagnostic.h"

namespace awaitd::protocol {
namespace {

void write_range(JsonWriter& writer, const Range& range) {
  // By hand, as it is a third of all bytes sent.
  char text[128];
  std::string_view pieces[] = {
      "{\"start\":{\"line\":", ",\"character\":", "},\"end\":{\"line\":", ",\"character\":", "}}"};
  const std::uint32_t numbers[] = {range.start.line, range.start.character, range.end.line, range.end.character};
  std::size_t size = 0;
  for (int i = 0; i < 5; ++i) {
    for (const char c : pieces[i]) text[size++] = c;
    if (i == 4) break;
    char digits[12];
    std::size_t count = 0;
    std::uint32_t rest = numbers[i];
    do digits[count++] = static_cast<char>('0' + rest % 10);
    while ((rest /= 10) != 0);
    while (count > 0) text[size++] = digits[--count];
  }
  writer.raw({text, size});
}

void write_own_members(JsonWriter& writer, const DocumentDiagnosticReport& value) {
  writer.field("kind", value.unchanged ? "unchanged" : "full");
  if (!value.result_id.empty() || value.unchanged) writer.field("resultId", value.result_id);
  if (value.unchanged) return;
  if (value.items_text.empty()) {
    writer.field("items", value.items);
  } else {
    writer.field("items", value.items_text);
  }
}

void write_members(JsonWriter& writer, const DocumentDiagnosticReport& value, bool top) {
  writer.begin_object();
  write_own_members(writer, value);
  if (top && !value.related_documents.empty()) {
    writer.key("relatedDocuments");
    writer.begin_object();
    for (const auto& [uri, report] : value.related_documents) {
      writer.text_key(uri);
      write_members(writer, report, false);
    }
    writer.end_object();
  }
  writer.end_object();
}

}  // namespace

void read(const Reader& reader, DiagnosticRelatedInformation& out) {
  reader.required("location", out.location);
  reader.required("message", out.message);
}

void read(const Reader& reader, Diagnostic& out) {
  reader.required("range", out.range);
  int severity = static_cast<int>(DiagnosticSeverity::Warning);
  reader.lenient("severity", severity);
  if (severity >= 1 && severity <= 4) out.severity = static_cast<DiagnosticSeverity>(severity);
  reader.lenient("code", out.code);
  std::string href;
  if (reader.child("codeDescription").is_object()) reader.child("codeDescription").lenient("href", href);
  out.code_description = href;
  reader.lenient("source", out.source);
  reader.lenient("message", out.message);
  std::vector<int> tags;
  reader.lenient("tags", tags);
  for (const int tag : tags) out.tags.push_back(static_cast<DiagnosticTag>(tag));
  reader.lenient("relatedInformation", out.related_information);
  reader.lenient("data", out.data);
}

void read(const Reader& reader, PublishDiagnosticsParams& out) {
  reader.required("uri", out.uri);
  reader.optional("version", out.version);
  reader.required("diagnostics", out.diagnostics);
}

void read(const Reader& reader, DocumentDiagnosticParams& out) {
  reader.required("textDocument", out.text_document);
  reader.optional("identifier", out.identifier);
  reader.optional("previousResultId", out.previous_result_id);
}

void read(const Reader& reader, PreviousResultId& out) {
  reader.required("uri", out.uri);
  reader.required("value", out.value);
}

void read(const Reader& reader, WorkspaceDiagnosticParams& out) {
  reader.lenient("previousResultIds", out.previous_result_ids);
  reader.lenient("partialResultToken", out.partial_result_token);
  reader.lenient("workDoneToken", out.work_done_token);
}

void write(JsonWriter& writer, const DiagnosticRelatedInformation& value) {
  writer.begin_object();
  writer.field("location", value.location);
  writer.field("message", value.message);
  writer.end_object();
}

void write(JsonWriter& writer, const Diagnostic& value) {
  writer.begin_object();
  writer.key("range");
  write_range(writer, value.range);
  writer.field("severity", static_cast<int>(value.severity));
  if (!value.code.empty()) writer.field("code", value.code);
  if (!value.code_description.empty()) {
    writer.key("codeDescription");
    writer.begin_object();
    writer.field("href", value.code_description);
    writer.end_object();
  }
  if (!value.source.empty()) writer.field("source", value.source);
  writer.field("message", value.message);
  if (!value.tags.empty()) {
    writer.key("tags");
    writer.begin_array();
    for (const DiagnosticTag tag : value.tags) writer.integer(static_cast<int>(tag));
    writer.end_array();
  }
  if (!value.related_information.empty()) writer.field("relatedInformation", value.related_information);
  if (!value.data.empty()) writer.field("data", value.data);
  writer.end_object();
}

void write(JsonWriter& writer, const PublishDiagnosticsParams& value) {
  writer.begin_object();
  writer.field("uri", value.uri);
  writer.field("version", value.version);
  writer.field("diagnostics", value.diagnostics);
  writer.end_object();
}

void write(JsonWriter& writer, const DocumentDiagnosticReport& value) { write_members(writer, value, true); }

void write(JsonWriter& writer, const WorkspaceDocumentReport& value) {
  writer.begin_object();
  writer.field("uri", value.uri);
  writer.key("version");
  write(writer, value.version);
  write_own_members(writer, value.report);
  writer.end_object();
}

void write(JsonWriter& writer, const WorkspaceDiagnosticReport& value) {
  writer.begin_object();
  writer.field("items", value.items);
  writer.end_object();
}

}  // namespace awaitd::protocol
