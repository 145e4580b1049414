#include "protocol/lsp_base.h"

namespace awaitd::protocol {

void read(const Reader& reader, Position& out) {
  reader.required("line", out.line);
  reader.required("character", out.character);
}
void read(const Reader& reader, Range& out) {
  reader.required("start", out.start);
  reader.required("end", out.end);
}
void read(const Reader& reader, Location& out) {
  reader.required("uri", out.uri);
  reader.required("range", out.range);
}
void read(const Reader& reader, TextDocumentIdentifier& out) { reader.required("uri", out.uri); }
void read(const Reader& reader, TextDocumentPositionParams& out) {
  reader.required("textDocument", out.text_document);
  reader.required("position", out.position);
}
void read(const Reader& reader, MarkupContent& out) {
  std::string kind;
  reader.required("kind", kind);
  out.markdown = kind == "markdown";
  reader.required("value", out.value);
}
void read(const Reader& reader, Command& out) {
  reader.optional("title", out.title);
  reader.required("command", out.command);
  reader.optional("arguments", out.arguments);
}

void write(JsonWriter& writer, const Position& value) {
  writer.begin_object();
  writer.field("line", value.line);
  writer.field("character", value.character);
  writer.end_object();
}
void write(JsonWriter& writer, const Range& value) {
  writer.begin_object();
  writer.field("start", value.start);
  writer.field("end", value.end);
  writer.end_object();
}
void write(JsonWriter& writer, const Location& value) {
  writer.begin_object();
  writer.field("uri", value.uri);
  writer.field("range", value.range);
  writer.end_object();
}
void write(JsonWriter& writer, const TextDocumentIdentifier& value) {
  writer.begin_object();
  writer.field("uri", value.uri);
  writer.end_object();
}
void write(JsonWriter& writer, const TextDocumentPositionParams& value) {
  writer.begin_object();
  writer.field("textDocument", value.text_document);
  writer.field("position", value.position);
  writer.end_object();
}
void write(JsonWriter& writer, const MarkupContent& value) {
  writer.begin_object();
  writer.field("kind", value.markdown ? "markdown" : "plaintext");
  writer.field("value", value.value);
  writer.end_object();
}
void write(JsonWriter& writer, const Command& value) {
  writer.begin_object();
  writer.field("title", value.title);
  writer.field("command", value.command);
  if (!value.arguments.empty()) writer.field("arguments", value.arguments);
  writer.end_object();
}

}  // namespace awaitd::protocol
