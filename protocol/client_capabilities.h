// What the client said it can do, read once at initialize into flat members; whatever is missing or broken is false.
// Every optional member of an outgoing message is decided by one of these. Only what awaitd asks is here. A plain
// value: copy it to where it is needed, any thread. Names follow the paths in LSP 3.18's ClientCapabilities.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocol/json_reader.h"
#include "protocol/positions.h"

namespace awaitd::protocol {

struct ClientCapabilities {
  std::vector<std::string> position_encodings;  // general.positionEncodings, in the client's order

  struct Hover {
    bool markdown = false;  // contentFormat names markdown; without contentFormat plain text is safe
    bool plaintext = false;
    // experimental.awaitd.diagnosticsInHover: it shows the diagnostics at a place above what the server says of it, as
    // VS Code does.
    bool shows_diagnostics = false;
  } hover;

  struct CodeAction {
    bool literals = false;  // codeActionLiteralSupport: else only Commands are understood
    bool is_preferred = false;
    bool disabled = false;
    bool data = false;
    bool resolve_edit = false;     // resolveSupport.properties names edit
    bool resolve_command = false;  // ... names command
    bool honors_change_annotations = false;
    bool documentation = false;
    bool dynamic_registration = false;
    bool lazy_edits() const { return data && resolve_edit; }
  } code_action;

  struct WorkspaceEdit {
    bool apply = false;  // workspace.applyEdit
    bool document_changes = false;
    bool snippets = false;
    bool change_annotations = false;
    bool metadata = false;
  } workspace_edit;

  // Both kinds of diagnostics have these. Before 3.18 pull had none of its own: see read_client_capabilities.
  struct Diagnostics {
    bool related_information = false;
    bool tag_unnecessary = false;
    bool tag_deprecated = false;
    bool code_description = false;
    bool data = false;
  };
  struct Publish : Diagnostics {
    bool supported = false;
    bool version = false;  // versionSupport: sent all the same, which clients ignore
  } publish;
  struct Pull : Diagnostics {
    bool supported = false;
    bool dynamic_registration = false;
    bool related_documents = false;
    bool refresh = false;  // workspace.diagnostics.refreshSupport
  } pull;

  struct Workspace {
    bool configuration = false;
    bool configuration_dynamic = false;  // didChangeConfiguration.dynamicRegistration
    bool folders = false;
    bool watched_files_dynamic = false;
    bool watched_files_relative_pattern = false;
    bool inlay_hint_refresh = false;
    bool code_lens_refresh = false;
    bool text_document_content = false;
  } workspace;

  struct Window {
    bool work_done_progress = false;
    bool show_message_actions = false;  // showMessage.messageActionItem
    bool show_document = false;
  } window;

  bool did_save = false;
  bool inlay_hint = false;
  bool code_lens = false;
  bool call_hierarchy = false;
  bool document_link = false;
  bool document_link_tooltip = false;
  bool notebooks = false;  // notebookDocument.synchronization
};

// Never fails.
ClientCapabilities read_client_capabilities(const Json& capabilities);
void read(const Reader& reader, ClientCapabilities& out);

// utf-8 where offered (no conversion), else utf-16, which every client must know; utf-32 only where it is all there is.
PositionEncoding choose_position_encoding(const std::vector<std::string>& offered);

}  // namespace awaitd::protocol
