// What depends on what the client can do: registrations after initialize, tab stops in edits, folders that come and go.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "lsp_client.h"
#include "protocol/uri.h"

namespace awaitd::server {
namespace {

namespace fs = std::filesystem;

const std::string kUri = "file:///ws/a.py";
const std::string kBlocking = "import time\n\n\nasync def f():\n    time.sleep(1)\n";

std::map<std::string, json> registrations(const json& capabilities) {
  LspClient client({.capabilities = capabilities});
  client.initialize();
  client.forget("workspace/configuration");
  std::map<std::string, json> out;
  if (!client.unread_of("client/registerCapability")) return out;
  const json request = client.next("client/registerCapability");
  for (const json& one : request["params"]["registrations"]) out[one["method"]] = one["registerOptions"];
  client.answer(request);
  return out;
}

TEST(Registrations, AreForWhoCan) {
  json can = full_capabilities();
  for (const char* what : {"didChangeWatchedFiles", "didChangeConfiguration"})
    can["workspace"][what] = {{"dynamicRegistration", true}};
  const std::map<std::string, json> all = registrations(can);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all.at("workspace/didChangeConfiguration"), (json{{"section", "awaitd"}}));
  std::set<std::string> globs;
  for (const json& one : all.at("workspace/didChangeWatchedFiles")["watchers"]) globs.insert(one["globPattern"]);
  EXPECT_EQ(globs, (std::set<std::string>{"**/*.py", "**/*.pyi", "**/.ruff.toml", "**/awaitd.toml", "**/pyproject.toml",
                                          "**/ruff.toml"}));
  for (const char* what : {"didChangeWatchedFiles", "didChangeConfiguration"}) {
    can["workspace"][what]["dynamicRegistration"] = false;
  }
  EXPECT_TRUE(registrations(can).empty());
}

// The edit of the fix that gives a timeout.
json timeout_edit(bool snippets) {
  json can = full_capabilities();
  can["workspace"]["workspaceEdit"] = {{"documentChanges", true}, {"snippetEditSupport", snippets}};
  can["textDocument"]["codeAction"].erase("resolveSupport");
  LspClient client({.capabilities = can});
  client.initialize();
  client.open(kUri,
              "import asyncio\n\n\nasync def f(host):\n    return await asyncio.open_connection(host, 1)\n\n\n"
              "asyncio.run(f(\"db\"))\n");
  client.diagnostics();
  const json actions = client.request("textDocument/codeAction", LspClient::code_action(kUri, 4, 20))["result"];
  for (const json& action : actions) {
    if (action.value("isPreferred", false)) return action["edit"]["documentChanges"][0]["edits"];
  }
  ADD_FAILURE() << actions.dump(1);
  return json::array();
}

TEST(TabStops, AreForWhoCan) {
  const json with = timeout_edit(true), without = timeout_edit(false);
  EXPECT_NE(with.dump().find("${1:"), std::string::npos) << with.dump();
  EXPECT_EQ(std::count_if(with.begin(), with.end(), [](const json& one) { return one.contains("snippet"); }), 1);
  EXPECT_EQ(without.dump().find("${1:"), std::string::npos) << without.dump();
  EXPECT_FALSE(without.empty());
}

// All files of the first folder are open, so that nothing is known of it that could have become old.
TEST(WorkspaceFolders, ComeAndGo) {
  std::string pattern = (fs::temp_directory_path() / "awaitd-folders-XXXXXX").string();
  const fs::path root = ::mkdtemp(pattern.data());
  const auto uri = [&](const char* name) { return protocol::path_to_uri((root / name).string()); };
  const auto folder = [&](const char* name) { return json{{"uri", uri(name)}, {"name", name}}; };
  for (const char* name : {"one", "two"}) {
    fs::create_directory(root / name);
    std::ofstream(root / name / "a.py") << kBlocking;
  }
  {
    LspClient client({.capabilities = pulling_capabilities()});
    client.initialize_with({{"processId", nullptr},
                            {"capabilities", pulling_capabilities()},
                            {"workspaceFolders", json::array({folder("one")})},
                            {"initializationOptions", {{"diagnostic-mode", "workspace"}}}});
    client.forget("workspace/diagnostic/refresh");
    const auto ask = [&](const json& previous) {
      return client.send_request("workspace/diagnostic", {{"previousResultIds", previous}});
    };
    const auto told = [&](int request) {
      std::map<std::string, json> out;
      const json items = client.response(request)["result"]["items"];
      for (const json& one : items) out[one["uri"]] = one;
      return out;
    };
    client.open(uri("one/a.py"), kBlocking);
    const std::map<std::string, json> before = told(ask(json::array()));
    EXPECT_EQ(before.size(), 1U);
    const json known = {{"uri", uri("one/a.py")}, {"value", before.at(uri("one/a.py"))["resultId"]}};
    const int held = ask(json::array({known}));
    client.notify("workspace/didChangeWorkspaceFolders",
                  {{"event", {{"added", json::array({folder("two")})}, {"removed", json::array()}}}});
    client.host.advance(std::chrono::seconds(1));
    std::map<std::string, json> after = told(held);
    ASSERT_EQ(after.count(uri("two/a.py")), 1U);
    EXPECT_EQ(after[uri("two/a.py")]["items"].size(), 1U);
    client.notify("workspace/didChangeWorkspaceFolders",
                  {{"event", {{"added", json::array()}, {"removed", json::array({folder("two")})}}}});
    client.host.advance(std::chrono::seconds(1));
    after = told(ask(json::array({known, {{"uri", uri("two/a.py")}, {"value", after[uri("two/a.py")]["resultId"]}}})));
    ASSERT_EQ(after.count(uri("two/a.py")), 1U);
    EXPECT_EQ(after[uri("two/a.py")]["items"], json::array());  // nobody looks at it any more
  }
  fs::remove_all(root);
}

}  // namespace
}  // namespace awaitd::server
