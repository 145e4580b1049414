// Does a message from the server use only what the client announced, and has it what LSP 3.18 asks for?
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace awaitd::server {

// message: a notification or request of the server, or the response to `answered` (its method; else empty).
// client: the capabilities of initialize.
std::vector<std::string> violations(const nlohmann::json& message, const std::string& answered,
                                    const nlohmann::json& client);

}  // namespace awaitd::server
