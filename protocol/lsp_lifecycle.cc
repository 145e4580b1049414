#include "protocol/lsp_lifecycle.h"

namespace awaitd::protocol {
namespace {

// The members of a JSON object's text, without its braces.
std::string_view members(std::string_view object) {
  return object.size() >= 2 ? object.substr(1, object.size() - 2) : std::string_view();
}

void write_sync(JsonWriter& writer, const ServerCapabilities& value) {
  writer.key("textDocumentSync");
  writer.begin_object();
  writer.field("openClose", true);
  writer.field("change", value.incremental_sync ? 2 : 1);
  writer.key("save");
  writer.begin_object();
  writer.field("includeText", value.save_with_text);
  writer.end_object();
  writer.end_object();
}

void write_code_actions(JsonWriter& writer, const ServerCapabilities& value) {
  if (value.code_action_kinds.empty()) return;
  writer.key("codeActionProvider");
  writer.begin_object();
  writer.field("codeActionKinds", value.code_action_kinds);
  if (value.code_action_resolve) writer.field("resolveProvider", true);
  if (!value.code_action_documentation.empty()) {
    writer.key("documentation");
    writer.begin_array();
    for (const CodeActionKindDocumentation& one : value.code_action_documentation) {
      writer.begin_object();
      writer.field("kind", one.kind);
      writer.field("command", one.command);
      writer.end_object();
    }
    writer.end_array();
  }
  writer.end_object();
}

}  // namespace

std::vector<WorkspaceFolder> InitializeParams::roots() const {
  if (!workspace_folders.empty()) return workspace_folders;
  if (root_uri && !root_uri->empty()) return {{*root_uri, {}}};
  return {};
}

void read(const Reader& reader, WorkspaceFolder& out) {
  reader.required("uri", out.uri);
  reader.optional("name", out.name);
}

void read(const Reader& reader, InitializeParams& out) {
  if (!reader.is_object()) return;
  reader.lenient("processId", out.process_id);
  const Reader info = reader.child("clientInfo");
  if (info.is_object()) {
    info.lenient("name", out.client_info.name);
    info.lenient("version", out.client_info.version);
  }
  reader.lenient("locale", out.locale);
  reader.lenient("rootUri", out.root_uri);
  reader.lenient("rootPath", out.root_path);
  reader.lenient("workspaceFolders", out.workspace_folders);
  reader.lenient("initializationOptions", out.initialization_options);
  reader.lenient("capabilities", out.capabilities);
  reader.lenient("trace", out.trace);
}

void write(JsonWriter& writer, const ServerCapabilities& value) {
  writer.begin_object();
  writer.field("positionEncoding", encoding_name(value.position_encoding));
  write_sync(writer, value);
  if (value.hover) writer.field("hoverProvider", true);
  write_code_actions(writer, value);
  if (!value.commands.empty()) {
    writer.key("executeCommandProvider");
    writer.begin_object();
    writer.field("commands", value.commands);
    writer.end_object();
  }
  if (value.diagnostics) {
    writer.key("diagnosticProvider");
    writer.begin_object();
    if (!value.diagnostics->identifier.empty()) writer.field("identifier", value.diagnostics->identifier);
    writer.field("interFileDependencies", value.diagnostics->inter_file_dependencies);
    writer.field("workspaceDiagnostics", value.diagnostics->workspace_diagnostics);
    writer.end_object();
  }
  if (value.workspace_folders) {
    writer.key("workspace");
    writer.raw(R"({"workspaceFolders":{"supported":true,"changeNotifications":true}})");
  }
  if (!members(value.more.text).empty()) writer.raw(members(value.more.text));
  writer.end_object();
}

void write(JsonWriter& writer, const InitializeResult& value) {
  writer.begin_object();
  writer.field("capabilities", value.capabilities);
  writer.key("serverInfo");
  writer.begin_object();
  writer.field("name", value.server_name);
  if (!value.server_version.empty()) writer.field("version", value.server_version);
  writer.end_object();
  writer.end_object();
}

void write(JsonWriter& writer, const Registration& value) {
  writer.begin_object();
  writer.field("id", value.id);
  writer.field("method", value.method);
  if (!value.options.empty()) writer.field("registerOptions", value.options);
  writer.end_object();
}

void write(JsonWriter& writer, const RegistrationParams& value) {
  writer.begin_object();
  writer.field("registrations", value.registrations);
  writer.end_object();
}

void write(JsonWriter& writer, const Unregistration& value) {
  writer.begin_object();
  writer.field("id", value.id);
  writer.field("method", value.method);
  writer.end_object();
}

void write(JsonWriter& writer, const UnregistrationParams& value) {
  writer.begin_object();
  writer.field("unregisterations", value.unregistrations);  // LSP's own spelling
  writer.end_object();
}

}  // namespace awaitd::protocol
