// Asks a server that only answers textDocument/diagnostic on the client's behalf, so that everything can be pushed: at
// open and change, one request a document at a time. Ends for good with the server's first publishDiagnostics. Knows no
// transport: it is given what to send with. Belongs to the strand.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocol/message.h"

namespace awaitd::server::with {

class Pulls {
 public:
  // Sends a request and gives its id; nothing if it cannot.
  using Ask = std::function<std::optional<std::int64_t>(const std::string& method, std::string params)>;
  struct Report {
    std::string uri;
    std::optional<std::int32_t> version;  // the text that was asked about; not known of related documents
    protocol::JsonValue items;
  };

  explicit Pulls(Ask ask) : ask_(std::move(ask)) {}

  // `options`: its diagnosticProvider, or the options it registered. null: it cannot be pulled.
  void start(const protocol::Json& options);
  bool active() const { return active_; }
  void stop();
  void changed(const std::string& uri, std::int32_t version);
  void refresh();
  void closed(const std::string& uri) { files_.erase(uri); }
  // The answer to one of its requests: what it reports. Nothing if the id is none of its.
  std::optional<std::vector<Report>> answered(const protocol::Response& response);

 private:
  struct File {
    std::int32_t version = 0;
    std::string result_id;
    std::optional<std::int64_t> asked;  // the request under way
    std::int32_t asked_version = 0;
    bool again = false;  // changed since
  };
  void ask(const std::string& uri, File& file);

  Ask ask_;
  bool active_ = false;
  std::string identifier_;
  std::map<std::string, File> files_;
};

}  // namespace awaitd::server::with
