// Diagnostics, pushed (publishDiagnostics) and pulled (textDocument/diagnostic). Which optional members a client may be
// sent is for the caller to decide (client_capabilities.h): an empty member is not written. Plain values.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocol/lsp_base.h"

namespace awaitd::protocol {

enum class DiagnosticSeverity : int { Error = 1, Warning = 2, Information = 3, Hint = 4 };
enum class DiagnosticTag : int { Unnecessary = 1, Deprecated = 2 };

struct DiagnosticRelatedInformation {
  Location location;
  std::string message;
};

struct Diagnostic {
  Range range;
  DiagnosticSeverity severity = DiagnosticSeverity::Warning;  // always written
  std::string code;
  std::string code_description;  // a URL
  std::string source;
  std::string message;
  std::vector<DiagnosticTag> tags;
  std::vector<DiagnosticRelatedInformation> related_information;
  RawJson data;  // comes back in codeAction's context
};

struct PublishDiagnosticsParams {
  DocumentUri uri;
  std::optional<std::int32_t> version;
  std::vector<Diagnostic> diagnostics;
};

struct DocumentDiagnosticParams {
  TextDocumentIdentifier text_document;
  std::optional<std::string> identifier;
  std::optional<std::string> previous_result_id;
};

struct DocumentDiagnosticReport {
  bool unchanged = false;  // then result_id is needed and `items` is not written
  std::string result_id;   // optional in a full report
  std::vector<Diagnostic> items;
  RawJson items_text;  // the items as a JSON array, where they were written before; then `items` is not looked at
  // Other files whose diagnostics changed with this one; only for clients with relatedDocumentSupport.
  std::map<DocumentUri, DocumentDiagnosticReport> related_documents;
};

// What the client holds of a document from an earlier answer.
struct PreviousResultId {
  DocumentUri uri;
  std::string value;
};
struct WorkspaceDiagnosticParams {
  std::vector<PreviousResultId> previous_result_ids;
  RawJson partial_result_token;  // a number or a string; empty: the client takes one answer only
  RawJson work_done_token;
};
struct WorkspaceDocumentReport {
  DocumentUri uri;
  std::optional<std::int32_t> version;  // written as null for documents that are not open
  DocumentDiagnosticReport report;
};
struct WorkspaceDiagnosticReport {  // a partial result has the same form
  std::vector<WorkspaceDocumentReport> items;
};

void read(const Reader& reader, DiagnosticRelatedInformation& out);
void read(const Reader& reader, Diagnostic& out);  // a client's copy: only the range is required
void read(const Reader& reader, PublishDiagnosticsParams& out);
void read(const Reader& reader, DocumentDiagnosticParams& out);
void read(const Reader& reader, PreviousResultId& out);
void read(const Reader& reader, WorkspaceDiagnosticParams& out);

void write(JsonWriter& writer, const DiagnosticRelatedInformation& value);
void write(JsonWriter& writer, const Diagnostic& value);
void write(JsonWriter& writer, const PublishDiagnosticsParams& value);
void write(JsonWriter& writer, const DocumentDiagnosticReport& value);
void write(JsonWriter& writer, const WorkspaceDocumentReport& value);
void write(JsonWriter& writer, const WorkspaceDiagnosticReport& value);

}  // namespace awaitd::protocol
