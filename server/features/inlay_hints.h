// textDocument/inlayHint: how far down a call blocks the loop, and how long it waits by default. Any thread.
#pragma once
#include <string>

#include "analysis/engine.h"
#include "protocol/lsp_base.h"
#include "server/convert/client.h"
#include "server/convert/sheets.h"

namespace awaitd::server {

// JSON of the hints in a range of one sheet.
std::string inlay_hints_json(const analysis::Analysis& analysis, const Sheets& sheets, const std::string& uri,
                             protocol::Range range, const Client& client);

}  // namespace awaitd::server
