#include "protocol/client_capabilities.h"

#include <algorithm>

namespace awaitd::protocol {
namespace {

// A Reader that never fails: broken members read as absent.
class Lookup {
 public:
  explicit Lookup(const Json& json) : json_(&json) {}

  Lookup operator[](std::string_view name) const { return Lookup(Reader(*json_, {}, ignored_).child(name).json()); }
  bool present() const { return !reader().null(); }
  bool yes(std::string_view name) const {
    bool value = false;
    reader().lenient(name, value);
    return value;
  }
  template <class T>
  std::vector<T> list(std::string_view name) const {
    std::vector<T> values;
    reader().lenient(name, values);
    return values;
  }
  bool lists(std::string_view name, std::string_view value) const {
    const auto values = list<std::string>(name);
    return std::find(values.begin(), values.end(), value) != values.end();
  }

 private:
  Reader reader() const { return {*json_, {}, ignored_}; }

  const Json* json_;
  mutable Reader::Failure ignored_;
};

void read_diagnostics(const Lookup& from, ClientCapabilities::Diagnostics& out) {
  out.related_information = from.yes("relatedInformation");
  out.code_description = from.yes("codeDescriptionSupport");
  out.data = from.yes("dataSupport");
  for (const int tag : from["tagSupport"].list<int>("valueSet")) {
    out.tag_unnecessary |= tag == 1;
    out.tag_deprecated |= tag == 2;
  }
  // Old clients say `"tagSupport": true`.
  if (from.yes("tagSupport")) out.tag_unnecessary = out.tag_deprecated = true;
}

void read_text_document(const Lookup& text, ClientCapabilities& out) {
  out.hover.markdown = text["hover"].lists("contentFormat", "markdown");
  out.hover.plaintext = text["hover"].lists("contentFormat", "plaintext");

  const Lookup action = text["codeAction"];
  out.code_action.literals = action["codeActionLiteralSupport"].present();
  out.code_action.is_preferred = action.yes("isPreferredSupport");
  out.code_action.disabled = action.yes("disabledSupport");
  out.code_action.data = action.yes("dataSupport");
  out.code_action.resolve_edit = action["resolveSupport"].lists("properties", "edit");
  out.code_action.resolve_command = action["resolveSupport"].lists("properties", "command");
  out.code_action.honors_change_annotations = action.yes("honorsChangeAnnotations");
  out.code_action.documentation = action.yes("documentationSupport");
  out.code_action.dynamic_registration = action.yes("dynamicRegistration");

  const Lookup publish = text["publishDiagnostics"];
  out.publish.supported = publish.present();
  out.publish.version = publish.yes("versionSupport");
  read_diagnostics(publish, out.publish);

  const Lookup pull = text["diagnostic"];
  out.pull.supported = pull.present();
  out.pull.dynamic_registration = pull.yes("dynamicRegistration");
  out.pull.related_documents = pull.yes("relatedDocumentSupport");
  read_diagnostics(pull, out.pull);
  // 3.17 had these four for publishDiagnostics only, and clients of that time mean both.
  if (!pull["tagSupport"].present() && !pull["relatedInformation"].present() && !pull["dataSupport"].present() &&
      !pull["codeDescriptionSupport"].present()) {
    static_cast<ClientCapabilities::Diagnostics&>(out.pull) = out.publish;
  }

  out.did_save = text["synchronization"].yes("didSave");
  out.inlay_hint = text["inlayHint"].present();
  out.code_lens = text["codeLens"].present();
  out.call_hierarchy = text["callHierarchy"].present();
  out.document_link = text["documentLink"].present();
  out.document_link_tooltip = text["documentLink"].yes("tooltipSupport");
}

void read_workspace(const Lookup& workspace, ClientCapabilities& out) {
  const Lookup edit = workspace["workspaceEdit"];
  out.workspace_edit.apply = workspace.yes("applyEdit");
  out.workspace_edit.document_changes = edit.yes("documentChanges");
  out.workspace_edit.snippets = edit.yes("snippetEditSupport");
  out.workspace_edit.change_annotations = edit["changeAnnotationSupport"].present();
  out.workspace_edit.metadata = edit.yes("metadataSupport");
  out.workspace.configuration = workspace.yes("configuration");
  out.workspace.configuration_dynamic = workspace["didChangeConfiguration"].yes("dynamicRegistration");
  out.workspace.folders = workspace.yes("workspaceFolders");
  out.workspace.watched_files_dynamic = workspace["didChangeWatchedFiles"].yes("dynamicRegistration");
  out.workspace.watched_files_relative_pattern = workspace["didChangeWatchedFiles"].yes("relativePatternSupport");
  out.workspace.inlay_hint_refresh = workspace["inlayHint"].yes("refreshSupport");
  out.workspace.code_lens_refresh = workspace["codeLens"].yes("refreshSupport");
  out.workspace.text_document_content = workspace["textDocumentContent"].present();
  out.pull.refresh = workspace["diagnostics"].yes("refreshSupport");
}

}  // namespace

ClientCapabilities read_client_capabilities(const Json& capabilities) {
  ClientCapabilities out;
  const Lookup root(capabilities);
  out.position_encodings = root["general"].list<std::string>("positionEncodings");
  read_text_document(root["textDocument"], out);
  read_workspace(root["workspace"], out);
  out.hover.shows_diagnostics = root["experimental"]["awaitd"].yes("diagnosticsInHover");
  out.notebooks = root["notebookDocument"]["synchronization"].present();
  const Lookup window = root["window"];
  out.window.work_done_progress = window.yes("workDoneProgress");
  out.window.show_message_actions = window["showMessage"]["messageActionItem"].present();
  out.window.show_document = window["showDocument"].yes("support");
  return out;
}

void read(const Reader& reader, ClientCapabilities& out) { out = read_client_capabilities(reader.json()); }

PositionEncoding choose_position_encoding(const std::vector<std::string>& offered) {
  const auto has = [&](PositionEncoding encoding) {
    return std::find(offered.begin(), offered.end(), encoding_name(encoding)) != offered.end();
  };
  if (has(PositionEncoding::Utf8)) return PositionEncoding::Utf8;
  if (!has(PositionEncoding::Utf16) && has(PositionEncoding::Utf32)) return PositionEncoding::Utf32;
  return PositionEncoding::Utf16;
}

}  // namespace awaitd::protocol
