// The router's part that takes what the client sends and brings it to the servers it concerns.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "protocol/json_reader.h"
#include "server/with/origin.h"
#include "server/with/router.h"

namespace awaitd::server::with {

using protocol::ErrorCode;
using protocol::Json;

namespace {

std::chrono::milliseconds wait_for(std::string_view method) {
  if (method == "shutdown") return kShutdownWait;
  return method == "textDocument/codeAction" ? kActionsWait : kMergeWait;
}

std::optional<protocol::RequestId> id_in(const Json& params) {
  const Json& id = member_at(params, "id");
  if (id.is_string()) return protocol::RequestId{id.get<std::string>()};
  if (id.is_number()) return protocol::RequestId{id.get<std::int64_t>()};
  return std::nullopt;
}

bool starts_with(std::string_view text, std::string_view start) { return text.substr(0, start.size()) == start; }

}  // namespace

void Router::on_request(protocol::Request request) {
  if (requests_.running(request.id)) {
    outer_.send(protocol::error_text(request.id, {ErrorCode::InvalidRequest, "a request with this id is running", {}}));
    return;
  }
  if (request.method == "initialize" && state_ == State::fresh) return begin(std::move(request));
  introduce_all();
  const bool alive = state_ == State::running;
  if (request.method == "shutdown" && alive) state_ = State::shut_down;
  // What comes too early, too late or twice awaitd's own session refuses.
  if (!alive || request.method == "initialize") {
    return start_request(request.id, request.method, {0}, request.params.get());
  }
  const Route* const route_of = find_route(request.method);
  route(std::move(request), route_of);
}

void Router::route(protocol::Request request, const Route* route) {
  Json params = request.params.get();
  const auto marked = route && route->in_params != Mark::none ? unmark_params(params, route->in_params) : std::nullopt;
  std::vector<int> servers;
  if (marked) {
    const bool exists = *marked >= 0 && *marked < static_cast<int>(servers_.size());
    if (exists && servers_[static_cast<std::size_t>(*marked)]->can(*route)) servers.push_back(*marked);
    if (servers.empty()) return answer_for_nobody(request, route);
  } else {
    servers = targets(request.method, route, params);
  }
  if (servers.empty()) return answer_for_nobody(request, route);
  start_request(request.id, request.method, servers, std::move(params));
}

// In the order of the servers, awaitd's own first.
std::vector<int> Router::targets(const std::string& method, const Route* route, const Json& params) {
  std::vector<int> out;
  const Json& command = member_at(params, "command");
  for (const auto& server : servers_) {
    if (!server->ready()) continue;
    if (!route) {  // somebody's own method
      if ((server->number == 0) == starts_with(method, "awaitd/")) out.push_back(server->number);
    } else if (method == "workspace/executeCommand") {
      if (command.is_string() && server->commands.contains(command.get<std::string>())) out.push_back(server->number);
    } else if (server->can(*route)) {
      out.push_back(server->number);
    }
  }
  // Some servers do not list the commands of their own code actions.
  if (out.empty() && method == "workspace/executeCommand") {
    for (const auto& server : servers_) {
      if (server->number > 0 && server->can(*route)) out.push_back(server->number);
    }
  }
  if (out.size() > 1 && (!route || route->gather == Gather::first)) out.erase(out.begin() + 1, out.end());
  return out;
}

// A server is asked about its own diagnostics only: their `data` means nothing to others.
Json Router::params_for(const Server& server, const std::string& method, const Json& params) const {
  if (method != "textDocument/codeAction") return params;
  const Json& all = member_at(params, "context/diagnostics");
  const Json& uri = member_at(params, "textDocument/uri");
  if (!all.is_array() || all.empty() || !uri.is_string()) return params;
  Json mine = Json::array();
  for (const Json& diagnostic : all) {
    if (diagnostics_.owner(uri.get<std::string>(), diagnostic).value_or(server.number) == server.number) {
      mine.push_back(diagnostic);
    }
  }
  Json out = params;
  out["context"]["diagnostics"] = std::move(mine);
  return out;
}

void Router::start_request(const protocol::RequestId& id, const std::string& method, const std::vector<int>& servers,
                           Json params) {
  // Progress of one request can come from one server; partial results of several cannot be put together.
  std::map<std::string, protocol::JsonValue> tokens;
  for (const char* name : {"workDoneToken", "partialResultToken"}) {
    if (!params.is_object() || !params.contains(name)) continue;
    if (servers.size() == 1) {
      std::string given = "awaitd-" + std::to_string(requests_.next_id());
      tokens.emplace(given, protocol::JsonValue(std::move(params[name])));
      params[name] = std::move(given);
    } else {
      params.erase(name);
    }
  }
  const auto asked = requests_.start(id, method, servers, std::move(tokens));
  if (asked.size() > 1) {
    later(wait_for(method), [this, id, first = asked.front().id] {
      if (auto outcome = requests_.hurry(id, first)) over(std::move(*outcome));
    });
  }
  // awaitd's session may answer at once: it comes last.
  for (auto one = asked.rbegin(); one != asked.rend(); ++one) {
    Server& server = *servers_[static_cast<std::size_t>(one->server)];
    ask(server, one->id, method, params_for(server, method, params));
  }
}

// Whom it concerns is gone for now, which the client has been told: no error at every key. Other methods nobody knows.
void Router::answer_for_nobody(const protocol::Request& request, const Route* route) {
  const Json& params = request.params.get();
  const bool command = request.method == "workspace/executeCommand";
  if (route && route->in_params == Mark::self) {
    outer_.send(protocol::result_text(request.id, protocol::dump_json(params)));
  } else if (route && !command && provides(told_.get(), *route)) {
    const bool needs_list =
        starts_with(request.method, "textDocument/color") || starts_with(request.method, "textDocument/documentColor");
    outer_.send(protocol::result_text(request.id, needs_list ? "[]" : "null"));
  } else {
    start_request(request.id, request.method, {0}, params);  // awaitd's session says what is wrong
  }
}

void Router::cancel(const Json& params) {
  const auto id = id_in(params);
  if (!id) return;
  if (auto outcome = requests_.cancel(*id)) over(std::move(*outcome));
}

void Router::cancel_progress(const Json& params) {
  const auto token = server_token(member_at(params, "token"));
  if (!token || token->first < 0 || token->first >= static_cast<int>(servers_.size())) return;
  Json theirs = params;
  theirs["token"] = token->second.get();
  notify(*servers_[static_cast<std::size_t>(token->first)], "window/workDoneProgress/cancel", theirs);
}

void Router::on_notification(protocol::Notification notification) {
  const std::string& method = notification.method;
  const Json& params = notification.params.get();
  if (method == "$/cancelRequest") return cancel(params);
  if (method == "exit") {
    for (const auto& server : servers_) {
      if (server->number > 0) notify(*server, method, params);
    }
    exit_sent_ = true;
    return notify(own(), method, params);
  }
  introduce_all();
  if (method == "initialized") return notify(own(), method, params);  // the others have heard it
  if (state_ != State::running) return notify(own(), method, params);
  if (method == "window/workDoneProgress/cancel") return cancel_progress(params);
  if (method == "textDocument/didOpen") {
    const auto opened = protocol::read_json<protocol::DidOpenTextDocumentParams>(params);
    if (opened) mirror_.open(opened->text_document);
  } else if (method == "textDocument/didChange") {
    return document_changed(params);
  } else if (method == "textDocument/didClose") {
    return document_closed(params);
  } else if (starts_with(method, "notebookDocument/")) {
    notebooks_.take(method, params);
  } else if (method == "workspace/didChangeConfiguration") {
    configuration_ = notification.params;
  } else if (method == "workspace/didChangeWorkspaceFolders") {
    folders_changed(params);
  }
  forward(method, params);
}

void Router::document_changed(const Json& params) {
  const auto change = protocol::read_json<protocol::DidChangeTextDocumentParams>(params);
  const std::string uri = change ? change->text_document.uri : std::string();
  if (change) {
    if (const auto* shifts = mirror_.change(*change)) diagnostics_.edited(uri, *shifts);
  }
  forward("textDocument/didChange", params);
}

void Router::document_closed(const Json& params) {
  const auto closed = protocol::read_json<protocol::DidCloseTextDocumentParams>(params);
  if (closed) mirror_.close(closed->text_document.uri);
  forward("textDocument/didClose", params);
}

// For servers that are started later.
void Router::folders_changed(const Json& params) {
  Json& folders = client_params_.get()["workspaceFolders"];
  if (!folders.is_array()) folders = Json::array();
  const Json& removed = member_at(params, "event/removed");
  const Json& added = member_at(params, "event/added");
  const auto same_folder = [](const Json& folder) {
    return [&folder](const Json& other) { return member_at(folder, "uri") == member_at(other, "uri"); };
  };
  for (const Json* list : {&removed, &added}) {
    if (!list->is_array()) continue;
    for (const Json& folder : *list) {
      folders.erase(std::remove_if(folders.begin(), folders.end(), same_folder(folder)), folders.end());
      if (list == &added) folders.push_back(folder);
    }
  }
}

void Router::forward(const std::string& method, const Json& params) {
  notify(own(), method, params);
  for (const auto& server : servers_) {
    if (server->number > 0 && server->introduced) forward_to(*server, method, params);
  }
}

// What a server has not asked for it does not get, and changes come as it wants them.
void Router::forward_to(Server& server, const std::string& method, const Json& params) {
  const Sync& sync = server.sync;
  const Route* const route_of = find_route(method);
  if (route_of && !server.can(*route_of)) return;
  const Json& uri = member_at(params, "textDocument/uri");
  const Mirror::Document* document = uri.is_string() ? mirror_.find(uri.get<std::string>()) : nullptr;
  const bool opens = method == "textDocument/didOpen", changes = method == "textDocument/didChange";
  const bool closes = method == "textDocument/didClose";
  if ((opens || closes) && !sync.open_close) return;
  if (changes && sync.change == 0) return;
  if (method == "textDocument/didSave" && !sync.save) return;
  if (method == "textDocument/willSave" && !sync.will_save) return;
  if (starts_with(method, "notebookDocument/") &&
      member_at(server.capabilities.get(), "notebookDocumentSync").is_null()) {
    return;
  }
  if (changes && sync.change == 1) {
    if (!document) return;
    Json whole = params;
    whole["contentChanges"] = Json::array({{{"text", document->text.text()}}});
    notify(server, method, whole);
  } else {
    notify(server, method, params);
  }
  if (!server.pulls || !server.pulls->active() || !uri.is_string()) return;
  if ((opens || changes) && document) server.pulls->changed(document->uri, document->version);
  if (!closes) return;
  server.pulls->closed(uri.get<std::string>());
  take_diagnostics(server, {{"uri", uri}, {"diagnostics", Json::array()}});
}

void Router::on_response(const protocol::Response& response) {
  const auto* id = std::get_if<std::int64_t>(&response.id.value);
  const auto found = id ? calls_.find(*id) : calls_.end();
  if (found == calls_.end()) return;  // the router's own, or of a server that is gone
  const Call call = found->second;
  calls_.erase(found);
  Server& server = *servers_[static_cast<std::size_t>(call.server)];
  if (call.server == 0) return to_own(protocol::Response{call.id, response.result, response.error});
  if (call.life != server.life || !server.link) return;
  server.link->send(response.error ? protocol::error_text(call.id, *response.error)
                                   : protocol::result_text(call.id, protocol::dump_json(response.result)));
}

}  // namespace awaitd::server::with
