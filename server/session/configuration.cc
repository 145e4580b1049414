// Settings through their three doors (initializationOptions, didChangeConfiguration, workspace/configuration) and the
// project's files. Nothing ever waits for a client's answer.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "server/features/capabilities.h"
#include "server/session/session.h"

namespace awaitd::server {

Analyser::ReadSurroundings Session::surroundings_reader(const OpenDocument& document) const {
  const bool lone = document.path.empty();  // an unsaved document belongs to the workspace, if there is one
  return [path = !lone              ? document.path
                 : folders_.empty() ? std::filesystem::path()
                                    : folders_.front(),
          lone, notebook = document.notebook.has_value(), settings = shared_settings_, projects = projects_,
          texts = texts_] {
    auto out = std::make_shared<Surroundings>();
    out->config = load_config(path, *settings);
    if (path.empty()) {
      if (notebook) out->file.path = "untitled.ipynb";
      return out;
    }
    out->texts = texts;
    out->project = projects->of(path);
    if (!lone) out->file = out->project->source_file(path.string());
    std::error_code error;
    out->new_file = !lone && !std::filesystem::exists(path, error);
    if (out->new_file) out->project->files_changed();
    out->config.options = projects->options(path, out->project, out->config);
    return out;
  };
}

// python: the section of that name, for the interpreter where awaitd's own settings name none.
void Session::take_editor_settings(const protocol::Json& value, std::string_view where, const protocol::Json& python) {
  std::vector<std::string> problems;
  Settings live = read_editor_settings(value, where, problems);
  const std::string interpreter = interpreter_of(python);
  if (!live.interpreter && !interpreter.empty()) live.interpreter = interpreter;
  use_settings(merged(initial_settings_, live));
  complain(problems);
}

void Session::use_settings(const Settings& settings) {
  if (settings == *shared_settings_) return;
  const std::shared_ptr<const Settings> before = shared_settings_;
  shared_settings_ = std::make_shared<const Settings>(settings);
  log_.set_threshold(settings.log_level.value_or(first_threshold_));
  if (settings.wants_inlay_hints() != before->wants_inlay_hints()) refresh(Refresh::inlay_hints);
  if (settings.wants_code_lens() != before->wants_code_lens()) refresh(Refresh::code_lenses);
  if (settings.wants_workspace() != before->wants_workspace()) workspace_changed();
  offer_workspace();
  if (!settings.finds_the_same(*before)) reread_surroundings();
}

// Of documents that are open; what the client was told of others may be wrong, too.
void Session::reread_surroundings() {
  workspace_check_.all_changed();
  workspace_changed();
  for (const auto& [uri, document] : documents_) {
    document->surroundings = nullptr;
    analyser_.changed(document);
  }
}

void Session::on_configuration(const protocol::DidChangeConfigurationParams& params) {
  if (client_.can.workspace.configuration) return ask_configuration();  // then the notification is only a hint
  const protocol::Json& settings = params.settings.get();
  const bool ours = settings.is_object() && settings.contains("awaitd");
  if (ours || settings.is_null() || settings.empty()) {
    const bool python = settings.is_object() && settings.contains("python");
    take_editor_settings(ours ? settings["awaitd"] : protocol::Json(), "didChangeConfiguration",
                         python ? settings["python"] : protocol::Json());
  }
}

void Session::ask_configuration() {
  if (!client_.can.workspace.configuration) return;
  const protocol::ConfigurationParams params{{{std::nullopt, "awaitd"}, {std::nullopt, "python"}}};
  dispatcher_.call("workspace/configuration", params, [this](const protocol::Response& response) {
    const protocol::Json& result = response.result.get();
    if (response.error || !result.is_array() || result.empty()) return;
    take_editor_settings(result[0], "workspace/configuration", result.size() > 1 ? result[1] : protocol::Json());
  });
}

void Session::register_capabilities() {
  protocol::RegistrationParams params;
  if (client_.can.workspace.configuration_dynamic) {
    params.registrations.push_back(
        {"awaitd-settings", "workspace/didChangeConfiguration", {R"({"section":"awaitd"})"}});
  }
  if (client_.can.workspace.watched_files_dynamic) {
    protocol::DidChangeWatchedFilesRegistrationOptions options;
    for (const std::string_view name : kConfigurationFiles) options.watchers.push_back({"**/" + std::string(name), {}});
    for (const char* glob : {"**/*.py", "**/*.pyi"}) options.watchers.push_back({glob, {}});
    params.registrations.push_back(
        {"awaitd-files", "workspace/didChangeWatchedFiles", {protocol::to_json_text(options)}});
  }
  if (!params.registrations.empty()) dispatcher_.call("client/registerCapability", params, {});
  offer_workspace();
}

// Not before somebody wants it: told to ask again, Neovim 0.12 asks about the workspace where that is offered, and then
// about no document.
void Session::offer_workspace() {
  const bool can = client_.pulls() && client_.can.pull.dynamic_registration && state_ == State::running;
  if (workspace_offered_ || !can || !shared_settings_->wants_workspace()) return;
  workspace_offered_ = true;
  const std::string options = R"({"documentSelector":[{"language":"python"}],"identifier":")" +
                              std::string(kWorkspaceDiagnostics) +
                              R"(","interFileDependencies":true,"workspaceDiagnostics":true})";
  const protocol::RegistrationParams params{
      {{std::string(kWorkspaceDiagnostics), "textDocument/diagnostic", {options}}}};
  dispatcher_.call("client/registerCapability", params, {});
}

// A document may belong to another project now, with other settings and another view of the modules.
void Session::on_workspace_folders(const protocol::DidChangeWorkspaceFoldersParams& params) {
  for (const protocol::WorkspaceFolder& folder : params.removed) {
    if (const auto path = protocol::uri_to_path(folder.uri)) std::erase(folders_, std::filesystem::path(*path));
  }
  for (const protocol::WorkspaceFolder& folder : params.added) {
    const auto path = protocol::uri_to_path(folder.uri);
    if (path && std::find(folders_.begin(), folders_.end(), *path) == folders_.end()) folders_.emplace_back(*path);
  }
  projects_->set_folders(folders_);
  workspace_check_.stop();  // it goes through the folders of before
  workspace_check_.files_changed();
  reread_surroundings();
}

void Session::on_watched_files(const protocol::DidChangeWatchedFilesParams& params) {
  bool settings = false, came_or_went = false;
  std::vector<std::string> modules;
  for (const protocol::FileEvent& event : params.changes) {
    const auto path = protocol::uri_to_path(event.uri);
    if (!path) continue;
    const std::string name = std::filesystem::path(*path).filename().string();
    if (std::find(kConfigurationFiles.begin(), kConfigurationFiles.end(), name) != kConfigurationFiles.end()) {
      settings = true;
      continue;
    }
    came_or_went |= event.type != protocol::FileEvent::Type::Changed;
    if (!texts_->is_open(*path)) modules.push_back(*path);  // an open document's text is the editor's
  }
  if (settings) reread_surroundings();
  if (came_or_went || !modules.empty()) files_changed(std::move(modules), came_or_went);
}

// Each sentence once a session: every document of a project meets the same wrong setting.
void Session::complain(const std::vector<std::string>& problems) {
  for (const std::string& problem : problems) {
    if (!complained_.insert(problem).second) continue;
    say(Level::warning, problem);
    if (state_ != State::running) continue;
    dispatcher_.notify("window/showMessage",
                       protocol::ShowMessageParams{protocol::MessageType::Warning, "awaitd: " + problem});
  }
}

}  // namespace awaitd::server
