#include "server/convert/edits.h"

#include "server/convert/coordinates.h"

namespace awaitd::server {

protocol::WorkspaceEdit to_workspace_edit(const std::vector<analysis::Edit>& edits, const analysis::Document& document,
                                          const std::string& uri, std::int32_t version, const Client& client) {
  const Coordinates at(document, client.encoding);
  protocol::WorkspaceEdit out;
  out.as_document_changes = client.can.workspace_edit.document_changes;
  protocol::DocumentEdits& own = out.documents.emplace_back();
  own.uri = uri;
  own.version = version;
  for (const analysis::Edit& edit : edits) own.edits.push_back({at.range(edit.range), edit.text, false});
  return out;
}

}  // namespace awaitd::server
