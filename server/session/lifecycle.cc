// initialize to exit, the trace level, and the watch on the client's process.
#include <signal.h>

#include <cerrno>

#include "server/base/version.h"
#include "server/features/capabilities.h"
#include "server/session/session.h"

namespace awaitd::server {

namespace {
bool process_exists(std::int64_t process_id) {
  return ::kill(static_cast<pid_t>(process_id), 0) == 0 || errno == EPERM;
}
}  // namespace

void Session::on_initialize(const protocol::InitializeParams& params, protocol::ReplyOnce reply) {
  state_ = State::running;
  if (params.process_id) watch_parent(*params.process_id);
  client_.can = params.capabilities;
  client_.encoding = protocol::choose_position_encoding(params.capabilities.position_encodings);
  protocol::InitializeResult result;
  result.server_name = "awaitd";
  result.server_version = version();
  result.capabilities = server_capabilities(client_);
  for (std::string& command : bind_for_tests()) result.capabilities.commands.push_back(std::move(command));
  reply.result(result);

  set_trace(params.trace);
  for (const protocol::WorkspaceFolder& root : params.roots()) {
    if (const auto path = protocol::uri_to_path(root.uri)) folders_.emplace_back(*path);
  }
  projects_->set_folders(folders_);
  std::vector<std::string> problems;
  initial_settings_ = read_editor_settings(params.initialization_options.get(), "initializationOptions", problems);
  use_settings(initial_settings_);
  complain(problems);
  log_.write(Level::info, "client " + params.client_info.name + " " + params.client_info.version + ", positions in " +
                              std::string(protocol::encoding_name(client_.encoding)));
}

void Session::on_initialized(const protocol::NoParams&) {
  register_capabilities();
  ask_configuration();
}

void Session::on_shutdown(const protocol::NoParams&, protocol::ReplyOnce reply) {
  if (workspace_pull_) answer_workspace(true);
  workspace_check_.stop();
  state_ = State::shut_down;
  reply.result(nullptr);
}

void Session::on_exit(const protocol::NoParams&) { finish(); }

void Session::finish() {
  const bool asked_to = state_ == State::shut_down;
  state_ = State::finished;
  for (const auto& [uri, document] : documents_) analyser_.closed(document);
  documents_.clear();
  host_.finish(asked_to ? 0 : 1);
}

void Session::on_set_trace(const protocol::SetTraceParams& params) { set_trace(params.value); }

void Session::set_trace(std::string_view value) {
  trace_ = value == "verbose" ? Trace::verbose : value == "messages" ? Trace::messages : Trace::off;
}

// The end of the input is what normally ends the server; this is for clients that die and leave the pipe open. A
// process that cannot be seen at the start lives in another container: then there is nothing to watch.
void Session::watch_parent(std::int64_t process_id) {
  if (process_id <= 1 || !process_exists(process_id)) return;
  host_.after(kWatchParentEvery, [this, process_id, alive = std::weak_ptr(alive_)] {
    if (alive.expired() || state_ == State::finished) return;
    if (process_exists(process_id)) return watch_parent(process_id);
    log_.write(Level::warning, "the client's process is gone");
    finish();
  });
}

}  // namespace awaitd::server
