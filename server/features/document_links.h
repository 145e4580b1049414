// textDocument/documentLink: the rules that comments name lead to their pages. Pure, any thread.
#pragma once
#include <string>

#include "analysis/engine.h"
#include "server/convert/client.h"
#include "server/convert/sheets.h"

namespace awaitd::server {

// JSON of the links of one sheet.
std::string document_links_json(const analysis::Analysis& analysis, const Sheets& sheets, const std::string& uri,
                                const Client& client);

}  // namespace awaitd::server
