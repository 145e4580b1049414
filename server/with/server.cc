#include "server/with/server.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace awaitd::server::with {

using protocol::Json;

namespace {
void add_commands(const Json& options, std::set<std::string>& out) {
  const Json& commands = member_at(options, "commands");
  if (!commands.is_array()) return;
  for (const Json& command : commands) {
    if (command.is_string()) out.insert(command.get<std::string>());
  }
}
}  // namespace

bool Server::can(const Route& route) const {
  if (!ready()) return false;
  return provides(capabilities.get(), route) ||
         std::any_of(registered.begin(), registered.end(),
                     [&](const auto& entry) { return entry.second.method == route.registration; });
}

void Server::learn(const Json& all_capabilities) {
  capabilities = protocol::JsonValue(all_capabilities);
  sync = read_sync(all_capabilities);
  add_commands(member_at(all_capabilities, "executeCommandProvider"), commands);
}

void Server::learn_registration(const std::string& client_id, const std::string& method, const Json& options) {
  registered[client_id] = {method, protocol::JsonValue(options)};
  if (method == "workspace/executeCommand") add_commands(options, commands);
  if (method == "textDocument/didOpen") sync.open_close = true;
  if (method == "textDocument/didSave") sync.save = true;
  if (method == "textDocument/didChange") {
    const Json& kind = member_at(options, "syncKind");
    sync.change = kind.is_number_integer() ? kind.get<int>() : 2;
  }
}

void Server::forget() {
  introduced = false;
  sync = {};
  registered.clear();
  commands.clear();
  progress.clear();
  pulls.reset();
}

}  // namespace awaitd::server::with
