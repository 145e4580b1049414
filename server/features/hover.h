// textDocument/hover from an analysis, in the format the client reads. Pure, any thread.
#pragma once
#include <string>

#include "analysis/engine.h"
#include "protocol/lsp_base.h"
#include "server/convert/client.h"

namespace awaitd::server {

// JSON of a Hover, or "null".
std::string hover_json(const analysis::Analysis& analysis, protocol::Position position, const Client& client);

}  // namespace awaitd::server
