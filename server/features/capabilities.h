// What this server offers a client, by what the client announced. Pure.
#pragma once
#include <string_view>

#include "protocol/lsp_lifecycle.h"
#include "server/convert/client.h"

namespace awaitd::server {

protocol::ServerCapabilities server_capabilities(const Client& client);

// The command behind "Read about the rules" in the menu of code actions; it opens kRulePages.
inline constexpr std::string_view kOpenRulesCommand = "awaitd.openRules";

}  // namespace awaitd::server
