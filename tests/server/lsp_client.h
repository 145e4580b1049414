// An LSP client in the test's own process, around a real Session: no processes, no sleeps. Every message the server
// sends must be read, and must use only what the client announced; the destructor fails the test otherwise. threads ==
// 0: jobs run inside the session's calls and everything is deterministic. One thread at a time.
#pragma once
#include <deque>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>

#include "server/base/log.h"
#include "server/schedule/executor.h"
#include "server/schedule/pool.h"
#include "server/session/session.h"
#include "test_host.h"

namespace awaitd::server {

using nlohmann::json;

// A client that can do everything this server uses, and is pushed diagnostics.
json full_capabilities();
// The same, but it pulls them, and shows hints, lenses, links, calls and notebooks.
json pulling_capabilities();

struct ClientOptions {
  unsigned threads = 0;
  json capabilities = full_capabilities();
  json initialization_options = nullptr;
  std::string root_uri = {};
  Executor* executor = nullptr;  // instead of a pool
};

class LspClient {
 public:
  explicit LspClient(ClientOptions options = {});
  ~LspClient();

  // initialize and initialized; the result of the former.
  json initialize();
  json initialize_with(json params);
  int send_request(const std::string& method, const json& params = nullptr);
  void notify(const std::string& method, const json& params = nullptr);
  void send(const json& message);
  // Answers a request of the server.
  void answer(const json& request, const json& result = nullptr) {
    send({{"jsonrpc", "2.0"}, {"id", request["id"]}, {"result", result}});
  }
  // The whole response to a request.
  json response(int id);
  json request(const std::string& method, const json& params = nullptr) {
    return response(send_request(method, params));
  }
  // The next message with this method. Fails the test, with null, if none comes.
  json next(const std::string& method);
  // The params of the next publishDiagnostics.
  json diagnostics() { return next("textDocument/publishDiagnostics").value("params", json()); }
  bool unread_of(const std::string& method);
  bool unread();  // is there anything? (After everything posted has run.)
  void forget(const std::string& method) { forgotten_.insert(method); }  // its messages need not be read

  void open(const std::string& uri, const std::string& text, int version = 1);
  void change(const std::string& uri, int version, const json& content_changes);
  void close(const std::string& uri);
  static json edit(unsigned line, unsigned from, unsigned to_line, unsigned to, const std::string& text);
  static json place(const std::string& uri, unsigned line, unsigned character);
  static json code_action(const std::string& uri, unsigned line, unsigned character, const json& only = nullptr);

  TestHost host;
  Log log;
  std::string logged;  // all log lines

 private:
  void collect();
  bool wait_more();

  ClientOptions options_;
  Pool pool_;
  int next_id_ = 0;
  std::map<int, std::string> asked_;  // method of a request without answer
  std::deque<json> inbox_;
  std::set<std::string> forgotten_;

 public:
  Session session;
};

// `text` after a WorkspaceEdit (either form) for one document, in UTF-16 positions.
std::string applied(const std::string& text, const json& workspace_edit);

}  // namespace awaitd::server
