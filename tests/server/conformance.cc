#include "conformance.h"

#include <algorithm>
#include <map>

namespace awaitd::server {

using nlohmann::json;

namespace {

struct Check {
  const json& client;
  std::vector<std::string>& out;

  const json& at(const char* path) const {
    static const json none;
    const json::json_pointer pointer(path);
    return client.contains(pointer) ? client.at(pointer) : none;
  }
  bool yes(const char* path) const { return at(path) == true; }
  bool lists(const char* path, const json& value) const {
    const json& list = at(path);
    return list.is_array() && std::find(list.begin(), list.end(), value) != list.end();
  }
  void require(bool good, const std::string& what) const {
    if (!good) out.push_back(what);
  }

  void range(const json& r) const {
    require(r.contains("start") && r.contains("end"), "a range lacks an end");
    if (!r.contains("start") || !r.contains("end")) return;
    const auto key = [](const json& p) {
      return std::pair(p.at("line").get<unsigned>(), p.at("character").get<unsigned>());
    };
    require(key(r["start"]) <= key(r["end"]), "a range ends before it starts: " + r.dump());
  }

  // What diagnostics may hold: pull has its own members since 3.18; clients of before mean publishDiagnostics' for
  // both.
  std::string diagnostics_base() const {
    const json& pull = at("/textDocument/diagnostic");
    const bool own = pull.is_object() && (pull.contains("tagSupport") || pull.contains("relatedInformation") ||
                                          pull.contains("dataSupport") || pull.contains("codeDescriptionSupport"));
    return own ? "/textDocument/diagnostic/" : "/textDocument/publishDiagnostics/";
  }

  void diagnostic(const json& d) const {
    const std::string base = diagnostics_base();
    range(d.at("range"));
    require(d.contains("severity") && d["severity"] >= 1 && d["severity"] <= 4, "a diagnostic without severity");
    require(d.at("message").is_string() && !d["message"].get<std::string>().empty(), "a diagnostic without a message");
    require(d.value("source", "") == "awaitd", "a diagnostic without its source");
    require(!d.contains("codeDescription") || yes((base + "codeDescriptionSupport").c_str()), "codeDescription");
    require(!d.contains("data") || yes((base + "dataSupport").c_str()), "Diagnostic.data");
    require(!d.contains("relatedInformation") || yes((base + "relatedInformation").c_str()), "relatedInformation");
    for (const json& tag : d.value("tags", json::array())) {
      require(lists((base + "tagSupport/valueSet").c_str(), tag), "Diagnostic.tags");
    }
  }

  void workspace_edit(const json& edit) const {
    const bool documents = yes("/workspace/workspaceEdit/documentChanges");
    require(edit.contains("documentChanges") == documents, "changes or documentChanges: the wrong one");
    require(!edit.contains("changeAnnotations") || at("/workspace/workspaceEdit/changeAnnotationSupport").is_object(),
            "changeAnnotations");
    for (const json& change : edit.value("documentChanges", json::array())) {
      require(change.at("textDocument").contains("version"), "a document edit without version");
    }
  }

  void code_action(const json& action) const {
    const std::string base = "/textDocument/codeAction/";
    const bool lazy =
        yes((base + "dataSupport").c_str()) && lists((base + "resolveSupport/properties").c_str(), "edit");
    require(!at((base + "codeActionLiteralSupport").c_str()).is_null(), "a CodeAction literal");
    require(action.contains("title") && action.contains("kind"), "an action without title or kind");
    require(!action.contains("isPreferred") || yes((base + "isPreferredSupport").c_str()), "isPreferred");
    require(!action.contains("disabled") || yes((base + "disabledSupport").c_str()), "disabled");
    require(!action.contains("data") || lazy, "CodeAction.data");
    require(action.contains("edit") || lazy, "an action without edit for a client that does not resolve");
    if (action.contains("edit")) workspace_edit(action["edit"]);
    for (const json& d : action.value("diagnostics", json::array())) diagnostic(d);
  }

  void registration(const json& r) const {
    const std::string method = r.at("method");
    const char* path =
        method == "workspace/didChangeWatchedFiles"    ? "/workspace/didChangeWatchedFiles/dynamicRegistration"
        : method == "workspace/didChangeConfiguration" ? "/workspace/didChangeConfiguration/dynamicRegistration"
        : method == "textDocument/diagnostic"          ? "/textDocument/diagnostic/dynamicRegistration"
                                                       : "";
    require(*path != 0 && yes(path), "registration of " + method);
  }

  void report(const json& value) const {
    const bool full = value.at("kind") == "full";
    require(full || value.at("kind") == "unchanged", "a report of another kind");
    require(full == value.contains("items"), "items belong to full reports");
    require(full || value.contains("resultId"), "an unchanged report without resultId");
    for (const json& d : value.value("items", json::array())) diagnostic(d);
    require(!value.contains("relatedDocuments") || yes("/textDocument/diagnostic/relatedDocumentSupport"),
            "relatedDocuments");
    for (const json& related : value.value("relatedDocuments", json::object())) report(related);
  }

