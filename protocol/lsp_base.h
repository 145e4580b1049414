// The small LSP 3.18 types that everything is made of. Only members that awaitd uses are here. Lines and characters are
// 0-based; characters are in the session's position encoding. URIs are the client's own strings. Plain values.
// read() is tolerant (json_reader.h), write() strict (json_writer.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/json_reader.h"
#include "protocol/json_writer.h"

namespace awaitd::protocol {

using DocumentUri = std::string;

struct Position {
  std::uint32_t line = 0;
  std::uint32_t character = 0;
  bool operator==(const Position& o) const { return line == o.line && character == o.character; }
  bool operator<(const Position& o) const { return line != o.line ? line < o.line : character < o.character; }
};
struct Range {
  Position start;
  Position end;  // exclusive; a client's may lie before start
  bool operator==(const Range& o) const { return start == o.start && end == o.end; }
};
struct Location {
  DocumentUri uri;
  Range range;
};
struct TextDocumentIdentifier {
  DocumentUri uri;
};
// Parameters of hover and other requests at one place.
struct TextDocumentPositionParams {
  TextDocumentIdentifier text_document;
  Position position;
};

struct MarkupContent {
  bool markdown = false;  // else plain text: choose by the client's contentFormat
  std::string value;
};
struct Command {
  std::string title;
  std::string command;
  RawJson arguments;  // a JSON array, optional
};

void read(const Reader& reader, Position& out);
void read(const Reader& reader, Range& out);
void read(const Reader& reader, Location& out);
void read(const Reader& reader, TextDocumentIdentifier& out);
void read(const Reader& reader, TextDocumentPositionParams& out);
void read(const Reader& reader, MarkupContent& out);
void read(const Reader& reader, Command& out);

void write(JsonWriter& writer, const Position& value);
void write(JsonWriter& writer, const Range& value);
void write(JsonWriter& writer, const Location& value);
void write(JsonWriter& writer, const TextDocumentIdentifier& value);
void write(JsonWriter& writer, const TextDocumentPositionParams& value);
void write(JsonWriter& writer, const MarkupContent& value);
void write(JsonWriter& writer, const Command& value);

}  // namespace awaitd::protocol
