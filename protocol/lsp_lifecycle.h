// initialize, its answer, and dynamic registration. Reading initialize never fails: a client that is wrong about one
// member still gets a session. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/client_capabilities.h"
#include "protocol/lsp_base.h"

namespace awaitd::protocol {

struct ClientInfo {
  std::string name;
  std::string version;
};
struct WorkspaceFolder {
  DocumentUri uri;
  std::string name;
};

struct InitializeParams {
  std::optional<std::int64_t> process_id;  // null: no parent to watch
  ClientInfo client_info;
  std::string locale;
  std::optional<DocumentUri> root_uri;
  std::optional<std::string> root_path;  // deprecated, older than rootUri
  std::vector<WorkspaceFolder> workspace_folders;
  JsonValue initialization_options;
  ClientCapabilities capabilities;
  std::string trace = "off";  // off, messages, verbose
  // The folders, else rootUri, else nothing (a lone file).
  std::vector<WorkspaceFolder> roots() const;
};

struct DiagnosticOptions {
  std::string identifier;
  bool inter_file_dependencies = false;
  bool workspace_diagnostics = false;
};

// An entry for all code actions of a kind, which a client shows beside them (3.18).
struct CodeActionKindDocumentation {
  std::string kind;
  Command command;
};

// What this server can do; absent members are not written.
struct ServerCapabilities {
  PositionEncoding position_encoding = PositionEncoding::Utf16;
  bool incremental_sync = true;
  bool save_with_text = false;
  bool hover = false;
  std::vector<std::string> code_action_kinds;  // empty: no code actions
  bool code_action_resolve = false;
  std::vector<CodeActionKindDocumentation> code_action_documentation;
  std::vector<std::string> commands;
  std::optional<DiagnosticOptions> diagnostics;  // offering pull means not pushing to clients that pull
  bool workspace_folders = false;
  RawJson more;  // a JSON object whose members are added: features that have no member here yet
};

struct InitializeResult {
  ServerCapabilities capabilities;
  std::string server_name;
  std::string server_version;
};

struct Registration {
  std::string id;
  std::string method;
  RawJson options;  // registerOptions, optional
};
struct RegistrationParams {
  std::vector<Registration> registrations;
};
struct Unregistration {
  std::string id;
  std::string method;
};
struct UnregistrationParams {
  std::vector<Unregistration> unregistrations;
};

void read(const Reader& reader, WorkspaceFolder& out);
void read(const Reader& reader, InitializeParams& out);

void write(JsonWriter& writer, const ServerCapabilities& value);
void write(JsonWriter& writer, const InitializeResult& value);
void write(JsonWriter& writer, const Registration& value);
void write(JsonWriter& writer, const RegistrationParams& value);
void write(JsonWriter& writer, const Unregistration& value);
void write(JsonWriter& writer, const UnregistrationParams& value);

}  // namespace awaitd::protocol
