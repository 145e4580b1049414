// textDocument/diagnostic: result ids, what makes a client ask again, what is never pushed to it.
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

const std::string kUri = "file:///ws/a.py";
const std::string kBlocking = "import time\n\n\nasync def f():\n    time.sleep(1)\n";
const std::string kSlow = "import time\n\n\ndef load():\n    time.sleep(1)\n";
const std::string kQuiet = "import time\n\n\ndef load():\n    return time.monotonic()\n";
const std::string kMain = "from helper import load\n\n\nasync def main():\n    load()\n";

struct Pull : testing::TestWithParam<unsigned> {  // threads
  Pull() : client({.threads = GetParam(), .capabilities = pulling_capabilities()}) { offered = client.initialize(); }
  json pull(const std::string& uri, const json& previous = nullptr) {
    json params = {{"textDocument", {{"uri", uri}}}, {"identifier", "awaitd"}};
    if (!previous.is_null()) params["previousResultId"] = previous;
    return client.request("textDocument/diagnostic", params)["result"];
  }
  LspClient client;
  json offered;
};

TEST_P(Pull, IsOfferedToWhoCan) {
  EXPECT_EQ(offered["capabilities"]["diagnosticProvider"],
            (json{{"identifier", "awaitd"}, {"interFileDependencies", true}, {"workspaceDiagnostics", true}}));
  LspClient pushed;
  EXPECT_FALSE(pushed.initialize()["capabilities"].contains("diagnosticProvider"));
}

// Neovim 0.10 pulls, but cannot be told to pull again when another file changes what it would get.
TEST(PullForms, WhoCannotBeToldToAskAgainIsPushed) {
  json capabilities = pulling_capabilities();
  capabilities["workspace"].erase("diagnostics");
  LspClient client({.capabilities = capabilities});
  EXPECT_FALSE(client.initialize()["capabilities"].contains("diagnosticProvider"));
  client.open(kUri, kBlocking);
  EXPECT_EQ(client.diagnostics()["diagnostics"].size(), 1U);
}

TEST_P(Pull, GivesAllAndThenUnchanged) {
  client.open(kUri, kBlocking);
  const json first = pull(kUri);
  EXPECT_EQ(first["kind"], "full");
  ASSERT_EQ(first["items"].size(), 1U);
  EXPECT_EQ(first["items"][0]["code"], "AWD101");
  EXPECT_EQ(first["items"][0]["data"]["rule"], "blocking-sleep");
  EXPECT_EQ(pull(kUri, first["resultId"]), (json{{"kind", "unchanged"}, {"resultId", first["resultId"]}}));
  EXPECT_EQ(pull(kUri, "of another life")["kind"], "full");
  client.change(kUri, 2, json::array({LspClient::edit(0, 0, 0, 0, "\n")}));
  const json moved = pull(kUri, first["resultId"]);
  EXPECT_EQ(moved["kind"], "full");
  EXPECT_NE(moved["resultId"], first["resultId"]);
  client.close(kUri);
  EXPECT_FALSE(client.unread());  // nothing is pushed, not even at the end
}

TEST_P(Pull, OfWhatIsNotOpenIsEmpty) {
  EXPECT_EQ(pull("file:///ws/other.py"), (json{{"kind", "full"}, {"items", json::array()}}));
}

TEST_P(Pull, ASettingThatChangesAsksForAPull) {
  client.open(kUri, kBlocking);
  const json first = pull(kUri);
  client.notify("workspace/didChangeConfiguration", {{"settings", {{"awaitd", {{"ignore", {"AWD101"}}}}}}});
  client.answer(client.next("workspace/diagnostic/refresh"));
  EXPECT_EQ(pull(kUri, first["resultId"])["items"], json::array());
  client.notify("workspace/didChangeConfiguration", {{"settings", {{"awaitd", {{"ignore", {"AWD101", "AWD102"}}}}}}});
  client.host.drain();
  EXPECT_EQ(pull(kUri)["items"], json::array());
  EXPECT_FALSE(client.unread_of("workspace/diagnostic/refresh"));  // nothing else to see
}

