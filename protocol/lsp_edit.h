// Edits and code actions. A WorkspaceEdit is kept as edits a document; whether it is written as `changes` or as
// `documentChanges` is the caller's choice by the client's capabilities (Neovim and ALE announce neither: `changes`).
// Edits of one document must not overlap; their order does not matter. Plain values.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocol/lsp_base.h"
#include "protocol/lsp_diagnostic.h"

namespace awaitd::protocol {

struct TextEdit {
  Range range;
  std::string new_text;
  bool snippet = false;    // new_text is a snippet; only in documentChanges, with snippetEditSupport (3.18)
  std::string annotation;  // a key of WorkspaceEdit::annotations, optional; only in documentChanges
};

// What the client shows of edits that name it; only with changeAnnotationSupport.
struct ChangeAnnotation {
  std::string label;
  std::string description;
  bool needs_confirmation = false;
};

struct DocumentEdits {
  DocumentUri uri;
  std::optional<std::int32_t> version;  // written as null where absent
  std::vector<TextEdit> edits;
};

struct WorkspaceEdit {
  bool as_document_changes = false;
  std::vector<DocumentEdits> documents;
  std::map<std::string, ChangeAnnotation> annotations;
};

namespace code_action_kind {
inline constexpr std::string_view quick_fix = "quickfix";
inline constexpr std::string_view source_fix_all = "source.fixAll";
inline constexpr std::string_view source_fix_all_awaitd = "source.fixAll.awaitd";
// Kinds are dotted prefixes: `source` and "" ask for `source.fixAll.awaitd`, `source.fix` does not.
bool matches(std::string_view wanted, std::string_view kind);
}  // namespace code_action_kind

struct CodeActionContext {
  std::vector<Diagnostic> diagnostics;           // the client's copies: hints at best; broken ones are left out
  std::optional<std::vector<std::string>> only;  // absent: quick fixes are wanted
  int trigger_kind = 0;                          // 1 invoked, 2 automatic, 0 not said
};
struct CodeActionParams {
  TextDocumentIdentifier text_document;
  Range range;
  CodeActionContext context;
};

struct CodeAction {
  std::string title;
  std::string kind;
  std::vector<Diagnostic> diagnostics;
  bool is_preferred = false;
  std::string disabled;  // the reason, for clients with disabledSupport
  std::optional<WorkspaceEdit> edit;
  std::optional<Command> command;
  RawJson data;  // comes back in codeAction/resolve
};

struct ApplyWorkspaceEditParams {
  std::string label;
  WorkspaceEdit edit;
};
struct ApplyWorkspaceEditResult {
  bool applied = false;
  std::string failure_reason;
};

void read(const Reader& reader, TextEdit& out);
void read(const Reader& reader, WorkspaceEdit& out);
void read(const Reader& reader, CodeActionContext& out);
void read(const Reader& reader, CodeActionParams& out);
void read(const Reader& reader, CodeAction& out);
void read(const Reader& reader, ApplyWorkspaceEditResult& out);

void write(JsonWriter& writer, const TextEdit& value);
void write(JsonWriter& writer, const ChangeAnnotation& value);
void write(JsonWriter& writer, const WorkspaceEdit& value);
void write(JsonWriter& writer, const CodeAction& value);
void write(JsonWriter& writer, const ApplyWorkspaceEditParams& value);

}  // namespace awaitd::protocol
