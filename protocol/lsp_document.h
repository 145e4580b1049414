// Text synchronisation: didOpen, didChange, didSave, didClose. Versions are the client's and may jump. Plain values.
// Content changes are applied in their order; `rangeLength` is not read, because clients send it in changing units.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/lsp_base.h"

namespace awaitd::protocol {

struct TextDocumentItem {
  DocumentUri uri;
  std::string language_id;
  std::int32_t version = 0;
  std::string text;
};
struct VersionedTextDocumentIdentifier {
  DocumentUri uri;
  std::optional<std::int32_t> version;  // some old clients send null
};
struct ContentChange {
  std::optional<Range> range;  // absent: `text` is the whole document
  std::string text;
};

struct DidOpenTextDocumentParams {
  TextDocumentItem text_document;
};
struct DidChangeTextDocumentParams {
  VersionedTextDocumentIdentifier text_document;
  std::vector<ContentChange> content_changes;
};
struct DidSaveTextDocumentParams {
  TextDocumentIdentifier text_document;
  std::optional<std::string> text;
};
struct DidCloseTextDocumentParams {
  TextDocumentIdentifier text_document;
};

void read(const Reader& reader, TextDocumentItem& out);
void read(const Reader& reader, VersionedTextDocumentIdentifier& out);
void read(const Reader& reader, ContentChange& out);
void read(const Reader& reader, DidOpenTextDocumentParams& out);
void read(const Reader& reader, DidChangeTextDocumentParams& out);
void read(const Reader& reader, DidSaveTextDocumentParams& out);
void read(const Reader& reader, DidCloseTextDocumentParams& out);

}  // namespace awaitd::protocol
