// workspace/diagnostic: off unless the user asks for it ("diagnostic-mode": "workspace") and never before a Python file
// was opened. Clients ask again as soon as they have an answer; one that would tell nothing new waits until there is.
#include <nlohmann/json.hpp>

#include "server/convert/diagnostics.h"
#include "server/session/session.h"

namespace awaitd::server {

namespace {

constexpr std::chrono::milliseconds kWorkspaceDelay{500};  // after a change, since others follow
constexpr std::chrono::milliseconds kPartialEvery{100};
constexpr std::size_t kTellProgressFrom = 20;  // files

using protocol::WorkDoneProgress;

}  // namespace

bool Session::wants_workspace() const {
  return shared_settings_->wants_workspace() && python_opened_ && !folders_.empty();
}

void Session::on_workspace_diagnostic(const protocol::WorkspaceDiagnosticParams& params, protocol::ReplyOnce reply) {
  if (workspace_pull_) answer_workspace(true);
  WorkspacePull& pull = workspace_pull_.emplace(WorkspacePull{});  // clang 19 knows no default for it yet
  pull.reply = std::make_shared<protocol::ReplyOnce>(std::move(reply));
  waiting_[pull.reply->id()] = pull.reply;
  for (const protocol::PreviousResultId& one : params.previous_result_ids) pull.previous[one.uri] = one.value;
  pull.partial_token = params.partial_result_token;
  pull.progress_token = params.work_done_token;
  pull.may_tell_progress = !pull.progress_token.empty();
  pull.flushed = host_.now();
  look_at_workspace();
}

// Goes on with a request that waits, if there is one and something to look at.
void Session::look_at_workspace() {
  if (workspace_pull_ && workspace_pull_->reply->answered()) workspace_pull_.reset();  // cancelled
  if (!workspace_pull_ || workspace_check_.running() || workspace_paused_) return;
  if (!wants_workspace() || workspace_check_.up_to_date()) return workspace_looked_at();
  WorkspaceCheck::Scope scope;
  scope.folders = folders_;
  scope.sources = {texts_, projects_, shared_settings_, client_};
  for (const auto& [uri, document] : documents_) {
    if (!document->path.empty() && !document->notebook) scope.open.insert(document->path.string());
  }
  for (const auto& [uri, id] : workspace_pull_->previous) {
    if (const auto path = protocol::uri_to_path(uri)) scope.uris[*path] = uri;
  }
  workspace_check_.run(std::move(scope));
}

// One file is done.
void Session::workspace_found(const WorkspaceCheck::Found& found, std::size_t done, std::size_t all) {
  if (!workspace_pull_) return;
  if (workspace_pull_->reply->answered()) return workspace_check_.stop();
  tell_progress(done, all);
  add_workspace_report(found.uri, std::nullopt, found.items, found.id);
  const bool due = host_.now() - workspace_pull_->flushed >= kPartialEvery;
  if (due && !workspace_pull_->partial_token.empty()) send_partial_result();
}

void Session::add_workspace_report(const std::string& uri, std::optional<std::int32_t> version, std::string items,
                                   const std::string& id) {
  WorkspacePull& pull = *workspace_pull_;
  if (!pull.told.insert(uri).second) return;
  protocol::WorkspaceDocumentReport& out = pull.ready.emplace_back();
  const auto previous = pull.previous.find(uri);
  out.uri = uri;
  out.version = version;
  out.report.result_id = id;
  out.report.unchanged = previous != pull.previous.end() && previous->second == id;
  out.report.items_text.text = std::move(items);
  pull.news |= !out.report.unchanged;
}

void Session::send_partial_result() {
  WorkspacePull& pull = *workspace_pull_;
  pull.flushed = host_.now();
  if (pull.ready.empty()) return;
  const protocol::WorkspaceDiagnosticReport part{std::exchange(pull.ready, {})};
  dispatcher_.notify("$/progress", protocol::ProgressParams{pull.partial_token, {protocol::to_json_text(part)}});
}

// All files are done, or nobody wants them: answers, or waits for news.
void Session::workspace_looked_at() {
  if (!workspace_pull_) return;
  const std::string nothing = "[]";
  if (wants_workspace()) {
    for (const auto& [path, found] : workspace_check_.files()) {
      if (!found.id.empty()) add_workspace_report(found.uri, std::nullopt, found.items, found.id);
    }
    for (const auto& [uri, document] : documents_) {
      if (document->notebook || !document->current()) continue;
      // Where the workspace has a name of its own, open documents are told under the other one.
      std::string items = workspace_offered_ ? nothing : pulled_items(*document);
      const std::string id = content_id(items);
      add_workspace_report(uri, document->version, std::move(items), id);
    }
  }
  for (const auto& [uri, id] : std::map(workspace_pull_->previous)) {  // gone, or not looked at any more
    if (!find(uri)) add_workspace_report(uri, std::nullopt, nothing, content_id(nothing));
  }
  if (workspace_pull_->news || !workspace_answered_ || workspace_paused_) return answer_workspace(false);
  end_progress();
  workspace_pull_->ready.clear();  // to be told again when there is news
  workspace_pull_->told.clear();
}

// superseded: by a newer request.
void Session::answer_workspace(bool superseded) {
  const auto keep = workspace_pull_->reply;
  waiting_.erase(keep->id());
  end_progress();
  if (!keep->answered()) {
    if (superseded) {
      keep->error({protocol::ErrorCode::ServerCancelled, "asked anew", {R"({"retriggerRequest":false})"}});
    } else {
      if (!workspace_pull_->partial_token.empty()) send_partial_result();
      keep->result(protocol::WorkspaceDiagnosticReport{std::move(workspace_pull_->ready)});
      workspace_answered_ = true;
    }
  }
  workspace_pull_.reset();
}

// Something changed that other files may rest on; what is looked at again waits for more of it.
void Session::workspace_changed() {
  workspace_paused_ = false;
  if (!workspace_pull_ || workspace_waking_) return;
  workspace_waking_ = true;
  host_.after(kWorkspaceDelay, [this, alive = std::weak_ptr(alive_)] {
    if (alive.expired()) return;
    workspace_waking_ = false;
    look_at_workspace();
  });
}

void Session::tell_progress(std::size_t done, std::size_t all) {
  WorkspacePull& pull = *workspace_pull_;
  if (pull.progress_token.empty() && client_.can.window.work_done_progress && all >= kTellProgressFrom) {
    pull.progress_token.text = "\"awaitd-workspace-" + std::to_string(++progress_tokens_) + "\"";
    const auto token = pull.progress_token;
    dispatcher_.call("window/workDoneProgress/create", protocol::WorkDoneProgressCreateParams{token},
                     [this, token](const protocol::Response& response) {
                       const bool ours = workspace_pull_ && workspace_pull_->progress_token.text == token.text;
                       if (ours && !response.error) workspace_pull_->may_tell_progress = true;
                     });
  }
  if (!pull.may_tell_progress) return;
  const auto percentage = static_cast<std::uint32_t>(done * 100 / all);
  if (pull.progress_begun && pull.percentage == percentage) return;
  WorkDoneProgress now;
  now.kind = pull.progress_begun ? WorkDoneProgress::Kind::report : WorkDoneProgress::Kind::begin;
  now.title = "awaitd: checking the workspace";
  now.message = std::to_string(done) + " of " + std::to_string(all) + " files";
  now.percentage = pull.percentage = percentage;
  now.cancellable = !pull.progress_begun;
  pull.progress_begun = true;
  dispatcher_.notify("$/progress", protocol::ProgressParams{pull.progress_token, {protocol::to_json_text(now)}});
}

void Session::end_progress() {
  WorkspacePull& pull = *workspace_pull_;
  if (!std::exchange(pull.progress_begun, false)) return;
  WorkDoneProgress end;
  end.kind = WorkDoneProgress::Kind::end;
  dispatcher_.notify("$/progress", protocol::ProgressParams{pull.progress_token, {protocol::to_json_text(end)}});
}

// The user has had enough: what there is is the answer, and nothing is looked at until something changes.
void Session::on_cancel_progress(const protocol::WorkDoneProgressCancelParams& params) {
  if (!workspace_pull_ || workspace_pull_->progress_token.text != params.token.text) return;
  workspace_paused_ = true;
  workspace_check_.stop();
}

}  // namespace awaitd::server
