#include "server/with/router.h"

#include <nlohmann/json.hpp>

namespace awaitd::server::with {

using protocol::Json;

Router::Router(Host& outer, Log& log, std::vector<CommandLine> commands, StartLink start_link)
    : outer_(outer), log_(log), start_link_(std::move(start_link)) {
  servers_.push_back(std::make_unique<Server>());
  own().name = "awaitd";
  std::map<std::string, int> seen;
  for (CommandLine& command : commands) {
    auto server = std::make_unique<Server>();
    server->number = static_cast<int>(servers_.size());
    const int times = ++seen[command.name];
    server->name = times > 1 ? command.name + "#" + std::to_string(times) : command.name;
    server->command = std::move(command);
    servers_.push_back(std::move(server));
  }
}

Router::~Router() { end_all(); }

// Until initialize is answered nothing else is; but whoever wants to end may.
bool Router::is_held(const protocol::Message& message) const {
  if (state_ != State::asking && state_ != State::answering && held_.empty()) return false;
  const auto* notification = std::get_if<protocol::Notification>(&message);
  return !(notification && notification->method == "exit");
}

void Router::receive(protocol::Message message) {
  if (state_ == State::finished) return;
  if (is_held(message)) return held_.push_back(std::move(message));
  if (auto* request = std::get_if<protocol::Request>(&message)) {
    on_request(std::move(*request));
  } else if (auto* notification = std::get_if<protocol::Notification>(&message)) {
    on_notification(std::move(*notification));
  } else if (const auto* response = std::get_if<protocol::Response>(&message)) {
    on_response(*response);
  } else if (const auto* malformed = std::get_if<protocol::Malformed>(&message)) {
    outer_.send(protocol::error_text(malformed->id, malformed->error));
  }
}

void Router::take_held() {
  if (state_ != State::running || in_own_ > 0) return;
  auto calls = std::exchange(held_calls_, {});
  for (const auto& [number, request] : calls) on_call(*servers_[static_cast<std::size_t>(number)], request);
  auto held = std::exchange(held_, {});
  for (protocol::Message& message : held) receive(std::move(message));
}

// The session answers while it is given a message; what then follows for itself must wait until it is through.
void Router::to_own(protocol::Message message) {
  ++in_own_;
  own_(std::move(message));
  --in_own_;
  take_held();
}

void Router::pass(Server& server, const std::string& message) {
  if (!server.link) return;
  server.link->send(message);
  if (server.link->waiting() <= kMostWaiting) return;
  // Not in the middle of what the router is at.
  later(std::chrono::milliseconds(0), [this, number = server.number, life = server.life] {
    on_end(number, life, "has left " + std::to_string(kMostWaiting >> 20) + " MiB of messages unread");
  });
}

void Router::ask(Server& server, std::int64_t id, const std::string& method, const Json& params) {
  if (server.number == 0) return to_own(protocol::Request{{id}, method, protocol::JsonValue(params)});
  pass(server, protocol::request_text({id}, method, params.is_null() ? "" : protocol::dump_json(params)));
}

void Router::notify(Server& server, const std::string& method, const Json& params) {
  if (server.number == 0) return to_own(protocol::Notification{method, protocol::JsonValue(params)});
  pass(server, protocol::notification_text(method, params.is_null() ? "" : protocol::dump_json(params)));
}

void Router::notify_client(std::string_view method, const Json& params) {
  outer_.send(protocol::notification_text(method, params.is_null() ? "" : protocol::dump_json(params)));
}

// for_server null: the router itself asks, and does not care for the answer.
void Router::call_client(Server* for_server, const protocol::RequestId& id, const std::string& method,
                         const Json& params) {
  const std::int64_t outer_id = ++last_call_;
  if (for_server) calls_[outer_id] = {for_server->number, for_server->life, id};
  outer_.send(protocol::request_text({outer_id}, method, params.is_null() ? "" : protocol::dump_json(params)));
}

void Router::later(std::chrono::milliseconds delay, std::function<void()> task) {
  outer_.after(delay, [alive = std::weak_ptr(alive_), task = std::move(task)] {
    if (!alive.expired()) task();
  });
}

// To the log, from warnings on to the client's, and to the user's face if `show`.
void Router::tell(Level level, const std::string& line, bool show) {
  log_.write(level, line);
  if (level > Level::warning || state_ == State::finished) return;
  const Json params = {{"type", level == Level::error ? 1 : 2}, {"message", show ? "awaitd: " + line : line}};
  std::string text =
      protocol::notification_text(show ? "window/showMessage" : "window/logMessage", protocol::dump_json(params));
  if (state_ == State::running || state_ == State::shut_down) return outer_.send(std::move(text));
  held_news_.push_back(std::move(text));
}

void Router::send(std::string message) {
  protocol::Message parsed = protocol::parse_message(message);
  if (const auto* response = std::get_if<protocol::Response>(&parsed)) {
    on_answer(own(), *response);
  } else if (const auto* request = std::get_if<protocol::Request>(&parsed)) {
    on_call(own(), *request);
  } else if (const auto* notification = std::get_if<protocol::Notification>(&parsed)) {
    on_news(own(), *notification, std::move(message));
  }
}

void Router::finish(int exit_code) {
  if (state_ == State::finished) return;
  const bool asked_to = state_ == State::shut_down;
  state_ = State::finished;
  for (const auto& server : servers_) {
    if (!server->link) continue;
    if (!asked_to) ask(*server, requests_.next_id(), "shutdown", nullptr);
    if (!exit_sent_) notify(*server, "exit", nullptr);
  }
  end_all();
  outer_.finish(exit_code);
}

}  // namespace awaitd::server::with
