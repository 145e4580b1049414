// textDocument/hover from an analysis, in the format the client reads. Pure, any thread.
#pragma once
#include <span>
#include <string>

#include "analysis/engine.h"
#include "protocol/lsp_base.h"
#include "server/convert/client.h"
#include "server/convert/sheets.h"

namespace awaitd::server {

// Where in one of the sheets somebody asks.
struct SheetPosition {
  std::string uri;
  Sheets sheets;
  protocol::Position position;
};

// JSON of a Hover, or "null": on a finding, else on what is known of the code. modules: analyses of other documents
// that may hold callers.
std::string hover_json(const analysis::AnalysisPtr& analysis, const SheetPosition& where,
                       std::span<const analysis::AnalysisPtr> modules, const Client& client);

}  // namespace awaitd::server
