// The diagnostics of all servers, each server's apart, and what the client is told: all of them together, for the
// newest text. A late report about an older version is moved to where its text is now; so are the others' when the text
// changes, because they are published again when any server publishes. Always by push: also for clients that pull, and
// also for servers that are pulled (pulls.h). Belongs to the strand; the mirror must outlive it.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocol/json.h"
#include "server/with/mirror.h"

namespace awaitd::server::with {

class Diagnostics {
 public:
  explicit Diagnostics(const Mirror& mirror) : mirror_(&mirror) {}

  // publishDiagnostics of a server. The URI under which the client knows the file, or nothing if the report is too old.
  // `source` is given to diagnostics that name none.
  std::optional<std::string> take(int server, const protocol::Json& params, const std::string& source);
  // The text of an open document has changed.
  void edited(const std::string& uri, const std::vector<Shift>& shifts);
  // A server is gone: the URIs whose diagnostics are others now.
  std::vector<std::string> drop(int server);
  // The server a diagnostic of the client's came from, as far as that can be seen.
  std::optional<int> owner(const std::string& uri, const protocol::Json& diagnostic) const;
  // The params of publishDiagnostics for the client; nothing if it has been told just that.
  std::optional<std::string> to_publish(const std::string& uri, bool with_version);

 private:
  struct File {
    std::map<int, protocol::JsonValue> by_server;  // arrays of Diagnostic
    std::string published;
    std::int32_t published_version = 0;
  };
  std::string known_as(const std::string& uri) const;

  const Mirror* mirror_;
  std::map<std::string, File> files_;  // by the client's URI, or where it has none open by the server's
};

}  // namespace awaitd::server::with
