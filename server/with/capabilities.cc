#include "server/with/capabilities.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

namespace awaitd::server::with {

using protocol::Json;

namespace {

// Members of which every server's part counts; of all others the first server's that has them.
constexpr std::array<std::string_view, 9> kCombined = {
    "codeActionProvider",    "codeLensProvider",      "inlayHintProvider",      "documentLinkProvider",
    "callHierarchyProvider", "typeHierarchyProvider", "executeCommandProvider", "workspace",
    "experimental"};

bool absent(const Json& value) { return value.is_null() || (value.is_boolean() && !value.get<bool>()); }

// Objects by members, arrays as unions, and whoever can do more otherwise.
void combine(Json& into, const Json& from) {
  if (absent(from)) return;
  if (absent(into) || (into.is_boolean() && from.is_object())) {
    into = from;
  } else if (into.is_object() && from.is_object()) {
    for (const auto& [name, value] : from.items()) combine(into[name], value);
  } else if (into.is_array() && from.is_array()) {
    for (const Json& value : from) {
      if (std::find(into.begin(), into.end(), value) == into.end()) into.push_back(value);
    }
  }
}

// Without a list of kinds a server may give any kind: then the whole must not list them either.
void combine_code_actions(Json& into, const Json& from) {
  const bool all_listed = (absent(into) || into.contains("codeActionKinds")) && from.contains("codeActionKinds");
  combine(into, from);
  if (!all_listed && into.is_object()) into.erase("codeActionKinds");
}

// Changes always come as such: who wants whole texts gets them from the mirror.
Json merged_sync(std::span<const Json* const> servers) {
  Json out = {{"openClose", true}, {"change", 2}};
  bool save = false, text = false;
  for (const Json* server : servers) {
    const Json& sync = member_at(*server, "textDocumentSync");
    save |= read_sync(*server).save;
    text |= member_at(sync, "save/includeText") == true;
    for (const char* name : {"willSave", "willSaveWaitUntil"}) {
      if (member_at(sync, name) == true) out[name] = true;
    }
  }
  if (save) out["save"] = {{"includeText", text}};
  return out;
}

// Diagnostics are pushed by everybody, with versions.
void adjust_client(Json& capabilities, const std::vector<std::string>& encodings) {
  if (!capabilities.is_object()) capabilities = Json::object();
  Json& text = capabilities["textDocument"];
  if (text.is_object()) {
    text.erase("diagnostic");
    if (text.contains("publishDiagnostics") && text["publishDiagnostics"].is_object()) {
      text["publishDiagnostics"]["versionSupport"] = true;
    }
  }
  if (text.is_null()) capabilities.erase("textDocument");
  if (capabilities.contains("workspace") && capabilities["workspace"].is_object()) {
    capabilities["workspace"].erase("diagnostics");
  }
  if (!encodings.empty()) capabilities["general"]["positionEncodings"] = encodings;
}

}  // namespace

const Json& member_at(const Json& value, std::string_view path) {
  static const Json none;
  const Json* at = &value;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    if (!at->is_object()) return none;
    const auto found = at->find(std::string(path.substr(0, slash)));
    if (found == at->end()) return none;
    at = &*found;
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return *at;
}

bool provides(const Json& capabilities, const Route& route) {
  return !absent(member_at(capabilities, route.capability));
}

Sync read_sync(const Json& capabilities) {
  const Json& sync = member_at(capabilities, "textDocumentSync");
  Sync out;
  if (sync.is_number_integer()) {  // the old form: the kind alone
    out.change = sync.get<int>();
    out.open_close = out.save = out.change != 0;
  } else if (sync.is_object()) {
    const Json& change = member_at(sync, "change");
    out.change = change.is_number_integer() ? change.get<int>() : 0;
    out.open_close = member_at(sync, "openClose") == true;
    out.save = !absent(member_at(sync, "save"));
    out.will_save = member_at(sync, "willSave") == true;
  }
  return out;
}

std::string encoding_of(const Json& capabilities) {
  const Json& encoding = member_at(capabilities, "positionEncoding");
  return encoding.is_string() ? encoding.get<std::string>() : "utf-16";
}

protocol::JsonValue merged_capabilities(std::span<const Json* const> servers, std::string_view encoding) {
  Json out = Json::object();
  for (const Json* server : servers) {
    if (!server->is_object()) continue;
    for (const auto& [name, value] : server->items()) {
      if (name == "codeActionProvider") {
        if (!absent(value)) combine_code_actions(out[name], value);
      } else if (std::find(kCombined.begin(), kCombined.end(), name) != kCombined.end()) {
        combine(out[name], value);
      } else if (absent(member_at(out, name))) {
        out[name] = value;
      }
    }
  }
  out.erase("diagnosticProvider");
  out["positionEncoding"] = encoding;
  out["textDocumentSync"] = merged_sync(servers);
  return protocol::JsonValue(std::move(out));
}

protocol::JsonValue params_for_other(const Json& client_params, const std::vector<std::string>& encodings,
                                     const std::string& name) {
  Json out = client_params.is_object() ? client_params : Json::object();
  out["processId"] = ::getpid();
  out.erase("workDoneToken");
  Json options = member_at(member_at(client_params, "initializationOptions/with"), name);
  out.erase("initializationOptions");
  if (!options.is_null()) out["initializationOptions"] = std::move(options);
  adjust_client(out["capabilities"], encodings);
  return protocol::JsonValue(std::move(out));
}

protocol::JsonValue params_for_own(const Json& client_params, const std::vector<std::string>& encodings) {
  Json out = client_params.is_object() ? client_params : Json::object();
  if (out.contains("initializationOptions") && out["initializationOptions"].is_object()) {
    out["initializationOptions"].erase("with");
  }
  adjust_client(out["capabilities"], encodings);
  return protocol::JsonValue(std::move(out));
}

protocol::JsonValue late_registrations(const Json& capabilities, const Json& told, const Json& client_capabilities) {
  Json out = Json::array();
  if (!capabilities.is_object()) return protocol::JsonValue(std::move(out));
  for (const auto& [name, value] : capabilities.items()) {
    const Route* route = route_of_capability(name);
    if (!route || absent(value) || !absent(member_at(told, name)) || name == "diagnosticProvider") continue;
    // textDocument/prepareCallHierarchy is announced as callHierarchy.
    std::string path(route->registration);
    if (const auto prepare = path.find("/prepare"); prepare != std::string::npos) {
      path.erase(prepare + 1, 7);
      path[prepare + 1] = static_cast<char>(path[prepare + 1] - 'A' + 'a');
    }
    if (member_at(client_capabilities, path + "/dynamicRegistration") != true) continue;
    Json registration = {{"id", std::string(route->registration)}, {"method", std::string(route->registration)}};
    Json options = value.is_object() ? value : Json::object();
    if (path.rfind("textDocument/", 0) == 0 && !options.contains("documentSelector")) {
      options["documentSelector"] = nullptr;
    }
    registration["registerOptions"] = std::move(options);
    out.push_back(std::move(registration));
  }
  return protocol::JsonValue(std::move(out));
}

}  // namespace awaitd::server::with
