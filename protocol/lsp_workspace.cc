#include "protocol/lsp_workspace.h"

namespace awaitd::protocol {
namespace {

void write_message(JsonWriter& writer, MessageType type, const std::string& message) {
  writer.field("type", static_cast<int>(type));
  writer.field("message", message);
}

}  // namespace

void read(const Reader& reader, Hover& out) {
  reader.required("contents", out.contents);
  reader.optional("range", out.range);
}
void read(const Reader& reader, ExecuteCommandParams& out) {
  reader.required("command", out.command);
  reader.optional("arguments", out.arguments);
}
void read(const Reader& reader, ShowMessageParams& out) {
  int type = static_cast<int>(out.type);
  reader.required("type", type);
  out.type = static_cast<MessageType>(type);
  reader.required("message", out.message);
}
void read(const Reader& reader, SetTraceParams& out) { reader.required("value", out.value); }
void read(const Reader& reader, DidChangeConfigurationParams& out) { reader.optional("settings", out.settings); }

void read(const Reader& reader, DidChangeWatchedFilesParams& out) {
  const Reader changes = reader.child("changes");
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const Reader change = changes.at(i);
    FileEvent& event = out.changes.emplace_back();
    change.required("uri", event.uri);
    int type = static_cast<int>(event.type);
    change.required("type", type);
    event.type = static_cast<FileEvent::Type>(type);
  }
}

void read(const Reader& reader, DidChangeWorkspaceFoldersParams& out) {
  const Reader event = reader.child("event");
  event.optional("added", out.added);
  event.optional("removed", out.removed);
}

void write(JsonWriter& writer, const Hover& value) {
  writer.begin_object();
  writer.field("contents", value.contents);
  writer.field("range", value.range);
  writer.end_object();
}

void write(JsonWriter& writer, const ShowMessageParams& value) {
  writer.begin_object();
  write_message(writer, value.type, value.message);
  writer.end_object();
}

void write(JsonWriter& writer, const ShowMessageRequestParams& value) {
  writer.begin_object();
  write_message(writer, value.type, value.message);
  writer.key("actions");
  writer.begin_array();
  for (const std::string& title : value.actions) {
    writer.begin_object();
    writer.field("title", title);
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
}

void write(JsonWriter& writer, const LogTraceParams& value) {
  writer.begin_object();
  writer.field("message", value.message);
  if (!value.verbose.empty()) writer.field("verbose", value.verbose);
  writer.end_object();
}

void write(JsonWriter& writer, const ConfigurationParams& value) {
  writer.begin_object();
  writer.key("items");
  writer.begin_array();
  for (const ConfigurationItem& item : value.items) {
    writer.begin_object();
    writer.field("scopeUri", item.scope_uri);
    writer.field("section", item.section);
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
}

void write(JsonWriter& writer, const DidChangeWatchedFilesRegistrationOptions& value) {
  writer.begin_object();
  writer.key("watchers");
  writer.begin_array();
  for (const FileSystemWatcher& watcher : value.watchers) {
    writer.begin_object();
    writer.key("globPattern");
    if (watcher.base) {
      writer.begin_object();
      writer.field("baseUri", *watcher.base);
      writer.field("pattern", watcher.glob);
      writer.end_object();
    } else {
      writer.string(watcher.glob);
    }
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
}

}  // namespace awaitd::protocol