TEST_P(Pull, FindingsOfABrokenStatementGoAwayWhenTheTypingStops) {
  client.open(kUri, kBlocking);
  const json first = pull(kUri);
  client.change(kUri, 2, json::array({LspClient::edit(4, 16, 4, 17, "")}));  // time.sleep(1
  EXPECT_EQ(pull(kUri, first["resultId"])["kind"], "unchanged");
  client.host.advance(kSettleAfter);
  client.host.advance(kSettleAfter);
  client.answer(client.next("workspace/diagnostic/refresh"));
  EXPECT_EQ(pull(kUri, first["resultId"])["items"], json::array());
}

INSTANTIATE_TEST_SUITE_P(Threads, Pull, testing::Values(0U, 2U));

TEST(PullForms, ATextThatChangesMeanwhileIsPulledAgain) {
  ManualExecutor executor;
  LspClient client({.capabilities = pulling_capabilities(), .executor = &executor});
  client.initialize();
  client.open(kUri, kBlocking);
  const int first = client.send_request("textDocument/diagnostic", {{"textDocument", {{"uri", kUri}}}});
  const int cancelled = client.send_request("textDocument/diagnostic", {{"textDocument", {{"uri", kUri}}}});
  client.notify("$/cancelRequest", {{"id", cancelled}});
  EXPECT_EQ(client.response(cancelled)["error"]["code"], -32800);
  client.change(kUri, 2, json::array({LspClient::edit(0, 0, 0, 0, "\n")}));
  const json error = client.response(first)["error"];
  EXPECT_EQ(error["code"], -32802);
  EXPECT_EQ(error["data"]["retriggerRequest"], true);
  const int again = client.send_request("textDocument/diagnostic", {{"textDocument", {{"uri", kUri}}}});
  while (executor.run_next()) client.host.drain();
  EXPECT_EQ(client.response(again)["result"]["items"].size(), 1U);
}

struct PullProject : testing::TestWithParam<unsigned> {
  PullProject() {
    std::string pattern = (fs::temp_directory_path() / "awaitd-pull-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
    write("helper.py", kQuiet);
    write("main.py", kMain);
    client.emplace(ClientOptions{.threads = GetParam(),
                                 .capabilities = pulling_capabilities(),
                                 .root_uri = protocol::path_to_uri(folder.string())});
    client->initialize();
  }
  ~PullProject() override {
    client.reset();
    fs::remove_all(folder);
  }
  void write(const std::string& name, const std::string& text) const { std::ofstream(folder / name) << text; }
  std::string uri(const std::string& name) const { return protocol::path_to_uri((folder / name).string()); }
  json pull(const std::string& name, const json& previous = "") {
    return client->request("textDocument/diagnostic",
                           {{"textDocument", {{"uri", uri(name)}}}, {"previousResultId", previous}})["result"];
  }
  fs::path folder;
  std::optional<LspClient> client;
};

TEST_P(PullProject, AHelperThatChangesAsksForItsCallers) {
  client->open(uri("helper.py"), kQuiet);
  client->open(uri("main.py"), kMain);
  const json helper = pull("helper.py"), main = pull("main.py");
  EXPECT_TRUE(main["items"].empty());
  client->change(uri("helper.py"), 2, json::array({{{"text", kSlow}}}));
  const json refresh = client->next("workspace/diagnostic/refresh");
  // The client asks for what it shows; what else changed comes along.
  const json after = pull("helper.py", helper["resultId"]);
  EXPECT_EQ(after["kind"], "unchanged");
  ASSERT_TRUE(after["relatedDocuments"].contains(uri("main.py"))) << after.dump();
  const json related = after["relatedDocuments"][uri("main.py")];
  ASSERT_EQ(related["items"].size(), 1U);
  EXPECT_EQ(related["items"][0]["code"], "AWD110");
  EXPECT_EQ(pull("main.py", related["resultId"])["kind"], "unchanged");
  EXPECT_FALSE(pull("helper.py").contains("relatedDocuments"));
  client->answer(refresh);
}

TEST_P(PullProject, SoDoesAFileThatChangesOnDisk) {
  client->open(uri("main.py"), kMain);
  EXPECT_TRUE(pull("main.py")["items"].empty());
  write("helper.py", kSlow);
  client->notify("workspace/didChangeWatchedFiles",
                 {{"changes", json::array({{{"uri", uri("helper.py")}, {"type", 2}}})}});
  client->answer(client->next("workspace/diagnostic/refresh"));
  EXPECT_EQ(pull("main.py")["items"].size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Threads, PullProject, testing::Values(0U, 2U));

}  // namespace
}  // namespace awaitd::server
