// Findings as LSP diagnostics: only with what the client announced. Pure, any thread.
#pragma once
#include <string>
#include <string_view>

#include "analysis/finding.h"
#include "analysis/text/document.h"
#include "protocol/lsp_diagnostic.h"
#include "server/convert/client.h"

namespace awaitd::server {

// Where the pages of the rules are, NAME appended.
inline constexpr std::string_view kRulePages = "https://awaitd.dev/rules/";

// uri: of the document the finding is in. Probable findings show one severity lower.
protocol::Diagnostic to_diagnostic(const analysis::Finding& finding, const analysis::Document& document,
                                   const std::string& uri, const Client& client);

}  // namespace awaitd::server
