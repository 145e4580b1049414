#include "lsp_client.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "conformance.h"
#include "server/convert/coordinates.h"

namespace awaitd::server {

namespace {
constexpr std::chrono::milliseconds kPatience{20000};  // only ever used up by a test that fails
}

json full_capabilities() {
  return json::parse(R"({
    "general": {"positionEncodings": ["utf-16"]},
    "textDocument": {
      "synchronization": {"didSave": true},
      "publishDiagnostics": {"versionSupport": true, "relatedInformation": true, "codeDescriptionSupport": true,
                             "dataSupport": true, "tagSupport": {"valueSet": [1, 2]}},
      "hover": {"contentFormat": ["markdown", "plaintext"]},
      "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "source"]}},
                     "isPreferredSupport": true, "disabledSupport": true, "dataSupport": true,
                     "resolveSupport": {"properties": ["edit"]}}},
    "workspace": {"workspaceEdit": {"documentChanges": true}}})");
}

json pulling_capabilities() {
  json out = full_capabilities();
  json& text = out["textDocument"];
  text["diagnostic"] = {{"relatedInformation", true},
                        {"codeDescriptionSupport", true},
                        {"dataSupport", true},
                        {"tagSupport", {{"valueSet", {1, 2}}}},
                        {"relatedDocumentSupport", true}};
  for (const char* feature : {"inlayHint", "codeLens", "callHierarchy"}) text[feature] = json::object();
  text["documentLink"] = {{"tooltipSupport", true}};
  for (const char* feature : {"diagnostics", "inlayHint", "codeLens"}) {
    out["workspace"][feature] = {{"refreshSupport", true}};
  }
  out["notebookDocument"] = {{"synchronization", json::object()}};
  out["window"] = {{"workDoneProgress", true}, {"showDocument", {{"support", true}}}};
  return out;
}

LspClient::LspClient(ClientOptions options)
    : log(Level::info, [this](Level, std::string_view line) { logged.append(line).append("\n"); }),
      options_(std::move(options)),
      pool_(options_.threads),
      session(host, options_.executor ? *options_.executor : pool_, log) {}

LspClient::~LspClient() {
  pool_.stop();
  host.drain();
  collect();
  for (const json& message : inbox_) {
    if (forgotten_.count(message.value("method", "")) == 0) ADD_FAILURE() << "unread: " << message.dump();
  }
  if (!host.exit_code) {
    for (const auto& [id, method] : asked_) ADD_FAILURE() << method << " (" << id << ") was never answered";
  }
}

// Takes what the session has sent and checks each message.
void LspClient::collect() {
  for (; !host.sent.empty(); host.sent.pop_front()) {
    json message = json::parse(host.sent.front());
    std::string answered;
    if (!message.contains("method") && message["id"].is_number()) {
      const auto found = asked_.find(message["id"].get<int>());
      if (found == asked_.end()) {
        ADD_FAILURE() << "an answer to nothing: " << message.dump();
      } else {
        answered = found->second;
        asked_.erase(found);
      }
    }
    for (const std::string& violation : violations(message, answered, options_.capabilities)) {
      ADD_FAILURE() << violation << "\nin " << message.dump();
    }
    inbox_.push_back(std::move(message));
  }
}

bool LspClient::wait_more() { return host.run_one(options_.threads > 0 ? kPatience : std::chrono::milliseconds(0)); }

void LspClient::send(const json& message) { session.receive(protocol::parse_message(message.dump())); }

int LspClient::send_request(const std::string& method, const json& params) {
  json message = {{"jsonrpc", "2.0"}, {"id", next_id_}, {"method", method}};
  if (!params.is_null()) message["params"] = params;
  asked_[next_id_] = method;
  send(message);
  return next_id_++;
}

void LspClient::notify(const std::string& method, const json& params) {
  json message = {{"jsonrpc", "2.0"}, {"method", method}};
  if (!params.is_null()) message["params"] = params;
  send(message);
}

json LspClient::response(int id) {
  do {
    collect();
    for (auto it = inbox_.begin(); it != inbox_.end(); ++it) {
      if (it->contains("method") || (*it)["id"] != id) continue;
      json out = std::move(*it);
      inbox_.erase(it);
      return out;
    }
  } while (wait_more());
  ADD_FAILURE() << "no answer to request " << id;
  return {};
}

