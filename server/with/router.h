// awaitd --with "OTHER": one client in front, awaitd's own session and other servers behind. To the client it is one
// server, to the session it is the Host, to the others it is a client. Requests go to whom they concern and answers are
// merged (routes.h, requests.h); diagnostics are merged by document (diagnostics.h). Whatever another server does or
// fails to do, awaitd's own part works. Lives on the outer host's strand; outer host and log must outlive it.
#pragma once
#include <chrono>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocol/client_capabilities.h"
#include "protocol/message.h"
#include "server/base/host.h"
#include "server/base/log.h"
#include "server/with/diagnostics.h"
#include "server/with/mirror.h"
#include "server/with/notebook_mirror.h"
#include "server/with/requests.h"
#include "server/with/server.h"

namespace awaitd::server::with {

// How long what is merged waits for the slower server, once somebody has something to say.
inline constexpr std::chrono::milliseconds kMergeWait{500};
inline constexpr std::chrono::milliseconds kActionsWait{1000};
inline constexpr std::chrono::milliseconds kShutdownWait{1000};
// initialize waits so long for the others; who is later joins later.
inline constexpr std::chrono::milliseconds kStartWait{10000};
// A server that ends is started again after 1, 2, 4... s; this often, unless it ran well for a while.
inline constexpr int kRestarts = 5;
inline constexpr std::chrono::milliseconds kFirstRest{1000};
inline constexpr std::chrono::seconds kSteady{60};
// One that has not taken so many bytes of what it was sent does not read any more; it is started again, which brings it
// the documents as they are.
inline constexpr std::size_t kMostWaiting = 64u << 20;

class Router final : public Host {
 public:
  Router(Host& outer, Log& log, std::vector<CommandLine> commands, StartLink start_link);
  ~Router() override;
  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;

  // How awaitd's own session is given messages; before the first one.
  void attach(std::function<void(protocol::Message)> own) { own_ = std::move(own); }
  // From the client.
  void receive(protocol::Message message);

  // What the session sees.
  void post(std::function<void()> task) override { outer_.post(std::move(task)); }
  bool idle() const override { return outer_.idle(); }
  void after(std::chrono::milliseconds delay, std::function<void()> task) override {
    outer_.after(delay, std::move(task));
  }
  Clock::time_point now() const override { return outer_.now(); }
  void send(std::string message) override;
  void finish(int exit_code) override;

 private:
  enum class State { fresh, asking, answering, running, shut_down, finished };
  struct Call {  // a server's request to the client
    int server = 0;
    std::uint64_t life = 0;
    protocol::RequestId id;  // as the server knows it
  };

  // router.cc
  Server& own() { return *servers_.front(); }
  bool is_held(const protocol::Message& message) const;
  void take_held();
  void to_own(protocol::Message message);
  void pass(Server& server, const std::string& message);
  void ask(Server& server, std::int64_t id, const std::string& method, const protocol::Json& params);
  void notify(Server& server, const std::string& method, const protocol::Json& params);
  void notify_client(std::string_view method, const protocol::Json& params);
  void call_client(Server* for_server, const protocol::RequestId& id, const std::string& method,
                   const protocol::Json& params);
  void later(std::chrono::milliseconds delay, std::function<void()> task);
  void tell(Level level, const std::string& line, bool show);

  // client.cc: from the client
  void on_request(protocol::Request request);
  void on_notification(protocol::Notification notification);
  void on_response(const protocol::Response& response);
  void route(protocol::Request request, const Route* route);
  std::vector<int> targets(const std::string& method, const Route* route, const protocol::Json& params);
  protocol::Json params_for(const Server& server, const std::string& method, const protocol::Json& params) const;
  void start_request(const protocol::RequestId& id, const std::string& method, const std::vector<int>& servers,
                     protocol::Json params);
  void answer_for_nobody(const protocol::Request& request, const Route* route);
  void cancel(const protocol::Json& params);
  void cancel_progress(const protocol::Json& params);
  void document_changed(const protocol::Json& params);
  void document_closed(const protocol::Json& params);
  void folders_changed(const protocol::Json& params);
  void forward(const std::string& method, const protocol::Json& params);
  void forward_to(Server& server, const std::string& method, const protocol::Json& params);

  // servers.cc: from the servers
  void receive_from(int number, std::uint64_t life, protocol::Message message);
  void on_answer(Server& server, const protocol::Response& response);
  void on_call(Server& server, const protocol::Request& request);
  void on_news(Server& server, const protocol::Notification& notification, std::string body);
  void over(Requests::Outcome outcome);
  void answer_call(Server& server, const protocol::RequestId& id);
  void on_register(Server& server, const protocol::Request& request);
  void on_unregister(Server& server, const protocol::Request& request);
  void on_progress(Server& server, protocol::Json params);
  void take_diagnostics(Server& server, const protocol::Json& params);
  void publish(const std::string& uri);

  // life.cc: from start to end
  void begin(protocol::Request initialize);
  void start(Server& server);
  void on_initialized_answer(Server& server, const protocol::Response& response);
  void go_on(bool waited_enough);
  void answer_initialize(Requests::Outcome outcome);
  void introduce(Server& server);
  void introduce_all();
  void register_late(Server& server);
  void on_end(int number, std::uint64_t life, const std::string& how);
  void clean_up(Server& server, const std::string& why);
  void rest(Server& server, const std::string& how);
  void give_up(Server& server, const std::string& why);
  void dispose(Server& server);
  void end_all();

  Host& outer_;
  Log& log_;
  StartLink start_link_;
  std::function<void(protocol::Message)> own_;
  int in_own_ = 0;  // how deep in the session's receive()
  std::vector<std::unique_ptr<Server>> servers_;
  State state_ = State::fresh;
  bool client_ready_ = false;  // it has said `initialized`, or something later
  protocol::RequestId initialize_id_;
  protocol::JsonValue client_params_;  // of initialize, with the folders as they are now
  protocol::ClientCapabilities client_;
  std::string encoding_;                                       // agreed on; empty: not yet
  protocol::JsonValue told_;                                   // the capabilities that the client was told
  protocol::JsonValue configuration_;                          // the last didChangeConfiguration
  std::vector<protocol::Message> held_;                        // from the client, until initialize is answered
  std::vector<std::pair<int, protocol::Request>> held_calls_;  // from servers, until then
  std::vector<std::string> held_news_;                         // messages for the user, until then
  Mirror mirror_;
  NotebookMirror notebooks_;
  Diagnostics diagnostics_{mirror_};
  Requests requests_;
  std::map<std::int64_t, Call> calls_;  // by the id that the client knows
  std::int64_t last_call_ = 0;
  bool exit_sent_ = false;
  std::vector<std::future<void>> ending_;  // links being disposed of
  std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

}  // namespace awaitd::server::with
