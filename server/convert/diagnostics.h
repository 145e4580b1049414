// Findings as LSP diagnostics: only with what the client announced. Pure, any thread.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include "analysis/finding.h"
#include "protocol/lsp_diagnostic.h"
#include "server/convert/client.h"
#include "server/convert/sheets.h"

namespace awaitd::server {

// Where the pages of the rules are, NAME appended.
inline constexpr std::string_view kRulePages = "https://awaitd.dev/rules/";

// Where the notes in other files are.
using NotePlaces = std::map<std::tuple<std::string, std::uint32_t, std::uint32_t>, protocol::Location>;  // file, range

// text: of the document the finding is in. Probable findings show one severity lower. Notes without a place are
// left out.
protocol::Diagnostic to_diagnostic(const analysis::Finding& finding, const ClientText& text, const Client& client,
                                   const NotePlaces& elsewhere = {});

}  // namespace awaitd::server
