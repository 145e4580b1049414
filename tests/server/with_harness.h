// awaitd behind its router, with other servers that the test plays itself: no processes, no threads, a clock moved by
// hand. Messages are JSON; what the client or a server is not asked for stays in its inbox.
#pragma once
#include <atomic>
#include <deque>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "lsp_client.h"
#include "server/with/router.h"

namespace awaitd::server::with {

using nlohmann::json;

// One other server, over all its lives.
class Fake {
 public:
  bool got(const std::string& method) const;
  json next(const std::string& method);  // fails the test if there is none
  void answer(const json& request, const json& result);
  void refuse(const json& request, int code, const std::string& message);
  void call(const json& id, const std::string& method, const json& params = nullptr);
  void notify(const std::string& method, const json& params);
  void publish(const std::string& uri, const json& version, const json& diagnostics);
  void die(const std::string& how = "exited with code 3");
  // The answer to the client's `id`.
  json answered(const json& id);

  std::deque<json> inbox;
  Link::Events events;
  std::function<void()> settle;  // runs what is posted
  int starts = 0;
  std::size_t waiting = 0;  // bytes it has not read, in this life
  std::shared_ptr<std::atomic<bool>> link = std::make_shared<std::atomic<bool>>(false);
  bool alive() const { return *link; }  // links are disposed of on other threads
  std::string problem;                  // set: it cannot be started

 private:
  void say(json message);
};

class WithClient {
 public:
  explicit WithClient(json capabilities = full_capabilities(), int others = 1);
  ~WithClient();

  // initialize, answered by each other server with these capabilities, and initialized. The client's answer.
  json initialize(const json& theirs = json::object());
  int send_request(const std::string& method, const json& params = nullptr);
  void notify(const std::string& method, const json& params = nullptr);
  void send(json message);
  bool answered(const json& id);
  json response(const json& id);  // fails the test if there is none
  json result(const json& id) { return response(id).value("result", json()); }
  bool got(const std::string& method);
  json next(const std::string& method);                                                           // its whole message
  json diagnostics() { return next("textDocument/publishDiagnostics").value("params", json()); }  // the oldest
  json last_diagnostics();
  void open(const std::string& text, int version = 1);
  void change(int version, const json& changes);
  Fake& other(int number = 0) { return *fakes_[static_cast<std::size_t>(number)]; }

  json capabilities;
  json params;  // more members for initialize
  TestHost host;
  std::string logged;
  Log log;

 private:
  void collect();
  std::vector<std::shared_ptr<Fake>> fakes_;
  std::deque<json> inbox_;
  int next_id_ = 0;
  Pool pool_;

 public:
  Router router;
  Session session;
};

inline constexpr const char* kUri = "file:///w/a.py";
// Line 4: `    s = "X"; time.sleep(1)` with a character outside the BMP: the finding is in columns 14 (utf-16).
std::string blocking_text();
json diagnostic(unsigned line, unsigned from, unsigned to, const std::string& message);
json place(unsigned line, unsigned character);

}  // namespace awaitd::server::with
