// didOpen, didChange, didSave, didClose. Documents are keyed by the client's own spelling of the URI.
#include "server/documents/text_sync.h"
#include "server/session/session.h"

namespace awaitd::server {

namespace {

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

bool is_python(const protocol::TextDocumentItem& item) {
  return item.language_id == "python" || ends_with(item.uri, ".py") || ends_with(item.uri, ".pyi");
}

}  // namespace

Session::DocumentPtr Session::find(const std::string& uri) const {
  auto found = documents_.find(uri);
  if (found == documents_.end()) {
    if (const auto cell = cells_.find(uri); cell != cells_.end()) found = documents_.find(cell->second);
  }
  return found == documents_.end() ? nullptr : found->second;
}

void Session::on_open(const protocol::DidOpenTextDocumentParams& params) {
  const protocol::TextDocumentItem& item = params.text_document;
  if (!is_python(item)) {
    ignored_.insert(item.uri);
    return;
  }
  if (const DocumentPtr old = find(item.uri)) {
    say(Level::warning, item.uri + ": opened twice; the newer text counts");
    analyser_.closed(old);
  }
  const auto document = std::make_shared<OpenDocument>();
  document->uri = item.uri;
  document->path = protocol::uri_to_path(item.uri).value_or("");
  document->version = item.version;
  document->text = analysis::Document(item.text);
  documents_[item.uri] = document;
  workspace_check_.files_changed();  // one more that is looked at by itself
  if (!document->path.empty()) texts_->open(document->path.string(), document->text);
  text_changed(document);
}

void Session::on_change(const protocol::DidChangeTextDocumentParams& params) {
  const DocumentPtr document = find(params.text_document.uri);
  if (!document) {
    if (ignored_.count(params.text_document.uri) == 0) {
      say(Level::warning, params.text_document.uri + ": changed, but not open; the change is ignored");
    }
    return;
  }
  document->version = params.text_document.version.value_or(document->version + 1);
  if (apply_changes(*document, params.content_changes, client_.encoding)) {
    if (!document->path.empty()) texts_->open(document->path.string(), document->text);
    return text_changed(document);
  }
  // The same text under a new version: what is known holds, and clients may wait for the version.
  if (document->current()) show(*document);
}

void Session::text_changed(const DocumentPtr& document) {
  if (!std::exchange(python_opened_, true)) workspace_changed();
  document->last_edit = host_.now();
  const bool was_too_large = document->too_large;
  document->too_large = document->lost || document->text.size() > kMaxAnalysed;
  analyser_.changed(document);
  if (!document->too_large) return;
  if (!was_too_large) {
    complain({document->uri + ": larger than " + std::to_string(kMaxAnalysed >> 20) + " MB, not analysed"});
  }
  withdraw_diagnostics(*document);
}

void Session::on_save(const protocol::DidSaveTextDocumentParams& params) {
  for (const std::string_view name : kConfigurationFiles) {
    if (ends_with(params.text_document.uri, name)) return reread_surroundings();
  }
}

void Session::on_close(const protocol::DidCloseTextDocumentParams& params) {
  const std::string& uri = params.text_document.uri;
  if (ignored_.erase(uri) > 0) return;
  const auto found = documents_.find(uri);
  if (found == documents_.end()) return say(Level::warning, uri + ": closed, but not open");
  close(found->second);
}

void Session::close(DocumentPtr document) {
  documents_.erase(document->uri);
  analyser_.closed(document);
  withdraw_diagnostics(*document);
  if (document->path.empty()) return;
  texts_->close(document->path.string());
  for (const auto& [other_uri, other] : documents_) {  // one file under two spellings of its URI
    if (other->path == document->path) texts_->open(other->path.string(), other->text);
  }
  files_changed({document->path.string()}, false);
}

}  // namespace awaitd::server