  void call_item(const json& item) const {
    require(item.at("name").is_string() && item.at("kind").is_number(), "an item without name or kind");
    range(item.at("range"));
    range(item.at("selectionRange"));
  }

  void from_server(const std::string& method, const json& params) const {
    static const std::map<std::string, const char*> refreshes = {
        {"workspace/diagnostic/refresh", "/workspace/diagnostics/refreshSupport"},
        {"workspace/inlayHint/refresh", "/workspace/inlayHint/refreshSupport"},
        {"workspace/codeLens/refresh", "/workspace/codeLens/refreshSupport"},
        {"window/showDocument", "/window/showDocument/support"},
        {"window/workDoneProgress/create", "/window/workDoneProgress"}};
    if (const auto refresh = refreshes.find(method); refresh != refreshes.end()) {
      require(yes(refresh->second), method);
    } else if (method == "$/progress") {
      require(params.contains("token") && params.contains("value"), "$/progress lacks a member");
    } else if (method == "textDocument/publishDiagnostics") {
      const bool cell = params.at("uri").get<std::string>().find("cell") != std::string::npos;
      // Who pulls but cannot be told to pull again gets them pushed.
      const bool pulls = !at("/textDocument/diagnostic").is_null() && yes("/workspace/diagnostics/refreshSupport");
      require(cell || !pulls, "pushed to a client that pulls");
      require(!params.contains("version") || yes("/textDocument/publishDiagnostics/versionSupport"), "publish version");
      for (const json& d : params.at("diagnostics")) diagnostic(d);
    } else if (method == "workspace/configuration") {
      require(yes("/workspace/configuration"), method);
    } else if (method == "client/registerCapability") {
      for (const json& r : params.at("registrations")) registration(r);
    } else if (method == "window/logMessage" || method == "window/showMessage") {
      require(params.contains("type") && params.contains("message"), method + " lacks a member");
    } else {
      require(method == "$/logTrace", "unexpected " + method);
    }
  }

  void offers(const json& capabilities) const {
    const std::pair<const char*, const char*> pairs[] = {{"diagnosticProvider", "/textDocument/diagnostic"},
                                                         {"inlayHintProvider", "/textDocument/inlayHint"},
                                                         {"codeLensProvider", "/textDocument/codeLens"},
                                                         {"callHierarchyProvider", "/textDocument/callHierarchy"},
                                                         {"documentLinkProvider", "/textDocument/documentLink"},
                                                         {"notebookDocumentSync", "/notebookDocument"}};
    for (const auto& [offer, asked] : pairs) {
      require(!capabilities.contains(offer) || !at(asked).is_null(), std::string(offer) + " nobody asked for");
    }
    require(!capabilities.value("codeActionProvider", json::object()).contains("documentation") ||
                yes("/textDocument/codeAction/documentationSupport"),
            "codeActionProvider.documentation");
  }

  void result(const std::string& method, const json& value) const {
    if (method == "textDocument/hover" && !value.is_null()) {
      const json& kinds = at("/textDocument/hover/contentFormat");
      const json kind = value.at("contents").at("kind");
      require(kinds.is_null() ? kind == "plaintext" : lists("/textDocument/hover/contentFormat", kind), "hover format");
      if (value.contains("range")) range(value["range"]);
    } else if (method == "textDocument/codeAction" && !value.is_null()) {
      for (const json& action : value) code_action(action);
    } else if (method == "codeAction/resolve") {
      code_action(value);
    } else if (method == "textDocument/diagnostic") {
      report(value);
    } else if (method == "workspace/diagnostic") {
      for (const json& one : value.at("items")) {
        require(one.contains("uri") && one.contains("version"), "a workspace report lacks a member");
        report(one);
      }
    } else if (method == "textDocument/prepareCallHierarchy" && !value.is_null()) {
      for (const json& item : value) call_item(item);
    } else if (method == "callHierarchy/incomingCalls" || method == "callHierarchy/outgoingCalls") {
      for (const json& call : value) {
        call_item(call.at(method == "callHierarchy/incomingCalls" ? "from" : "to"));
        for (const json& r : call.at("fromRanges")) range(r);
      }
    } else if (method == "textDocument/documentLink") {
      for (const json& link : value) {
        range(link.at("range"));
        require(!link.contains("tooltip") || yes("/textDocument/documentLink/tooltipSupport"), "a link's tooltip");
      }
    } else if (method == "initialize") {
      const std::string encoding = value.at("capabilities").at("positionEncoding");
      require(encoding == "utf-16" || lists("/general/positionEncodings", encoding), "position encoding " + encoding);
      offers(value["capabilities"]);
    }
  }
};

}  // namespace

std::vector<std::string> violations(const json& message, const std::string& answered, const json& client) {
  std::vector<std::string> out;
  const Check check{client, out};
  check.require(message.value("jsonrpc", "") == "2.0", "not JSON-RPC 2.0");
  if (message.contains("method")) {
    check.from_server(message["method"], message.value("params", json()));
  } else {
    check.require(message.contains("result") != message.contains("error"), "neither result nor error, or both");
    if (message.contains("result")) check.result(answered, message["result"]);
  }
  return out;
}

}  // namespace awaitd::server
