#include "protocol/lsp_notebook.h"

namespace awaitd::protocol {

void read(const Reader& reader, NotebookCell& out) {
  int kind = static_cast<int>(out.kind);
  reader.optional("kind", kind);
  out.kind = kind == 1 ? NotebookCell::Kind::Markup : NotebookCell::Kind::Code;
  reader.required("document", out.document);
}

void read(const Reader& reader, CellTextChange& out) {
  reader.required("document", out.document);
  reader.required("changes", out.changes);
}

void read(const Reader& reader, DidOpenNotebookDocumentParams& out) {
  const Reader notebook = reader.child("notebookDocument");
  notebook.required("uri", out.uri);
  notebook.optional("version", out.version);
  notebook.required("cells", out.cells);
  reader.required("cellTextDocuments", out.cell_texts);
}

void read(const Reader& reader, DidChangeNotebookDocumentParams& out) {
  const Reader notebook = reader.child("notebookDocument");
  notebook.required("uri", out.uri);
  notebook.optional("version", out.version);
  const Reader changes = reader.child("change");
  const Reader cells = changes.child("cells");
  cells.optional("textContent", out.texts);
  const Reader structure = cells.child("structure");
  if (structure.null()) return;
  const Reader array = structure.child("array");
  CellArrayChange& cut = out.structure.emplace();
  array.required("start", cut.start);
  array.required("deleteCount", cut.count);
  array.optional("cells", cut.cells);
  structure.optional("didOpen", out.opened);
  structure.optional("didClose", out.closed);
}

void read(const Reader& reader, DidSaveNotebookDocumentParams& out) {
  reader.child("notebookDocument").required("uri", out.uri);
}

void read(const Reader& reader, DidCloseNotebookDocumentParams& out) {
  reader.child("notebookDocument").required("uri", out.uri);
}

}  // namespace awaitd::protocol
