#include "server/session/session.h"

#include <cstdio>

namespace awaitd::server {

namespace {

std::string name_of(const protocol::Message& message) {
  if (const auto* request = std::get_if<protocol::Request>(&message)) return request->method;
  if (const auto* notification = std::get_if<protocol::Notification>(&message)) return notification->method;
  return std::holds_alternative<protocol::Response>(message) ? "a response" : "a malformed message";
}

}  // namespace

Session::Session(Host& host, Executor& executor, Log& log)
    : host_(host),
      executor_(executor),
      log_(log),
      first_threshold_(log.threshold()),
      shared_settings_(std::make_shared<const Settings>()),
      analyser_({&executor, &host, &log},
                {.reader = [this](const OpenDocument& document) { return surroundings_reader(document); },
                 .surrounded = [this](OpenDocument& document) { complain(document.surroundings->config.problems); },
                 .analysed = [this](const DocumentPtr& document) { analysed(document); },
                 .noticed = [this](const DocumentPtr& document) { modules_changed(document); },
                 .overtaken =
                     [this](const DocumentPtr& document) {
                       recheck([&](const DocumentPtr& one) { return one == document; });
                     },
                 .shown_closed = [this](const OpenDocument& document) { files_changed({document.path}, false); }}),
      workspace_check_({&executor, &host, &log},
                       {.found = [this](const WorkspaceCheck::Found& found, std::size_t done,
                                        std::size_t all) { workspace_found(found, done, all); },
                        .finished = [this] { workspace_looked_at(); },
                        .problems = [this](const std::vector<std::string>& problems) { complain(problems); }}),
      dispatcher_({.send = [&host](std::string body) { host.send(std::move(body)); },
                   .gate = [this](std::string_view method, bool is_request) { return gate(method, is_request); },
                   .log =
                       [this](const std::string& line) {
                         say(line.rfind("ignored", 0) == 0 ? Level::info : Level::error, line);
                       }}) {
  bind();
}

Session::~Session() = default;

// Everything this server can be asked, a line each.
void Session::bind() {
  protocol::Dispatcher& d = dispatcher_;
  d.request("initialize", this, &Session::on_initialize);
  d.notification("initialized", this, &Session::on_initialized);
  d.request("shutdown", this, &Session::on_shutdown);
  d.notification("exit", this, &Session::on_exit);
  d.notification("$/setTrace", this, &Session::on_set_trace);
  d.notification("textDocument/didOpen", this, &Session::on_open);
  d.notification("textDocument/didChange", this, &Session::on_change);
  d.notification("textDocument/didSave", this, &Session::on_save);
  d.notification("textDocument/didClose", this, &Session::on_close);
  d.notification("notebookDocument/didOpen", this, &Session::on_open_notebook);
  d.notification("notebookDocument/didChange", this, &Session::on_change_notebook);
  d.notification("notebookDocument/didSave", this, &Session::on_save_notebook);
  d.notification("notebookDocument/didClose", this, &Session::on_close_notebook);
  d.request("textDocument/diagnostic", this, &Session::on_diagnostic);
  d.request("workspace/diagnostic", this, &Session::on_workspace_diagnostic);
  d.notification("window/workDoneProgress/cancel", this, &Session::on_cancel_progress);
  d.request("textDocument/hover", this, &Session::on_hover);
  d.request("textDocument/codeAction", this, &Session::on_code_action);
  d.request("codeAction/resolve", this, &Session::on_resolve);
  d.request("textDocument/inlayHint", this, &Session::on_inlay_hint);
  d.request("textDocument/codeLens", this, &Session::on_code_lens);
  d.request("codeLens/resolve", this, &Session::on_resolve_lens);
  d.request("textDocument/documentLink", this, &Session::on_document_link);
  d.request("textDocument/prepareCallHierarchy", this, &Session::on_prepare_calls);
  d.request("callHierarchy/incomingCalls", this, &Session::on_incoming_calls);
  d.request("callHierarchy/outgoingCalls", this, &Session::on_outgoing_calls);
  d.request("workspace/executeCommand", this, &Session::on_execute_command);
  d.notification("workspace/didChangeConfiguration", this, &Session::on_configuration);
  d.notification("workspace/didChangeWorkspaceFolders", this, &Session::on_workspace_folders);
  d.notification("workspace/didChangeWatchedFiles", this, &Session::on_watched_files);
}

// The life cycle's rules (LSP 3.18, "Lifecycle Messages"). Refused notifications are dropped silently.
std::optional<protocol::ResponseError> Session::gate(std::string_view method, bool is_request) const {
  using protocol::ErrorCode;
  using protocol::ResponseError;
  if (!is_request && method == "exit") return std::nullopt;
  switch (state_) {
    case State::fresh:
      if (method == "initialize") return std::nullopt;
      return ResponseError{ErrorCode::ServerNotInitialized, "the first request must be initialize", {}};
    case State::running:
      if (method != "initialize") return std::nullopt;
      return ResponseError{ErrorCode::InvalidRequest, "initialize was requested before", {}};
    case State::shut_down:
    case State::finished:
      break;
  }
  return ResponseError{ErrorCode::InvalidRequest, "the server was shut down", {}};
}

void Session::receive(protocol::Message message) {
  if (state_ == State::finished) return;
  const std::string name = name_of(message);
  const Clock::time_point start = host_.now();
  dispatcher_.receive(std::move(message));
  if (name == "$/cancelRequest") answer_cancelled();
  if (trace_ == Trace::off) return;
  const std::chrono::duration<double, std::milli> took = host_.now() - start;
  char line[160];
  std::snprintf(line, sizeof line, "%.100s: handled in %.3f ms", name.c_str(), took.count());
  trace(line, [this] {
    return std::to_string(documents_.size()) + " documents open, " + std::to_string(dispatcher_.pending_requests()) +
           " requests under way";
  });
}

void Session::input_ended() {
  if (state_ == State::finished) return;
  log_.write(Level::info, "the client closed the connection");
  finish();
}

// Requests that wait for an analysis are answered as soon as they are cancelled, not when the analysis is there.
void Session::answer_cancelled() {
  std::erase_if(waiting_, [](const auto& entry) { return entry.second->answered_as_cancelled(); });
}

void Session::say(Level level, std::string_view line) {
  log_.write(level, line);
  if (level > Level::warning || state_ != State::running) return;
  const auto type = level == Level::error ? protocol::MessageType::Error : protocol::MessageType::Warning;
  dispatcher_.notify("window/logMessage", protocol::LogMessageParams{type, std::string(line)});
}

void Session::trace(std::string_view line, const std::function<std::string()>& details) {
  if (trace_ == Trace::off || state_ != State::running) return;
  protocol::LogTraceParams params{std::string(line), {}};
  if (trace_ == Trace::verbose && details) params.verbose = details();
  dispatcher_.notify("$/logTrace", params);
}

}  // namespace awaitd::server
