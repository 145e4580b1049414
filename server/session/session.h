// One client from initialize to exit: life cycle, documents, configuration, requests. The only place that knows
// protocol and analysis both. Lives on the host's strand: every method but the constructor's hooks runs there, and none
// of them waits for analysis or for the disk. The host, pool and log must outlive it, and the pool must be stopped
// before it dies.
#pragma once
#include <array>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/jsonrpc.h"
#include "protocol/lsp.h"
#include "protocol/uri.h"
#include "server/base/host.h"
#include "server/base/log.h"
#include "server/convert/client.h"
#include "server/convert/diagnostics.h"
#include "server/convert/edits.h"
#include "server/documents/open_document.h"
#include "server/features/hover.h"
#include "server/project/projects.h"
#include "server/schedule/analyser.h"
#include "server/schedule/run_then.h"
#include "server/session/refresh.h"
#include "server/session/workspace_check.h"

namespace awaitd::server {

inline constexpr std::uint32_t kMaxAnalysed = 10u << 20;  // bytes; larger documents are mirrored, not analysed
// Whose change changes the settings.
inline constexpr std::array<std::string_view, 4> kConfigurationFiles = {"pyproject.toml", "awaitd.toml", "ruff.toml",
                                                                        ".ruff.toml"};
inline constexpr std::chrono::milliseconds kSettleAfter{1000};
inline constexpr std::chrono::milliseconds kWatchParentEvery{3000};

struct CallSources;  // server/features/call_hierarchy.h
struct ItemData;

class Session {
 public:
  using DocumentPtr = std::shared_ptr<OpenDocument>;
  Session(Host& host, Executor& executor, Log& log);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void receive(protocol::Message message);
  void input_ended();
  // Something to tell the user's log, and the client's from warnings on.
  void say(Level level, std::string_view line);
  // For tests.
  const Projects& projects() const { return *projects_; }

 private:
  enum class State { fresh, running, shut_down, finished };
  enum class Trace { off, messages, verbose };

