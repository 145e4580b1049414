// workspace/diagnostic: streamed, with progress that can be cancelled, and held while there is nothing new.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "lsp_client.h"
#include "manual_executor.h"
#include "protocol/uri.h"

namespace awaitd::server {
namespace {

namespace fs = std::filesystem;

const std::string kSlow = "import time\n\n\ndef load():\n    time.sleep(1)\n";
const std::string kQuiet = "import time\n\n\ndef load():\n    return time.monotonic()\n";
const std::string kMain = "from helper import load\n\n\nasync def main():\n    load()\n";
const std::string kBlocking = "import time\n\n\nasync def f():\n    time.sleep(1)\n";

struct Workspace : testing::Test {
  Workspace() {
    std::string pattern = (fs::temp_directory_path() / "awaitd-workspace-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
    write("helper.py", kQuiet);
    write("main.py", kMain);
    write("blocking.py", kBlocking);
    write("plain.py", "x = 1\n");
  }
  ~Workspace() override {
    client.reset();
    fs::remove_all(folder);
  }
  void start(const json& settings, Executor* executor = nullptr) {
    client.emplace(ClientOptions{.capabilities = pulling_capabilities(),
                                 .initialization_options = settings,
                                 .root_uri = protocol::path_to_uri(folder.string()),
                                 .executor = executor});
    offered = client->initialize();
  }
  void write(const std::string& name, const std::string& text) const { std::ofstream(folder / name) << text; }
  std::string uri(const std::string& name) const { return protocol::path_to_uri((folder / name).string()); }
  int ask(const json& more = json::object()) {
    json params = {{"previousResultIds", json::array()}};
    for (const auto& [of, id] : known) params["previousResultIds"].push_back({{"uri", of}, {"value", id}});
    params.update(more);
    return client->send_request("workspace/diagnostic", params);
  }
  // "full 1", "unchanged" by file name; remembers the ids.
  std::map<std::string, std::string> told(const json& items) {
    std::map<std::string, std::string> out;
    for (const json& one : items) {
      const std::string of = one["uri"];
      const std::string kind = one["kind"];
      if (one.contains("resultId")) known[of] = one["resultId"].get<std::string>();
      out[of.substr(of.rfind('/') + 1)] = kind == "full" ? "full " + std::to_string(one["items"].size()) : kind;
    }
    return out;
  }
  std::map<std::string, std::string> answer(int request) { return told(client->response(request)["result"]["items"]); }
  using Told = std::map<std::string, std::string>;

  fs::path folder;
  std::map<std::string, std::string> known;
  std::optional<LspClient> client;
  json offered;
};

const json kOn = {{"diagnostic-mode", "workspace"}};

// Where it can be offered later on it is not offered before somebody wants it.
TEST_F(Workspace, IsRegisteredOnceItIsWanted) {
  json capabilities = pulling_capabilities();
  capabilities["textDocument"]["diagnostic"]["dynamicRegistration"] = true;
  client.emplace(ClientOptions{.capabilities = capabilities, .root_uri = protocol::path_to_uri(folder.string())});
  offered = client->initialize();
  EXPECT_EQ(offered["capabilities"]["diagnosticProvider"]["workspaceDiagnostics"], false);
  write("helper.py", kSlow);
  client->open(uri("main.py"), kMain);
  const auto pull = [&](const char* identifier) {
    const json params = {{"textDocument", {{"uri", uri("main.py")}}}, {"identifier", identifier}};
    return client->request("textDocument/diagnostic", params)["result"]["items"].size();
  };
  EXPECT_EQ(pull("awaitd"), 1U);
  EXPECT_FALSE(client->unread());
  client->notify("workspace/didChangeConfiguration", {{"settings", {{"awaitd", kOn}}}});
  const json registration = client->next("client/registerCapability");
  const json one = registration["params"]["registrations"][0];
  EXPECT_EQ(one["method"], "textDocument/diagnostic");
  EXPECT_EQ(one["registerOptions"]["workspaceDiagnostics"], true);
  client->answer(registration);
  const auto reports = answer(ask());
  EXPECT_EQ(reports.at("blocking.py"), "full 1");
  EXPECT_EQ(reports.at("main.py"), "full 0");  // what is open is told under the other name
  const std::string identifier = one["registerOptions"]["identifier"];
  EXPECT_EQ(pull(identifier.c_str()), 0U);
  EXPECT_EQ(pull("awaitd"), 1U);
  client->notify("workspace/didChangeConfiguration", {{"settings", {{"awaitd", json::object()}}}});
  client->notify("workspace/didChangeConfiguration", {{"settings", {{"awaitd", kOn}}}});
  EXPECT_FALSE(client->unread_of("client/registerCapability"));  // once is enough
}

TEST_F(Workspace, IsLookedAtOnlyOnceAPythonFileIsOpen) {
  start(kOn);
  EXPECT_EQ(offered["capabilities"]["diagnosticProvider"]["workspaceDiagnostics"], true);
  EXPECT_EQ(answer(ask()), Told{});
  const int held = ask();
  EXPECT_FALSE(client->unread());
  EXPECT_EQ(client->session.projects().counters().loaded, 0U);
  client->open(uri("main.py"), kMain);
  client->host.advance(std::chrono::milliseconds(500));
  EXPECT_EQ(answer(held),
            (Told{{"blocking.py", "full 1"}, {"helper.py", "full 0"}, {"main.py", "full 0"}, {"plain.py", "full 0"}}));
}

TEST_F(Workspace, AnAnswerWithoutNewsWaitsForSome) {
  start(kOn);
  client->open(uri("blocking.py"), kBlocking, 3);
  EXPECT_EQ(answer(ask()),
            (Told{{"blocking.py", "full 1"}, {"helper.py", "full 0"}, {"main.py", "full 0"}, {"plain.py", "full 0"}}));
  const int held = ask();
  EXPECT_FALSE(client->unread());
  write("helper.py", kSlow);
  client->notify("workspace/didChangeWatchedFiles",
                 {{"changes", json::array({{{"uri", uri("helper.py")}, {"type", 2}}})}});
  EXPECT_FALSE(client->unread());  // more may follow
  client->host.advance(std::chrono::milliseconds(500));
  EXPECT_EQ(
      answer(held),
      (Told{
          {"blocking.py", "unchanged"}, {"helper.py", "unchanged"}, {"main.py", "full 1"}, {"plain.py", "unchanged"}}));
  // A file that goes is cleared.
  const int gone = ask();
  fs::remove(folder / "main.py");
  client->notify("workspace/didChangeWatchedFiles",
                 {{"changes", json::array({{{"uri", uri("main.py")}, {"type", 3}}})}});
  client->host.advance(std::chrono::milliseconds(500));
  EXPECT_EQ(answer(gone)["main.py"], "full 0");
}

TEST_F(Workspace, OpenDocumentsCountAsTheyAre) {
  start(kOn);
  client->open(uri("helper.py"), kQuiet);
  client->change(uri("helper.py"), 2, json::array({{{"text", kSlow}}}));
  EXPECT_EQ(answer(ask())["main.py"], "full 1");
  const int held = ask();
  client->change(uri("helper.py"), 3, json::array({{{"text", kQuiet}}}));
  client->host.advance(std::chrono::milliseconds(500));
  EXPECT_EQ(answer(held)["main.py"], "full 0");
  client->forget("workspace/diagnostic/refresh");
}

TEST_F(Workspace, ResultsAreStreamedAndProgressIsTold) {
  for (int i = 0; i < 30; ++i) write("more" + std::to_string(i) + ".py", kBlocking);
  ManualExecutor executor;
  start(kOn, &executor);
  client->open(uri("main.py"), kMain);
  const int request = ask({{"partialResultToken", "p"}});
  std::size_t streamed = 0, told_progress = 0;
  json token;
  while (executor.run_next()) {
    client->host.advance(std::chrono::milliseconds(30));
    client->host.drain();
    if (client->unread_of("window/workDoneProgress/create")) {
      const json create = client->next("window/workDoneProgress/create");
      token = create["params"]["token"];
      client->answer(create);
    }
    while (client->unread_of("$/progress")) {
      const json params = client->next("$/progress")["params"];
      (params["token"] == "p" ? streamed : told_progress) +=
          params["token"] == "p" ? params["value"]["items"].size() : 1;
      EXPECT_TRUE(params["token"] == "p" || params["token"] == token);
    }
  }
  EXPECT_EQ(client->response(request)["result"]["items"], json::array());
  EXPECT_EQ(streamed, 34U);
  EXPECT_GT(told_progress, 10U);
}

TEST_F(Workspace, ProgressCanBeCancelled) {
  for (int i = 0; i < 9; ++i) write("more" + std::to_string(i) + ".py", kBlocking);
  ManualExecutor executor;
  start(kOn, &executor);
  client->open(uri("main.py"), kMain);
  const int request = ask({{"workDoneToken", 7}});
  while (!client->unread_of("$/progress") && executor.run_next()) client->host.drain();
  EXPECT_EQ(client->next("$/progress")["params"]["value"]["cancellable"], true);
  client->notify("window/workDoneProgress/cancel", {{"token", 7}});
  EXPECT_EQ(client->next("$/progress")["params"]["value"]["kind"], "end");
  const json items = client->response(request)["result"]["items"];
  EXPECT_LT(items.size(), 5U);
  told(items);
  const int held = ask();
  while (executor.run_next()) client->host.drain();
  EXPECT_FALSE(client->unread());  // until something changes
  client->notify("$/cancelRequest", {{"id", held}});
  EXPECT_EQ(client->response(held)["error"]["code"], -32800);
}

TEST_F(Workspace, OffIsOff) {
  start(json::object());
  client->open(uri("main.py"), kMain);
  EXPECT_EQ(answer(ask()), Told{});
  const int held = ask();
  client->notify("workspace/didChangeConfiguration", {{"settings", {{"awaitd", kOn}}}});
  client->host.advance(std::chrono::milliseconds(500));
  EXPECT_EQ(answer(held).size(), 4U);
  const int last = ask();
  client->notify("workspace/didChangeConfiguration", {{"settings", {{"awaitd", {{"diagnostic-mode", "open-files"}}}}}});
  client->host.advance(std::chrono::milliseconds(500));
  // What was shown is withdrawn.
  EXPECT_EQ(answer(last), (Told{{"blocking.py", "full 0"}, {"helper.py", "unchanged"}, {"plain.py", "unchanged"}}));
  const int open_request = ask();
  client->request("shutdown");
  EXPECT_EQ(client->response(open_request)["error"]["code"], -32802);
  client->notify("exit");
}

TEST_F(Workspace, AWrongModeIsNamed) {
  start({{"diagnostic-mode", "all"}});
  EXPECT_EQ(client->next("window/showMessage")["params"]["message"],
            "awaitd: initializationOptions: diagnostic-mode must be \"open-files\" or \"workspace\", not \"all\"");
  client->forget("window/logMessage");
  write("awaitd.toml", "code-lens = true\n");
  client->open(uri("plain.py"), "x = 1\n");
  EXPECT_NE(client->next("window/showMessage")["params"]["message"].get<std::string>().find(
                "\"code-lens\" is a setting of the editor, not of a project"),
            std::string::npos);
}

}  // namespace
}  // namespace awaitd::server
