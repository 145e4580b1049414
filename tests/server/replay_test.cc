// A session under the captured `initialize` of each of eleven real clients: the in-process client checks every message
// against what that client announced.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "lsp_client.h"

namespace awaitd::server {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> recordings() {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(fs::path(AWAITD_SOURCE_DIR) / "tests/data/client-capabilities")) {
    if (entry.path().extension() == ".json") out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

json recorded_params(const fs::path& path) {
  std::ifstream file(path);
  return json::parse(file).at("params");
}

// Everything the server offered this client; the in-process client checks the answers.
void use_features(LspClient& client, const json& can, const std::string& uri) {
  const json document = {{"textDocument", {{"uri", uri}}}};
  const json range = {{"start", {{"line", 0}, {"character", 0}}}, {"end", {{"line", 9}, {"character", 0}}}};
  if (can.contains("inlayHintProvider")) {
    EXPECT_TRUE(client.request("textDocument/inlayHint", {{"textDocument", {{"uri", uri}}}, {"range", range}})["result"]
                    .is_array());
  }
  if (can.contains("codeLensProvider")) {
    EXPECT_EQ(client.request("textDocument/codeLens", document)["result"], json::array());
  }
  if (can.contains("documentLinkProvider")) {
    EXPECT_EQ(client.request("textDocument/documentLink", document)["result"], json::array());
  }
  if (can.contains("callHierarchyProvider")) {
    const json items = client.request("textDocument/prepareCallHierarchy", LspClient::place(uri, 3, 10))["result"];
    ASSERT_EQ(items.size(), 1U);
    EXPECT_EQ(items[0]["detail"].get<std::string>().rfind("on the loop", 0), 0U);
    for (const char* calls : {"callHierarchy/incomingCalls", "callHierarchy/outgoingCalls"}) {
      EXPECT_EQ(client.request(calls, {{"item", items[0]}})["result"], json::array());
    }
  }
}

struct Replay : testing::TestWithParam<fs::path> {};

TEST_P(Replay, OnlyWhatTheClientAnnounced) {
  json params = recorded_params(GetParam());
  params["processId"] = nullptr;  // long gone
  const std::string uri = "file:///ws/%C3%BC.py";
  const std::string text = "import time\n\n\nasync def f():\n    s = \"\xF0\x9F\x98\x80\"; time.sleep(1)\n";
  LspClient client({.capabilities = params["capabilities"]});
  const json can = client.initialize_with(params)["capabilities"];
  const unsigned column = can["positionEncoding"] == "utf-8" ? 16 : can["positionEncoding"] == "utf-32" ? 13 : 14;
  for (const char* method : {"client/registerCapability", "workspace/configuration", "$/logTrace"})
    client.forget(method);
  const bool pulls = can.contains("diagnosticProvider");
  client.open(uri, text, 0);
  const json found =
      pulls ? client.request("textDocument/diagnostic", {{"textDocument", {{"uri", uri}}}})["result"]["items"]
            : client.diagnostics()["diagnostics"];
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0]["range"]["start"], (json{{"line", 4}, {"character", column}}));
  EXPECT_TRUE(client.request("textDocument/hover", LspClient::place(uri, 4, column))["result"].is_object());
  for (const json& only : {json(), json({"quickfix"}), json({"source.fixAll"})}) {
    const json actions =
        client.request("textDocument/codeAction", LspClient::code_action(uri, 4, column, only))["result"];
    ASSERT_FALSE(actions.empty());
    json action = actions[0];
    if (!action.contains("edit")) action = client.request("codeAction/resolve", action)["result"];
    EXPECT_TRUE(action.contains("edit"));
  }
  client.notify("textDocument/didSave", {{"textDocument", {{"uri", uri}}}, {"text", text}});
  client.notify("workspace/didChangeConfiguration", {{"settings", {{"awaitd", json::array()}}}});
  client.notify("$/setTrace", {{"value", "off"}});
  use_features(client, can, uri);
  client.close(uri);
  if (!pulls) {
    EXPECT_EQ(client.diagnostics()["diagnostics"], json::array());
  }
  client.request("shutdown");
  client.notify("exit");
  EXPECT_EQ(client.host.exit_code, 0);
}

INSTANTIATE_TEST_SUITE_P(Clients, Replay, testing::ValuesIn(recordings()), [](const auto& info) {
  std::string name = info.param.stem().string();
  for (char& c : name) {
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  }
  return name;
});

TEST(Replays, AreAllThere) { EXPECT_GE(recordings().size(), 11U); }

}  // namespace
}  // namespace awaitd::server
