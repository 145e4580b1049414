// Notebooks: cells come, go and change; what is analysed is the module they make. Their diagnostics are pushed, for
// each cell under its own URI.
#include "server/documents/text_sync.h"
#include "server/session/session.h"

namespace awaitd::server {

namespace {

Cell make_cell(const protocol::NotebookCell& cell, const std::vector<protocol::TextDocumentItem>& texts) {
  Cell out;
  out.uri = cell.document;
  for (const protocol::TextDocumentItem& item : texts) {
    if (item.uri != cell.document) continue;
    out.version = item.version;
    out.text = analysis::Document(item.text);
    out.python = cell.kind == protocol::NotebookCell::Kind::Code && item.language_id == "python";
  }
  return out;
}

// A cell that is moved is taken out and put in again without its text.
void splice(std::vector<Cell>& cells, const protocol::CellArrayChange& change,
            const std::vector<protocol::TextDocumentItem>& opened) {
  const std::size_t start = std::min<std::size_t>(change.start, cells.size());
  const std::size_t count = std::min<std::size_t>(change.count, cells.size() - start);
  const auto first = cells.begin() + static_cast<std::ptrdiff_t>(start);
  const std::vector<Cell> before = cells;
  cells.erase(first, first + static_cast<std::ptrdiff_t>(count));
  std::vector<Cell> fresh;
  for (const protocol::NotebookCell& cell : change.cells) {
    const auto known =
        std::find_if(before.begin(), before.end(), [&](const Cell& old) { return old.uri == cell.document; });
    const bool reopened = std::any_of(opened.begin(), opened.end(), [&](const protocol::TextDocumentItem& item) {
      return item.uri == cell.document;
    });
    fresh.push_back(known != before.end() && !reopened ? *known : make_cell(cell, opened));
  }
  cells.insert(cells.begin() + static_cast<std::ptrdiff_t>(start), fresh.begin(), fresh.end());
}

void apply_to_cell(Cell& cell, const protocol::CellTextChange& change, protocol::PositionEncoding encoding) {
  cell.version = change.document.version.value_or(cell.version + 1);
  for (const protocol::ContentChange& one : change.changes) {
    if (!one.range) {
      cell.text = analysis::Document(one.text);
      continue;
    }
    const analysis::Range range = Coordinates(cell.text, encoding).offsets(*one.range);
    cell.text = cell.text.edited(range.start, range.end, one.text);
  }
}

}  // namespace

void Session::on_open_notebook(const protocol::DidOpenNotebookDocumentParams& params) {
  if (const auto old = documents_.find(params.uri); old != documents_.end()) {
    say(Level::warning, params.uri + ": opened twice; the newer cells count");
    close(old->second);
  }
  const auto document = std::make_shared<OpenDocument>();
  document->uri = params.uri;
  document->path = protocol::uri_to_path(params.uri).value_or("");
  document->version = params.version;
  document->notebook.emplace();
  for (const protocol::NotebookCell& cell : params.cells) {
    document->notebook->cells.push_back(make_cell(cell, params.cell_texts));
    cells_[cell.document] = params.uri;
  }
  document->text = analysis::Document(document->notebook->module_text());
  documents_[params.uri] = document;
  text_changed(document);
}

void Session::on_change_notebook(const protocol::DidChangeNotebookDocumentParams& params) {
  const auto found = documents_.find(params.uri);
  if (found == documents_.end() || !found->second->notebook) {
    return say(Level::warning, params.uri + ": changed, but not open; the change is ignored");
  }
  const DocumentPtr document = found->second;
  document->version = params.version;
  if (params.structure) splice(document->notebook->cells, *params.structure, params.opened);
  for (const Cell& cell : document->notebook->cells) cells_[cell.uri] = params.uri;
  for (const protocol::TextDocumentIdentifier& closed : params.closed) close_cell(*document, closed.uri);
  for (const protocol::CellTextChange& change : params.texts) {
    Cell* cell = document->notebook->find(change.document.uri);
    if (cell != nullptr) apply_to_cell(*cell, change, client_.encoding);
  }
  cells_changed(document);
}

void Session::cells_changed(const DocumentPtr& document) {
  const protocol::ContentChange whole{std::nullopt, document->notebook->module_text()};
  if (apply_changes(*document, {whole}, client_.encoding)) return text_changed(document);
  if (document->current()) show(*document);  // cells may have other versions
}

void Session::close_cell(OpenDocument& notebook, const std::string& uri) {
  cells_.erase(uri);
  std::erase_if(notebook.notebook->cells, [&](const Cell& cell) { return cell.uri == uri; });
  if (notebook.published.erase(uri) > 0) {
    dispatcher_.notify("textDocument/publishDiagnostics", protocol::PublishDiagnosticsParams{uri, std::nullopt, {}});
  }
}

void Session::on_close_notebook(const protocol::DidCloseNotebookDocumentParams& params) {
  const auto found = documents_.find(params.uri);
  if (found == documents_.end()) return say(Level::warning, params.uri + ": closed, but not open");
  const DocumentPtr document = found->second;
  close(document);
  for (const Cell& cell : document->notebook ? document->notebook->cells : std::vector<Cell>()) cells_.erase(cell.uri);
}

}  // namespace awaitd::server
