// What this server offers a client, by what the client announced. Pure.
#pragma once
#include <string_view>

#include "protocol/lsp_lifecycle.h"
#include "server/convert/client.h"

namespace awaitd::server {

protocol::ServerCapabilities server_capabilities(const Client& client);

// The command behind "Read about the rules" in the menu of code actions; it opens kRulePages.
inline constexpr std::string_view kOpenRulesCommand = "awaitd.openRules";
// The identifier under which workspace diagnostics are offered later on.
inline constexpr std::string_view kWorkspaceDiagnostics = "awaitd-workspace";

}  // namespace awaitd::server
