#include "protocol/lsp_edit.h"

namespace awaitd::protocol {
namespace {

void read_document_changes(const Reader& changes, WorkspaceEdit& out) {
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const Reader change = changes.at(i);
    if (change.has("kind")) continue;  // create, rename, delete: not ours
    DocumentEdits& document = out.documents.emplace_back();
    const Reader identifier = change.child("textDocument");
    identifier.required("uri", document.uri);
    identifier.optional("version", document.version);
    change.required("edits", document.edits);
  }
}

}  // namespace

bool code_action_kind::matches(std::string_view wanted, std::string_view kind) {
  if (wanted.empty()) return true;
  return kind.substr(0, wanted.size()) == wanted && (kind.size() == wanted.size() || kind[wanted.size()] == '.');
}

void read(const Reader& reader, TextEdit& out) {
  reader.required("range", out.range);
  reader.optional("annotationId", out.annotation);
  out.snippet = reader.has("snippet");
  if (out.snippet) {
    reader.child("snippet").required("value", out.new_text);
  } else {
    reader.required("newText", out.new_text);
  }
}

void read(const Reader& reader, WorkspaceEdit& out) {
  if (reader.has("documentChanges")) {
    out.as_document_changes = true;
    return read_document_changes(reader.child("documentChanges"), out);
  }
  const Reader changes = reader.child("changes");
  for (const std::string& uri : changes.keys()) {
    DocumentEdits& document = out.documents.emplace_back();
    document.uri = uri;
    read(changes.child(uri), document.edits);
  }
}

void read(const Reader& reader, CodeActionContext& out) {
  const Reader diagnostics = reader.child("diagnostics");
  for (std::size_t i = 0; i < diagnostics.size(); ++i) {
    Diagnostic diagnostic;
    if (diagnostics.at(i).lenient_value(diagnostic)) out.diagnostics.push_back(std::move(diagnostic));
  }
  reader.optional("only", out.only);
  reader.lenient("triggerKind", out.trigger_kind);
}

void read(const Reader& reader, CodeActionParams& out) {
  reader.required("textDocument", out.text_document);
  reader.required("range", out.range);
  reader.optional("context", out.context);
}

void read(const Reader& reader, CodeAction& out) {
  reader.required("title", out.title);
  reader.optional("kind", out.kind);
  reader.lenient("diagnostics", out.diagnostics);
  reader.optional("isPreferred", out.is_preferred);
  if (reader.has("disabled")) reader.child("disabled").required("reason", out.disabled);
  reader.optional("edit", out.edit);
  reader.optional("command", out.command);
  reader.optional("data", out.data);
}

void read(const Reader& reader, ApplyWorkspaceEditResult& out) {
  reader.required("applied", out.applied);
  reader.optional("failureReason", out.failure_reason);
}

void write(JsonWriter& writer, const TextEdit& value) {
  writer.begin_object();
  writer.field("range", value.range);
  if (value.snippet) {
    writer.key("snippet");
    writer.begin_object();
    writer.field("kind", "snippet");
    writer.field("value", value.new_text);
    writer.end_object();
  } else {
    writer.field("newText", value.new_text);
  }
  if (!value.annotation.empty()) writer.field("annotationId", value.annotation);
  writer.end_object();
}

void write(JsonWriter& writer, const ChangeAnnotation& value) {
  writer.begin_object();
  writer.field("label", value.label);
  if (value.needs_confirmation) writer.field("needsConfirmation", true);
  if (!value.description.empty()) writer.field("description", value.description);
  writer.end_object();
}

void write(JsonWriter& writer, const WorkspaceEdit& value) {
  writer.begin_object();
  if (value.as_document_changes) {
    writer.key("documentChanges");
    writer.begin_array();
    for (const DocumentEdits& document : value.documents) {
      writer.begin_object();
      writer.key("textDocument");
      writer.begin_object();
      writer.field("uri", document.uri);
      writer.key("version");
      write(writer, document.version);
      writer.end_object();
      writer.field("edits", document.edits);
      writer.end_object();
    }
    writer.end_array();
    if (!value.annotations.empty()) writer.field("changeAnnotations", value.annotations);
  } else {
    writer.key("changes");
    writer.begin_object();
    for (const DocumentEdits& document : value.documents) {
      writer.text_key(document.uri);
      write(writer, document.edits);
    }
    writer.end_object();
  }
  writer.end_object();
}

void write(JsonWriter& writer, const CodeAction& value) {
  writer.begin_object();
  writer.field("title", value.title);
  if (!value.kind.empty()) writer.field("kind", value.kind);
  if (!value.diagnostics.empty()) writer.field("diagnostics", value.diagnostics);
  if (value.is_preferred) writer.field("isPreferred", true);
  if (!value.disabled.empty()) {
    writer.key("disabled");
    writer.begin_object();
    writer.field("reason", value.disabled);
    writer.end_object();
  }
  writer.field("edit", value.edit);
  writer.field("command", value.command);
  if (!value.data.empty()) writer.field("data", value.data);
  writer.end_object();
}

void write(JsonWriter& writer, const ApplyWorkspaceEditParams& value) {
  writer.begin_object();
  if (!value.label.empty()) writer.field("label", value.label);
  writer.field("edit", value.edit);
  writer.end_object();
}

}  // namespace awaitd::protocol
