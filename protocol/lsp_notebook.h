// Notebook documents (LSP 3.17): a row of cells, each with a text document of its own. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/lsp_base.h"
#include "protocol/lsp_document.h"

namespace awaitd::protocol {

struct NotebookCell {
  enum class Kind : int { Markup = 1, Code = 2 };
  Kind kind = Kind::Code;
  DocumentUri document;
};

struct DidOpenNotebookDocumentParams {
  DocumentUri uri;
  std::int32_t version = 0;
  std::vector<NotebookCell> cells;
  std::vector<TextDocumentItem> cell_texts;
};

struct CellTextChange {
  VersionedTextDocumentIdentifier document;
  std::vector<ContentChange> changes;
};
// `count` cells from `start` on become these.
struct CellArrayChange {
  std::uint32_t start = 0;
  std::uint32_t count = 0;
  std::vector<NotebookCell> cells;
};
struct DidChangeNotebookDocumentParams {
  DocumentUri uri;
  std::int32_t version = 0;
  std::optional<CellArrayChange> structure;
  std::vector<TextDocumentItem> opened;
  std::vector<TextDocumentIdentifier> closed;
  std::vector<CellTextChange> texts;
};

struct DidSaveNotebookDocumentParams {
  DocumentUri uri;
};
struct DidCloseNotebookDocumentParams {
  DocumentUri uri;
};

void read(const Reader& reader, DidOpenNotebookDocumentParams& out);
void read(const Reader& reader, DidChangeNotebookDocumentParams& out);
void read(const Reader& reader, DidSaveNotebookDocumentParams& out);
void read(const Reader& reader, DidCloseNotebookDocumentParams& out);

}  // namespace awaitd::protocol
