// The router's part that starts the other servers, brings them to the client, and outlives them.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "protocol/json_reader.h"
#include "server/with/router.h"

namespace awaitd::server::with {

using protocol::Json;

namespace {

std::string seconds(std::chrono::milliseconds time) { return std::to_string(time.count() / 1000) + " s"; }

protocol::PositionEncoding encoding_named(std::string_view name) {
  for (const auto encoding : {protocol::PositionEncoding::Utf8, protocol::PositionEncoding::Utf32}) {
    if (protocol::encoding_name(encoding) == name) return encoding;
  }
  return protocol::PositionEncoding::Utf16;
}

}  // namespace

void Router::begin(protocol::Request initialize) {
  state_ = State::asking;
  initialize_id_ = initialize.id;
  client_params_ = initialize.params;
  client_ = protocol::read_client_capabilities(member_at(client_params_.get(), "capabilities"));
  requests_.use(client_);
  // Two others might choose differently; utf-16 every server knows.
  if (servers_.size() > 2) encoding_ = "utf-16";
  for (const auto& server : servers_) {
    if (server->number > 0) server->state = Server::State::starting;
  }
  for (const auto& server : servers_) {
    if (server->number > 0) start(*server);
  }
  later(kStartWait, [this] { go_on(true); });
  go_on(false);
}

void Router::start(Server& server) {
  ++server.life;
  server.state = Server::State::starting;
  server.last_words.clear();
  Link::Events events;
  const auto on_strand = [this, alive = std::weak_ptr(alive_), host = &outer_](auto task) {
    host->post([this, alive, task = std::move(task)] {
      if (!alive.expired() && state_ != State::finished) task();
    });
  };
  const int number = server.number;
  events.on_message = [this, on_strand, number, life = server.life](protocol::Message message) {
    const auto shared = std::make_shared<protocol::Message>(std::move(message));  // std::function wants to copy
    on_strand([this, number, life, shared] { receive_from(number, life, std::move(*shared)); });
  };
  events.on_line = [this, on_strand, number](const std::string& line) {
    on_strand([this, number, line] {
      Server& who = *servers_[static_cast<std::size_t>(number)];
      log_.write(Level::info, who.name + ": " + line);
      who.last_words.push_back(line);
      if (who.last_words.size() > 3) who.last_words.pop_front();
    });
  };
  events.on_end = [this, on_strand, number, life = server.life](const std::string& how) {
    on_strand([this, number, life, how] { on_end(number, life, how); });
  };
  std::string problem;
  server.link = start_link_(server.command, std::move(events), problem);
  if (!server.link) return give_up(server, "cannot be started: " + problem);
  std::vector<std::string> encodings = client_.position_encodings;
  if (!encoding_.empty()) encodings = {encoding_};
  server.initialize_id = requests_.next_id();
  ask(server, server.initialize_id, "initialize", params_for_other(client_params_.get(), encodings, server.name).get());
}

void Router::on_initialized_answer(Server& server, const protocol::Response& response) {
  if (response.error) return give_up(server, "refuses to start: " + response.error->message);
  const Json& capabilities = member_at(response.result.get(), "capabilities");
  const std::string encoding = encoding_of(capabilities);
  const auto& offered = client_.position_encodings;
  const bool fits = encoding_.empty() ? encoding == "utf-16" || std::count(offered.begin(), offered.end(), encoding) > 0
                                      : encoding == encoding_;
  if (!fits) {
    // It may have been asked before the others' choice was known.
    if (server.insisted || encoding_.empty()) {
      return give_up(server, "counts columns in " + encoding + ", which it was not offered");
    }
    server.insisted = true;
    dispose(server);
    return start(server);
  }
  if (encoding_.empty()) encoding_ = encoding;
  server.state = Server::State::ready;
  server.ready_since = outer_.now();
  server.learn(capabilities);
  server.pulls = std::make_unique<Pulls>([this, &server](const std::string& method, const std::string& params) {
    const std::int64_t id = requests_.next_id();
    if (server.link) server.link->send(protocol::request_text({id}, method, params));
    return server.link ? std::optional(id) : std::nullopt;
  });
  const Json& pulled = member_at(capabilities, "diagnosticProvider");
  if (pulled.is_object()) server.pulls->start(pulled);
  log_.write(Level::info, server.name + " is there, positions in " + encoding);
  if (state_ == State::asking) return go_on(false);
  introduce(server);
}

// Once every other server has answered, failed, or had its time: awaitd's own turn, in the encoding of the others.
void Router::go_on(bool waited_enough) {
  if (state_ != State::asking) return;
  const auto in = [this](Server::State state) {
    return std::any_of(servers_.begin(), servers_.end(), [&](const auto& server) { return server->state == state; });
  };
  const bool waiting = in(Server::State::starting);
  if (waiting && !waited_enough) return;
  // Who joins later is sure to know this one.
  if (encoding_.empty() && (waiting || in(Server::State::resting))) encoding_ = "utf-16";
  if (waiting) tell(Level::warning, "another server is slow to start; it joins when it is there", false);
  state_ = State::answering;
  std::vector<std::string> encodings = client_.position_encodings;
  if (!encoding_.empty()) encodings = {encoding_};
  const Json params = params_for_own(client_params_.get(), encodings).get();
  const auto asked = requests_.start(initialize_id_, "initialize", {0});
  ask(own(), asked.front().id, "initialize", params);
}

void Router::answer_initialize(Requests::Outcome outcome) {
  Json result = outcome.result.get();
  if (!result.is_object() || state_ != State::answering) {
    if (state_ == State::answering) state_ = State::fresh;
    return outer_.send(std::move(outcome.answer));
  }
  own().learn(member_at(result, "capabilities"));
  own().state = Server::State::ready;
  own().introduced = true;
  encoding_ = encoding_of(own().capabilities.get());
  mirror_.use(encoding_named(encoding_));
  notebooks_.use(encoding_named(encoding_));
  std::vector<const Json*> capabilities;
  for (const auto& server : servers_) {
    if (server->ready()) capabilities.push_back(&server->capabilities.get());
  }
  told_ = merged_capabilities(capabilities, encoding_);
  result["capabilities"] = told_.get();
  outer_.send(protocol::result_text(outcome.client_id, protocol::dump_json(result)));
  state_ = State::running;
  for (std::string& news : std::exchange(held_news_, {})) outer_.send(std::move(news));
}

void Router::introduce_all() {
  if (client_ready_ || state_ != State::running) return;
  client_ready_ = true;
  for (const auto& server : servers_) introduce(*server);
}

// What the client has said so far, said again.
void Router::introduce(Server& server) {
  if (server.number == 0 || server.introduced || !server.ready() || !client_ready_) return;
  server.introduced = true;
  notify(server, "initialized", Json::object());
  if (!configuration_.is_null()) notify(server, "workspace/didChangeConfiguration", configuration_.get());
  register_late(server);
  for (const auto& [uri, document] : mirror_.documents()) {
    const Json item = {{"uri", uri},
                       {"languageId", document.language_id},
                       {"version", document.version},
                       {"text", document.text.text()}};
    forward_to(server, "textDocument/didOpen", {{"textDocument", item}});
  }
  for (const auto& opened : notebooks_.opened_now()) forward_to(server, "notebookDocument/didOpen", opened.get());
}

void Router::register_late(Server& server) {
  const Json registrations =
      late_registrations(server.capabilities.get(), told_.get(), member_at(client_params_.get(), "capabilities")).get();
  if (registrations.empty()) return;
  Json params = {{"registrations", registrations}};
  on_register(server, protocol::Request{{}, "client/registerCapability", protocol::JsonValue(std::move(params))});
}

void Router::on_end(int number, std::uint64_t life, const std::string& how) {
  Server& server = *servers_[static_cast<std::size_t>(number)];
  if (life != server.life || !server.link) return;
  dispose(server);
  const bool steady = server.ready() && outer_.now() - server.ready_since >= kSteady;
  if (steady) server.failures = 0;
  clean_up(server, server.name + " " + how);
  if (state_ == State::shut_down) {
    server.state = Server::State::off;
    return;
  }
  rest(server, how);
  go_on(false);
}

// Nothing of a server that is gone stays with the client.
void Router::clean_up(Server& server, const std::string& why) {
  server.state = Server::State::off;
  for (Requests::Outcome& outcome : requests_.server_gone(server.number, why + " before it answered")) {
    over(std::move(outcome));
  }
  for (const std::string& uri : diagnostics_.drop(server.number)) publish(uri);
  for (auto call = calls_.begin(); call != calls_.end();) {
    if (call->second.server != server.number) {
      ++call;
      continue;
    }
    notify_client("$/cancelRequest", {{"id", call->first}});
    call = calls_.erase(call);
  }
  std::erase_if(held_calls_, [&](const auto& held) { return held.first == server.number; });
  Json gone = Json::array();
  for (const auto& [id, registration] : server.registered) {
    if (registration.method != "textDocument/diagnostic") gone.push_back({{"id", id}, {"method", registration.method}});
  }
  if (!gone.empty()) call_client(nullptr, {}, "client/unregisterCapability", {{"unregisterations", gone}});
  for (const std::string& token : server.progress) {
    notify_client("$/progress", {{"token", token}, {"value", {{"kind", "end"}}}});
  }
  server.forget();
}

void Router::rest(Server& server, const std::string& how) {
  if (++server.failures > kRestarts) return give_up(server, how + " " + std::to_string(server.failures) + " times");
  const auto delay = kFirstRest * (1 << (server.failures - 1));
  server.state = Server::State::resting;
  std::string line = server.name + " " + how + "; it is started again in " + seconds(delay) + " (" +
                     std::to_string(server.failures) + " of " + std::to_string(kRestarts) + ")";
  if (!server.last_words.empty()) line += "; it said: " + server.last_words.back();
  tell(Level::warning, line, false);
  later(delay, [this, &server, life = server.life] {
    if (server.state == Server::State::resting && server.life == life && state_ != State::shut_down) start(server);
  });
}

void Router::give_up(Server& server, const std::string& why) {
  dispose(server);
  server.state = Server::State::given_up;
  std::string line = server.name + " " + why + ". awaitd works without it";
  if (!server.last_words.empty()) line += "; it said: " + server.last_words.back();
  tell(Level::error, line, true);
  if (state_ == State::asking) go_on(false);
}

// Ending a process can take a while, and nothing on the strand waits.
void Router::dispose(Server& server) {
  if (!server.link) return;
  std::shared_ptr<Link> link = std::move(server.link);
  ending_.push_back(std::async(std::launch::async, [link = std::move(link)]() mutable { link.reset(); }));
}

// At the very end there is time to wait, a bounded one.
void Router::end_all() {
  for (const auto& server : servers_) dispose(*server);
  ending_.clear();  // a future of std::async waits when it is destroyed
}

}  // namespace awaitd::server::with