  // session.cc
  void bind();
  std::optional<protocol::ResponseError> gate(std::string_view method, bool is_request) const;
  void trace(std::string_view line, const std::function<std::string()>& details = {});
  void answer_cancelled();
  // lifecycle.cc
  void on_initialize(const protocol::InitializeParams& params, protocol::ReplyOnce reply);
  void on_initialized(const protocol::NoParams&);
  void on_shutdown(const protocol::NoParams&, protocol::ReplyOnce reply);
  void on_exit(const protocol::NoParams&);
  void on_set_trace(const protocol::SetTraceParams& params);
  void set_trace(std::string_view value);
  void watch_parent(std::int64_t process_id);
  void finish();
  // documents.cc
  void on_open(const protocol::DidOpenTextDocumentParams& params);
  void on_change(const protocol::DidChangeTextDocumentParams& params);
  void on_save(const protocol::DidSaveTextDocumentParams& params);
  void on_close(const protocol::DidCloseTextDocumentParams& params);
  void close(DocumentPtr document);  // by value: it is taken out of documents_
  // By its own URI, or that of one of its cells.
  DocumentPtr find(const std::string& uri) const;
  void text_changed(const DocumentPtr& document);
  // publish.cc
  void analysed(const DocumentPtr& document);
  void trace_analysis(const OpenDocument& document);
  void show(OpenDocument& document);
  void publish(OpenDocument& document);
  void send_diagnostics(OpenDocument& document, const std::vector<analysis::Finding>& findings);
  void withdraw_diagnostics(OpenDocument& document);
  void settle_later(const DocumentPtr& document, std::chrono::milliseconds delay);
  bool settled(const OpenDocument& document) const;
  // pull.cc
  void on_diagnostic(const protocol::DocumentDiagnosticParams& params, protocol::ReplyOnce reply);
  protocol::DocumentDiagnosticReport report(OpenDocument& document, const std::string& previous);
  std::string pulled_items(OpenDocument& document);
  void compare_with_pulled(OpenDocument& document);
  void refresh(Refresh what);
  // notebooks.cc
  void on_open_notebook(const protocol::DidOpenNotebookDocumentParams& params);
  void on_change_notebook(const protocol::DidChangeNotebookDocumentParams& params);
  void on_save_notebook(const protocol::DidSaveNotebookDocumentParams&) {}
  void on_close_notebook(const protocol::DidCloseNotebookDocumentParams& params);
  void close_cell(OpenDocument& notebook, const std::string& uri);
  void cells_changed(const DocumentPtr& document);
  // workspace_diagnostics.cc
  struct WorkspacePull {
    std::shared_ptr<protocol::ReplyOnce> reply;
    std::map<std::string, std::string> previous;  // result ids by URI
    protocol::RawJson partial_token;
    protocol::RawJson progress_token;
    bool may_tell_progress = false;
    bool progress_begun = false;
    std::uint32_t percentage = 0;
    std::vector<protocol::WorkspaceDocumentReport> ready;  // and not sent yet
    std::set<std::string> told;                            // URIs
    bool news = false;
    Clock::time_point flushed{};
  };
  bool wants_workspace() const;
  void on_workspace_diagnostic(const protocol::WorkspaceDiagnosticParams& params, protocol::ReplyOnce reply);
  void look_at_workspace();
  void workspace_found(const WorkspaceCheck::Found& found, std::size_t done, std::size_t all);
  void add_workspace_report(const std::string& uri, std::optional<std::int32_t> version, std::string items,
                            const std::string& id);
  void send_partial_result();
  void workspace_looked_at();
  void answer_workspace(bool superseded);
  void workspace_changed();
  void tell_progress(std::size_t done, std::size_t all);
  void end_progress();
  void on_cancel_progress(const protocol::WorkDoneProgressCancelParams& params);
  // hints.cc
  void on_inlay_hint(const protocol::InlayHintParams& params, protocol::ReplyOnce reply);
  void on_code_lens(const protocol::CodeLensParams& params, protocol::ReplyOnce reply);
  void on_resolve_lens(const protocol::JsonValue& lens, protocol::ReplyOnce reply);
  void on_document_link(const protocol::DocumentLinkParams& params, protocol::ReplyOnce reply);
  std::vector<analysis::AnalysisPtr> newest_analyses() const;
  void on_execute_command(const protocol::ExecuteCommandParams& params, protocol::ReplyOnce reply);
  // calls.cc
  using CallsJson = std::string (*)(const CallSources&, const ItemData&);
  CallSources call_sources(const protocol::CancelFlag& cancel) const;
  void on_prepare_calls(const protocol::TextDocumentPositionParams& params, protocol::ReplyOnce reply);
  void on_calls(const protocol::CallHierarchyCallsParams& params, protocol::ReplyOnce reply, CallsJson calls);
  void on_incoming_calls(const protocol::CallHierarchyCallsParams& params, protocol::ReplyOnce reply);
  void on_outgoing_calls(const protocol::CallHierarchyCallsParams& params, protocol::ReplyOnce reply);
  // requests.cc
  static SheetPosition asked(const OpenDocument& document, const protocol::TextDocumentPositionParams& params);
  // Runs `then` here once the text is analysed, or changed before: look at current(). Not if it was cancelled.
  void when_shown(const DocumentPtr& document, protocol::ReplyOnce reply,
                  std::function<void(protocol::ReplyOnce&)> then);
  void on_hover(const protocol::HoverParams& params, protocol::ReplyOnce reply);
  void on_code_action(const protocol::CodeActionParams& params, protocol::ReplyOnce reply);
  void on_resolve(const protocol::JsonValue& action, protocol::ReplyOnce reply);
  // Runs `work` with the analysis of the text as it is now, and answers with its JSON; `moot` if the text changes
  // before.
  struct Moot {
    std::string result;                            // JSON to answer with
    std::optional<protocol::ResponseError> error;  // or this
  };
  using Work = std::function<std::string(const analysis::AnalysisPtr&, analysis::Parser&)>;
  // prepare: called here, before.
  void when_analysed(const DocumentPtr& document, protocol::ReplyOnce reply, Moot moot, Work work,
                     std::function<void(const OpenDocument&)> prepare = {});
  FindTarget edit_targets(const OpenDocument& own) const;
  // testing.cc
  std::vector<std::string> bind_for_tests();  // the commands there are
  void on_test_command(const protocol::ExecuteCommandParams& params, protocol::ReplyOnce reply);
  // configuration.cc
  Analyser::ReadSurroundings surroundings_reader(const OpenDocument& document) const;
  void on_configuration(const protocol::DidChangeConfigurationParams& params);
  void on_workspace_folders(const protocol::DidChangeWorkspaceFoldersParams& params);
  void on_watched_files(const protocol::DidChangeWatchedFilesParams& params);
  void take_editor_settings(const protocol::Json& value, std::string_view where, const protocol::Json& python);
  void use_settings(const Settings& settings);
  void ask_configuration();
  void register_capabilities();
  void offer_workspace();
  void reread_surroundings();
  void complain(const std::vector<std::string>& problems);
  // modules.cc
  void recheck(const std::function<bool(const DocumentPtr&)>& wanted);
  void files_changed(std::vector<std::string> paths, bool came_or_went);
  void modules_changed(const DocumentPtr& by);
  NotePlaces places_elsewhere(const OpenDocument& document, std::span<const analysis::Finding> findings) const;

  Host& host_;
  Executor& executor_;
  Log& log_;
  const Level first_threshold_;
  State state_ = State::fresh;
  Trace trace_ = Trace::off;
  bool test_commands_ = false;
  Client client_;
  std::map<std::string, DocumentPtr, std::less<>> documents_;
  std::shared_ptr<SourceTexts> texts_ = std::make_shared<SourceTexts>();  // shared with jobs
  std::shared_ptr<Projects> projects_ = std::make_shared<Projects>(texts_);
  std::map<std::string, std::string, std::less<>> cells_;  // of notebooks: the notebook's URI
  Refreshes refreshes_;
  std::optional<WorkspacePull> workspace_pull_;  // being answered, or waiting for news
  bool workspace_offered_ = false;               // after initialize, by a registration
  bool workspace_answered_ = false;              // once at least
  bool workspace_paused_ = false;                // by the user
  bool workspace_waking_ = false;                // a timer is running
  bool python_opened_ = false;                   // before that nothing costly happens
  unsigned progress_tokens_ = 0;
  std::set<std::string> ignored_;                    // open, but no Python
  std::vector<std::filesystem::path> folders_;       // of the workspace; empty: lone files
  Settings initial_settings_;                        // of initialize
  std::shared_ptr<const Settings> shared_settings_;  // the editor's now; immutable, because jobs hold it
  std::set<std::string> complained_;
  std::map<protocol::RequestId, std::shared_ptr<protocol::ReplyOnce>> waiting_;  // requests that can be cancelled
  Analyser analyser_;
  WorkspaceCheck workspace_check_;
  protocol::Dispatcher dispatcher_;
  std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);  // timers may outlive the session
};

}  // namespace awaitd::server
