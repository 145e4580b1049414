// Which server something belongs to, written into what passes through: the `data` of items that the client hands back
// (resolve), progress tokens, ids of registrations. Two servers may use equal ones. Servers are numbers; 0 is awaitd's
// own session. Pure functions.
#pragma once
#include <optional>
#include <string>
#include <utility>

#include "protocol/json.h"
#include "server/with/routes.h"

namespace awaitd::server::with {

// item.data = {"awaitd.server": server, "data": what it was}. Items that are no objects, and Commands, are left alone.
void mark(protocol::Json& item, int server);
// Undoes mark(); nothing if there is no mark.
std::optional<int> unmark(protocol::Json& item);

// Where a route says that marks are.
void mark_result(protocol::Json& result, Mark where, int server);
std::optional<int> unmark_params(protocol::Json& params, Mark where);

// A token as the client knows it, and back. Tokens are integers or strings.
std::string client_token(int server, const protocol::Json& token);
std::optional<std::pair<int, protocol::JsonValue>> server_token(const protocol::Json& token);

std::string client_registration_id(int server, const std::string& id);

}  // namespace awaitd::server::with
