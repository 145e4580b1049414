// The router's part that takes what the servers send: answers, requests and news for the client.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "server/with/origin.h"
#include "server/with/router.h"

namespace awaitd::server::with {

using protocol::Json;

namespace {

constexpr std::size_t kMaxCalls = 4096;  // that a client leaves unanswered

bool is_pull(const Json& registration) {
  const Json& method = member_at(registration, "method");
  return method == "textDocument/diagnostic" || method == "workspace/diagnostic";
}

}  // namespace

void Router::receive_from(int number, std::uint64_t life, protocol::Message message) {
  Server& server = *servers_[static_cast<std::size_t>(number)];
  if (life != server.life || !server.link) return;
  if (const auto* response = std::get_if<protocol::Response>(&message)) {
    on_answer(server, *response);
  } else if (const auto* request = std::get_if<protocol::Request>(&message)) {
    on_call(server, *request);
  } else if (const auto* notification = std::get_if<protocol::Notification>(&message)) {
    on_news(server, *notification, {});
  } else if (const auto* malformed = std::get_if<protocol::Malformed>(&message)) {
    log_.write(Level::warning, server.name + " sent what is no message: " + malformed->error.message);
  }
}

void Router::on_answer(Server& server, const protocol::Response& response) {
  const bool first =
      server.state == Server::State::starting && response.id == protocol::RequestId{server.initialize_id};
  if (first) return on_initialized_answer(server, response);
  if (server.pulls) {
    if (const auto reports = server.pulls->answered(response)) {
      for (const Pulls::Report& report : *reports) {
        Json params = {{"uri", report.uri}, {"diagnostics", report.items.get()}};
        if (report.version) params["version"] = *report.version;
        take_diagnostics(server, params);
      }
      return;
    }
  }
  if (auto outcome = requests_.answered(server.number, response)) over(std::move(*outcome));
}

// One request of the client's is over.
void Router::over(Requests::Outcome outcome) {
  if (outcome.method == "initialize") return answer_initialize(std::move(outcome));
  outer_.send(std::move(outcome.answer));
  for (const Requests::Asked& asked : outcome.cancel) {
    notify(*servers_[static_cast<std::size_t>(asked.server)], "$/cancelRequest", {{"id", asked.id}});
  }
}

// The router's own answer to a server's request.
void Router::answer_call(Server& server, const protocol::RequestId& id) {
  if (server.link) return server.link->send(protocol::result_text(id, "null"));
  if (server.number > 0) return;
  later(std::chrono::milliseconds(0), [this, id] { to_own(protocol::Response{id, {}, std::nullopt}); });
}

void Router::on_call(Server& server, const protocol::Request& request) {
  if (state_ != State::running && state_ != State::shut_down) {
    held_calls_.emplace_back(server.number, request);
    return;
  }
  const std::string& method = request.method;
  if (method == "client/registerCapability") return on_register(server, request);
  if (method == "client/unregisterCapability") return on_unregister(server, request);
  if (method == "workspace/diagnostic/refresh" && server.number > 0) {
    if (server.pulls) server.pulls->refresh();
    return answer_call(server, request.id);
  }
  if (calls_.size() >= kMaxCalls && server.link) {
    const protocol::ResponseError error{protocol::ErrorCode::RequestFailed, "the client answers nothing", {}};
    return server.link->send(protocol::error_text(request.id, error));
  }
  Json params = request.params.get();
  if (method == "window/workDoneProgress/create") {
    params["token"] = client_token(server.number, member_at(params, "token"));
  }
  call_client(&server, request.id, method, params);
}

void Router::on_register(Server& server, const protocol::Request& request) {
  const Json& all = member_at(request.params.get(), "registrations");
  Json for_client = Json::array();
  bool documents = false;
  if (all.is_array()) {
    for (Json registration : all) {
      const Json& id = member_at(registration, "id");
      const Json& method = member_at(registration, "method");
      if (!id.is_string() || !method.is_string()) continue;
      const std::string client_id = client_registration_id(server.number, id.get<std::string>());
      const std::string name = method.get<std::string>();
      const Json& options = member_at(registration, "registerOptions");
      server.learn_registration(client_id, name, options);
      documents = documents || name == "textDocument/didOpen";
      if (is_pull(registration) && server.pulls) {
        server.pulls->start(options.is_object() ? options : Json::object());
        for (const auto& [uri, document] : mirror_.documents()) server.pulls->changed(uri, document.version);
        continue;
      }
      registration["id"] = client_id;
      for_client.push_back(std::move(registration));
    }
  }
  if (documents && server.number > 0 && server.introduced) {
    for (const auto& [uri, document] : mirror_.documents()) {
      const Json item = {{"uri", uri},
                         {"languageId", document.language_id},
                         {"version", document.version},
                         {"text", document.text.text()}};
      forward_to(server, "textDocument/didOpen", {{"textDocument", item}});
    }
  }
  const bool asked = !std::holds_alternative<std::monostate>(request.id.value);  // else it is the router itself
  if (!for_client.empty()) {
    return call_client(asked ? &server : nullptr, request.id, request.method, {{"registrations", for_client}});
  }
  if (asked) answer_call(server, request.id);
}

void Router::on_unregister(Server& server, const protocol::Request& request) {
  const Json& all = member_at(request.params.get(), "unregisterations");
  Json for_client = Json::array();
  if (all.is_array()) {
    for (Json registration : all) {
      const Json& id = member_at(registration, "id");
      if (!id.is_string()) continue;
      const std::string client_id = client_registration_id(server.number, id.get<std::string>());
      server.registered.erase(client_id);
      if (is_pull(registration) && server.pulls) {
        server.pulls->stop();
        continue;
      }
      registration["id"] = client_id;
      for_client.push_back(std::move(registration));
    }
  }
  if (for_client.empty()) return answer_call(server, request.id);
  call_client(&server, request.id, request.method, {{"unregisterations", for_client}});
}

void Router::on_progress(Server& server, Json params) {
  const Json token = member_at(params, "token");
  if (token.is_string()) {
    if (const Json* theirs = requests_.client_token(token.get<std::string>())) {
      params["token"] = *theirs;
      return notify_client("$/progress", params);
    }
  }
  const std::string known = client_token(server.number, token);
  const Json& kind = member_at(params, "value/kind");
  if (kind == "begin") server.progress.insert(known);
  if (kind == "end") server.progress.erase(known);
  params["token"] = known;
  notify_client("$/progress", params);
}

void Router::on_news(Server& server, const protocol::Notification& notification, std::string body) {
  const Json& params = notification.params.get();
  if (notification.method == "textDocument/publishDiagnostics") {
    if (server.pulls && server.pulls->active()) server.pulls->stop();  // it pushes: asking it is not needed
    return take_diagnostics(server, params);
  }
  if (notification.method == "$/progress" && params.is_object()) return on_progress(server, params);
  if (notification.method == "$/cancelRequest") {
    const Json& id = member_at(params, "id");
    for (const auto& [outer_id, call] : calls_) {
      const auto* number = std::get_if<std::int64_t>(&call.id.value);
      const auto* text = std::get_if<std::string>(&call.id.value);
      const bool same = (number && id == *number) || (text && id == *text);
      if (same && call.server == server.number) return notify_client("$/cancelRequest", {{"id", outer_id}});
    }
    return;
  }
  if (!body.empty()) return outer_.send(std::move(body));
  notify_client(notification.method, params);
}

void Router::take_diagnostics(Server& server, const Json& params) {
  const auto uri = diagnostics_.take(server.number, params, server.name);
  if (uri) publish(*uri);
}

void Router::publish(const std::string& uri) {
  const auto params = diagnostics_.to_publish(uri, client_.publish.version);
  if (params) outer_.send(protocol::notification_text("textDocument/publishDiagnostics", *params));
}

}  // namespace awaitd::server::with
