#include "protocol/lsp_document.h"

namespace awaitd::protocol {

void read(const Reader& reader, TextDocumentItem& out) {
  reader.required("uri", out.uri);
  reader.optional("languageId", out.language_id);
  reader.optional("version", out.version);
  reader.required("text", out.text);
}
void read(const Reader& reader, VersionedTextDocumentIdentifier& out) {
  reader.required("uri", out.uri);
  reader.optional("version", out.version);
}
void read(const Reader& reader, ContentChange& out) {
  reader.optional("range", out.range);
  reader.required("text", out.text);
}
void read(const Reader& reader, DidOpenTextDocumentParams& out) { reader.required("textDocument", out.text_document); }
void read(const Reader& reader, DidChangeTextDocumentParams& out) {
  reader.required("textDocument", out.text_document);
  reader.required("contentChanges", out.content_changes);
}
void read(const Reader& reader, DidSaveTextDocumentParams& out) {
  reader.required("textDocument", out.text_document);
  reader.optional("text", out.text);
}
void read(const Reader& reader, DidCloseTextDocumentParams& out) { reader.required("textDocument", out.text_document); }

}  // namespace awaitd::protocol
