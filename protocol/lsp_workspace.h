// Hover, commands, the window, configuration and watched files: the remaining parameters. Plain values.
// Settings arrive through three doors (initializationOptions, didChangeConfiguration, workspace/configuration) in the
// client's own shape; they stay JSON here and are read by the server's configuration.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/lsp_base.h"
#include "protocol/lsp_lifecycle.h"

namespace awaitd::protocol {

using HoverParams = TextDocumentPositionParams;
struct Hover {
  MarkupContent contents;
  std::optional<Range> range;
};

struct ExecuteCommandParams {
  std::string command;
  JsonValue arguments;  // an array or null
};

enum class MessageType : int { Error = 1, Warning = 2, Info = 3, Log = 4, Debug = 5 };  // Debug since 3.18
// window/showMessage and window/logMessage.
struct ShowMessageParams {
  MessageType type = MessageType::Info;
  std::string message;
};
using LogMessageParams = ShowMessageParams;
struct ShowMessageRequestParams {
  MessageType type = MessageType::Info;
  std::string message;
  std::vector<std::string> actions;  // titles
};
struct LogTraceParams {
  std::string message;
  std::string verbose;  // only at trace level verbose
};
struct SetTraceParams {
  std::string value;
};

struct DidChangeConfigurationParams {
  JsonValue settings;
};
struct ConfigurationItem {
  std::optional<DocumentUri> scope_uri;
  std::string section;
};
struct ConfigurationParams {
  std::vector<ConfigurationItem> items;
};

struct FileEvent {
  enum class Type : int { Created = 1, Changed = 2, Deleted = 3 };
  DocumentUri uri;
  Type type = Type::Changed;
};
struct DidChangeWatchedFilesParams {
  std::vector<FileEvent> changes;
};
struct FileSystemWatcher {
  std::string glob;
  std::optional<DocumentUri> base;  // relative to this folder, with relativePatternSupport
};
struct DidChangeWatchedFilesRegistrationOptions {
  std::vector<FileSystemWatcher> watchers;
};

struct DidChangeWorkspaceFoldersParams {
  std::vector<WorkspaceFolder> added;
  std::vector<WorkspaceFolder> removed;
};

void read(const Reader& reader, Hover& out);
void read(const Reader& reader, ExecuteCommandParams& out);
void read(const Reader& reader, ShowMessageParams& out);
void read(const Reader& reader, SetTraceParams& out);
void read(const Reader& reader, DidChangeConfigurationParams& out);
void read(const Reader& reader, DidChangeWatchedFilesParams& out);
void read(const Reader& reader, DidChangeWorkspaceFoldersParams& out);

void write(JsonWriter& writer, const Hover& value);
void write(JsonWriter& writer, const ShowMessageParams& value);
void write(JsonWriter& writer, const ShowMessageRequestParams& value);
void write(JsonWriter& writer, const LogTraceParams& value);
void write(JsonWriter& writer, const ConfigurationParams& value);
void write(JsonWriter& writer, const DidChangeWatchedFilesRegistrationOptions& value);

}  // namespace awaitd::protocol
