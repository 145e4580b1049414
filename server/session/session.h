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
#include "server/project/projects.h"
#include "server/schedule/analyser.h"
#include "server/schedule/run_then.h"

namespace awaitd::server {

inline constexpr std::uint32_t kMaxAnalysed = 10u << 20;  // bytes; larger documents are mirrored, not analysed
// Whose change changes the settings.
inline constexpr std::array<std::string_view, 4> kConfigurationFiles = {"pyproject.toml", "awaitd.toml", "ruff.toml",
                                                                        ".ruff.toml"};
inline constexpr std::chrono::milliseconds kSettleAfter{1000};
inline constexpr std::chrono::milliseconds kWatchParentEvery{3000};

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
  DocumentPtr find(const std::string& uri) const;
  void text_changed(const DocumentPtr& document);
  // publish.cc
  void analysed(const DocumentPtr& document);
  void trace_analysis(const OpenDocument& document);
  void publish(OpenDocument& document);
  void send_diagnostics(OpenDocument& document, const std::vector<analysis::Finding>& findings);
  void settle_later(const DocumentPtr& document, std::chrono::milliseconds delay);
  bool settled(const OpenDocument& document) const;
  // requests.cc
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
  std::vector<std::string> bind_for_tests();  // the commands bound
  void on_test_command(const protocol::ExecuteCommandParams& params, protocol::ReplyOnce reply);
  // configuration.cc
  Analyser::ReadSurroundings surroundings_reader(const OpenDocument& document) const;
  void on_configuration(const protocol::DidChangeConfigurationParams& params);
  void on_workspace_folders(const protocol::DidChangeWorkspaceFoldersParams& params);
  void on_watched_files(const protocol::DidChangeWatchedFilesParams& params);
  void take_initial_settings(const protocol::JsonValue& options);
  void take_editor_settings(const protocol::Json& value, std::string_view where);
  void use_settings(const Settings& settings);
  void ask_configuration();
  void register_capabilities();
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
  Client client_;
  std::map<std::string, DocumentPtr, std::less<>> documents_;
  std::shared_ptr<SourceTexts> texts_ = std::make_shared<SourceTexts>();  // shared with jobs
  std::shared_ptr<Projects> projects_ = std::make_shared<Projects>(texts_);
  std::set<std::string> ignored_;                    // open, but no Python
  std::vector<std::filesystem::path> folders_;       // of the workspace; empty: lone files
  Settings initial_settings_;                        // of initialize
  std::shared_ptr<const Settings> shared_settings_;  // the editor's now; immutable, because jobs hold it
  std::set<std::string> complained_;
  std::map<protocol::RequestId, std::shared_ptr<protocol::ReplyOnce>> waiting_;  // requests that can be cancelled
  Analyser analyser_;
  protocol::Dispatcher dispatcher_;
  std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);  // timers may outlive the session
};

}  // namespace awaitd::server