json LspClient::next(const std::string& method) {
  do {
    collect();
    for (auto it = inbox_.begin(); it != inbox_.end(); ++it) {
      if (it->value("method", "") != method) continue;
      json out = std::move(*it);
      inbox_.erase(it);
      return out;
    }
  } while (wait_more());
  ADD_FAILURE() << "no " << method << " came; log:\n" << logged;
  return json::object();
}

bool LspClient::unread() {
  host.drain();
  collect();
  return std::any_of(inbox_.begin(), inbox_.end(),
                     [&](const json& message) { return forgotten_.count(message.value("method", "")) == 0; });
}

bool LspClient::unread_of(const std::string& method) {
  host.drain();
  collect();
  return std::any_of(inbox_.begin(), inbox_.end(),
                     [&](const json& message) { return message.value("method", "") == method; });
}

json LspClient::initialize() {
  json params = {{"processId", nullptr}, {"rootUri", nullptr}, {"capabilities", options_.capabilities}};
  if (!options_.root_uri.empty()) params["rootUri"] = options_.root_uri;
  if (!options_.initialization_options.is_null()) params["initializationOptions"] = options_.initialization_options;
  return initialize_with(std::move(params));
}

json LspClient::initialize_with(json params) {
  const json answer = request("initialize", params);
  notify("initialized", json::object());
  return answer.value("result", json());
}

void LspClient::open(const std::string& uri, const std::string& text, int version) {
  notify("textDocument/didOpen",
         {{"textDocument", {{"uri", uri}, {"languageId", "python"}, {"version", version}, {"text", text}}}});
}

void LspClient::change(const std::string& uri, int version, const json& content_changes) {
  notify("textDocument/didChange",
         {{"textDocument", {{"uri", uri}, {"version", version}}}, {"contentChanges", content_changes}});
}

void LspClient::close(const std::string& uri) { notify("textDocument/didClose", {{"textDocument", {{"uri", uri}}}}); }

json LspClient::edit(unsigned line, unsigned from, unsigned to_line, unsigned to, const std::string& text) {
  return {
      {"range", {{"start", {{"line", line}, {"character", from}}}, {"end", {{"line", to_line}, {"character", to}}}}},
      {"text", text}};
}

json LspClient::place(const std::string& uri, unsigned line, unsigned character) {
  return {{"textDocument", {{"uri", uri}}}, {"position", {{"line", line}, {"character", character}}}};
}

json LspClient::code_action(const std::string& uri, unsigned line, unsigned character, const json& only) {
  const json position = {{"line", line}, {"character", character}};
  json out = {{"textDocument", {{"uri", uri}}},
              {"range", {{"start", position}, {"end", position}}},
              {"context", {{"diagnostics", json::array()}}}};
  if (!only.is_null()) out["context"]["only"] = only;
  return out;
}

std::string applied(const std::string& text, const json& workspace_edit) {
  const json edits = workspace_edit.contains("changes") ? workspace_edit["changes"].begin().value()
                                                        : workspace_edit.at("documentChanges").at(0).at("edits");
  const analysis::Document document(text);
  const Coordinates at(document, protocol::PositionEncoding::Utf16);
  std::vector<std::pair<analysis::Range, std::string>> changes;
  for (const json& edit : edits) {
    protocol::Range range;
    for (const bool end : {false, true}) {
      const json& position = edit["range"][end ? "end" : "start"];
      (end ? range.end : range.start) = {position["line"].get<std::uint32_t>(),
                                         position["character"].get<std::uint32_t>()};
    }
    changes.emplace_back(at.offsets(range), edit["newText"].get<std::string>());
  }
  // Edits that start at one place keep their order: the last is applied first.
  std::stable_sort(changes.begin(), changes.end(),
                   [](const auto& a, const auto& b) { return a.first.start < b.first.start; });
  std::string out = text;
  for (auto it = changes.rbegin(); it != changes.rend(); ++it) {
    out.replace(it->first.start, it->first.end - it->first.start, it->second);
  }
  return out;
}

}  // namespace awaitd::server
