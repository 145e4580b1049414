#include "server/with/notebook_mirror.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "protocol/json_reader.h"
#include "protocol/lsp_document.h"
#include "server/convert/coordinates.h"
#include "server/with/capabilities.h"

namespace awaitd::server::with {

using protocol::Json;

namespace {

std::string text_at(const Json& value, std::string_view path) {
  const Json& found = member_at(value, path);
  return found.is_string() ? found.get<std::string>() : std::string();
}

Json& cells_of(Json& document) {
  Json& cells = document["cells"];
  if (!cells.is_array()) cells = Json::array();
  return cells;
}

}  // namespace

void NotebookMirror::take(const std::string& method, const Json& params) {
  if (method == "notebookDocument/didOpen") {
    open(params);
  } else if (method == "notebookDocument/didChange") {
    change(params);
  } else if (method == "notebookDocument/didClose") {
    notebooks_.erase(text_at(params, "notebookDocument/uri"));
  }
}

void NotebookMirror::open(const Json& params) {
  const Json& document = member_at(params, "notebookDocument");
  const std::string uri = text_at(document, "uri");
  if (uri.empty()) return;
  Notebook notebook{protocol::JsonValue(document), {}};
  const Json& texts = member_at(params, "cellTextDocuments");
  for (const Json& item : texts.is_array() ? texts : Json::array()) {
    notebook.texts[text_at(item, "uri")] = {protocol::JsonValue(item), analysis::Document(text_at(item, "text"))};
  }
  notebooks_[uri] = std::move(notebook);
}

void NotebookMirror::change(const Json& params) {
  const auto found = notebooks_.find(text_at(params, "notebookDocument/uri"));
  if (found == notebooks_.end()) return;
  Notebook& notebook = found->second;
  Json& document = notebook.document.get();
  const Json& version = member_at(params, "notebookDocument/version");
  if (version.is_number()) document["version"] = version;
  const Json& metadata = member_at(params, "change/metadata");
  if (!metadata.is_null()) document["metadata"] = metadata;
  splice(notebook, member_at(params, "change/cells/structure"));
  const Json& data = member_at(params, "change/cells/data");
  for (const Json& cell : data.is_array() ? data : Json::array()) {
    for (Json& old : cells_of(document)) {
      if (text_at(old, "document") == text_at(cell, "document")) old = cell;
    }
  }
  const Json& texts = member_at(params, "change/cells/textContent");
  for (const Json& one : texts.is_array() ? texts : Json::array()) edit(notebook, one);
}

void NotebookMirror::splice(Notebook& notebook, const Json& structure) const {
  const Json& start = member_at(structure, "array/start");
  const Json& count = member_at(structure, "array/deleteCount");
  if (!start.is_number_unsigned() || !count.is_number_unsigned()) return;
  Json& cells = cells_of(notebook.document.get());
  const std::size_t first = std::min(start.get<std::size_t>(), cells.size());
  const std::size_t behind = first + std::min(count.get<std::size_t>(), cells.size() - first);
  const auto at = [&](std::size_t i) { return cells.begin() + static_cast<std::ptrdiff_t>(i); };
  cells.erase(at(first), at(behind));
  const Json& fresh = member_at(structure, "array/cells");
  if (fresh.is_array()) cells.insert(at(first), fresh.begin(), fresh.end());
  const Json& closed = member_at(structure, "didClose");
  for (const Json& one : closed.is_array() ? closed : Json::array()) notebook.texts.erase(text_at(one, "uri"));
  const Json& opened = member_at(structure, "didOpen");
  for (const Json& item : opened.is_array() ? opened : Json::array()) {
    notebook.texts[text_at(item, "uri")] = {protocol::JsonValue(item), analysis::Document(text_at(item, "text"))};
  }
}

void NotebookMirror::edit(Notebook& notebook, const Json& text_content) const {
  const auto found = notebook.texts.find(text_at(text_content, "document/uri"));
  if (found == notebook.texts.end()) return;
  Text& text = found->second;
  const Json& version = member_at(text_content, "document/version");
  if (version.is_number()) text.item.get()["version"] = version;
  const Json& changes = member_at(text_content, "changes");
  for (const Json& one : changes.is_array() ? changes : Json::array()) {
    const auto change = protocol::read_json<protocol::ContentChange>(one);
    if (!change) continue;
    if (!change->range) {
      text.text = analysis::Document(change->text);
      continue;
    }
    const analysis::Range range = Coordinates(text.text, encoding_).offsets(*change->range);
    text.text = text.text.edited(range.start, range.end, change->text);
  }
}

std::vector<protocol::JsonValue> NotebookMirror::opened_now() const {
  std::vector<protocol::JsonValue> out;
  for (const auto& [uri, notebook] : notebooks_) {
    Json texts = Json::array();
    const Json& cells = member_at(notebook.document.get(), "cells");
    for (const Json& cell : cells.is_array() ? cells : Json::array()) {
      const auto found = notebook.texts.find(text_at(cell, "document"));
      if (found == notebook.texts.end()) continue;
      Json item = found->second.item.get();
      item["text"] = found->second.text.text();
      texts.push_back(std::move(item));
    }
    out.emplace_back(Json{{"notebookDocument", notebook.document.get()}, {"cellTextDocuments", std::move(texts)}});
  }
  return out;
}

}  // namespace awaitd::server::with
