// Byte edits of one document as an LSP workspace edit, in the form the client announced. Pure, any thread.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "analysis/finding.h"
#include "analysis/text/document.h"
#include "protocol/lsp_edit.h"
#include "server/convert/client.h"

namespace awaitd::server {

protocol::WorkspaceEdit to_workspace_edit(const std::vector<analysis::Edit>& edits, const analysis::Document& document,
                                          const std::string& uri, std::int32_t version, const Client& client);

}  // namespace awaitd::server
