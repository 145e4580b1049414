// What several servers can do, as one server's capabilities, and what each of them is told about the client. Values
// are the raw JSON of LSP: what awaitd does not know passes through. Pure functions; none of them fails.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "protocol/json.h"
#include "protocol/positions.h"
#include "server/with/routes.h"

namespace awaitd::server::with {

// The member at a path such as "workspace/fileOperations/willRename"; null where there is none.
const protocol::Json& member_at(const protocol::Json& value, std::string_view path);

bool provides(const protocol::Json& capabilities, const Route& route);

// Which of the notifications about documents a server wants.
struct Sync {
  bool open_close = false;
  int change = 0;  // 0 none, 1 whole texts, 2 changes
  bool save = false;
  bool will_save = false;
};
Sync read_sync(const protocol::Json& capabilities);

// The encoding a server has chosen; it is "utf-16" where it says nothing.
std::string encoding_of(const protocol::Json& capabilities);

// The first one is awaitd's own. Pull diagnostics are left out (diagnostics.h).
protocol::JsonValue merged_capabilities(std::span<const protocol::Json* const> servers, std::string_view encoding);

// initialize's params for another server. `encodings` empty: the client says nothing about them. Its options are those
// that the client has under initializationOptions.with.NAME.
protocol::JsonValue params_for_other(const protocol::Json& client_params, const std::vector<std::string>& encodings,
                                     const std::string& name);
// The same for awaitd's own session.
protocol::JsonValue params_for_own(const protocol::Json& client_params, const std::vector<std::string>& encodings);

// Registrations for what a server can do but the client was not told at initialize; only what the client lets register.
protocol::JsonValue late_registrations(const protocol::Json& capabilities, const protocol::Json& told,
                                       const protocol::Json& client_capabilities);

}  // namespace awaitd::server::with
