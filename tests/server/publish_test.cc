// What is published when: every version once, nothing stale, no flicker while typing, exact once settled.
#include <gtest/gtest.h>

#include "analysis/rules/rule.h"
#include "lsp_client.h"
#include "manual_executor.h"
#include "server/convert/diagnostics.h"

namespace awaitd::server {
namespace {

const std::string kUri = "file:///ws/a%20b/%C3%BC.py";
const std::string kBlocking = "import time\n\n\nasync def f():\n    time.sleep(1)\n";

json fresh(const std::string& text) {
  LspClient client;
  client.initialize();
  client.open(kUri, text);
  return client.diagnostics()["diagnostics"];
}

struct Publish : testing::TestWithParam<unsigned> {  // threads
  Publish() : client({.threads = GetParam()}) { client.initialize(); }
  LspClient client;
};

TEST_P(Publish, AFindingWithAllItsParts) {
  client.open(kUri, kBlocking, 7);
  const json params = client.diagnostics();
  EXPECT_EQ(params["uri"], kUri);  // the client's own spelling
  EXPECT_EQ(params["version"], 7);
  ASSERT_EQ(params["diagnostics"].size(), 1U);
  const json& found = params["diagnostics"][0];
  EXPECT_EQ(found["code"], "AWD101");
  EXPECT_EQ(found["source"], "awaitd");
  EXPECT_EQ(found["range"]["start"], (json{{"line", 4}, {"character", 4}}));
  EXPECT_EQ(found["codeDescription"]["href"], "https://awaitd.dev/rules/blocking-sleep");
  EXPECT_EQ(found["data"]["rule"], "blocking-sleep");
}

TEST_P(Publish, EveryVersionIsAnswered) {
  client.open(kUri, kBlocking);
  client.diagnostics();
  for (int version = 2; version < 12; ++version) {
    client.change(kUri, version, json::array({LspClient::edit(1, 0, 1, 0, "# x\n")}));
    const json params = client.diagnostics();
    EXPECT_EQ(params["version"], version);
    ASSERT_EQ(params["diagnostics"].size(), 1U);
    EXPECT_EQ(params["diagnostics"][0]["range"]["start"]["line"], 4 + version - 1);
  }
  client.change(kUri, 12, json::array());  // the same text: clients still wait for the version
  EXPECT_EQ(client.diagnostics()["version"], 12);
  EXPECT_FALSE(client.unread());
}

TEST_P(Publish, AstralCharactersAndLineEnds) {
  client.open(kUri, "import time\r\nasync def f():\r\n    s = \"\xF0\x9F\x98\x80\"; time.sleep(1)\r\n");
  const json found = client.diagnostics()["diagnostics"];
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0]["range"]["start"], (json{{"line", 2}, {"character", 14}}));
}

TEST_P(Publish, ClosingClears) {
  client.open(kUri, kBlocking);
  client.diagnostics();
  client.close(kUri);
  EXPECT_EQ(client.diagnostics()["diagnostics"], json::array());
  client.change(kUri, 9, json::array({LspClient::edit(0, 0, 0, 0, "x")}));  // not open any more
  client.forget("window/logMessage");
  EXPECT_FALSE(client.unread());
}

TEST_P(Publish, OnlyPythonIsLookedAt) {
  const auto open_as = [&](const std::string& uri, const std::string& language) {
    client.notify("textDocument/didOpen",
                  {{"textDocument", {{"uri", uri}, {"languageId", language}, {"version", 1}, {"text", kBlocking}}}});
  };
  open_as("file:///a.md", "markdown");
  client.change("file:///a.md", 2, json::array({LspClient::edit(0, 0, 0, 0, "x")}));
  client.close("file:///a.md");
  EXPECT_FALSE(client.unread());
  open_as("file:///a.pyi", "plaintext");
  EXPECT_EQ(client.diagnostics()["uri"], "file:///a.pyi");
  open_as("untitled:Untitled-1", "python");
  EXPECT_EQ(client.diagnostics()["uri"], "untitled:Untitled-1");
}

TEST_P(Publish, ABrokenStatementKeepsItsFindingUntilSettled) {
  client.open(kUri, kBlocking);
  const json before = client.diagnostics()["diagnostics"];
  ASSERT_EQ(before.size(), 1U);
  // Delete the closing parenthesis, then add a line above: the finding stays and moves.
  client.change(kUri, 2, json::array({LspClient::edit(4, 16, 4, 17, "")}));
  EXPECT_EQ(client.diagnostics()["diagnostics"].size(), 1U);
  client.change(kUri, 3, json::array({LspClient::edit(1, 0, 1, 0, "x = 1\n")}));
  const json moved = client.diagnostics()["diagnostics"];
  ASSERT_EQ(moved.size(), 1U);
  EXPECT_EQ(moved[0]["range"]["start"]["line"], 5);
  // Settled: what a fresh open shows.
  client.host.advance(kSettleAfter + kSettleAfter);
  const std::string now = "import time\nx = 1\n\n\nasync def f():\n    time.sleep(1\n";
  const json exact = fresh(now);
  if (exact != moved) {
    EXPECT_EQ(client.diagnostics()["diagnostics"], exact);
  }
  EXPECT_FALSE(client.unread());
  // Whole again.
  client.change(kUri, 4, json::array({LspClient::edit(5, 16, 5, 16, ")")}));
  EXPECT_EQ(client.diagnostics()["diagnostics"].size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Threads, Publish, testing::Values(0U, 3U));

TEST(PublishOrder, ResultsForAnOldTextAreNeverSent) {
  ManualExecutor executor;
  LspClient client({.executor = &executor});
  client.initialize();
  client.open(kUri, kBlocking);
  client.change(kUri, 2, json::array({LspClient::edit(0, 0, 0, 0, "\n")}));
  client.change(kUri, 3, json::array({LspClient::edit(0, 0, 0, 0, "\n")}));
  ASSERT_TRUE(executor.run_next());
  EXPECT_FALSE(client.unread());
  while (executor.run_next()) client.host.drain();
  const json params = client.diagnostics();
  EXPECT_EQ(params["version"], 3);
  EXPECT_EQ(params["diagnostics"][0]["range"]["start"]["line"], 6);
  EXPECT_FALSE(client.unread());
}

TEST(PublishLimits, ALargeDocumentIsRefusedWithASentence) {
  LspClient client;
  client.initialize();
  client.open(kUri, std::string(kMaxAnalysed + 1, '\n') + kBlocking);
  EXPECT_EQ(client.diagnostics()["diagnostics"], json::array());
  EXPECT_NE(client.next("window/showMessage")["params"]["message"].get<std::string>().find("larger than 10 MB"),
            std::string::npos);
  client.next("window/logMessage");
  EXPECT_EQ(client.request("textDocument/hover", LspClient::place(kUri, 0, 0))["result"], json());
  EXPECT_EQ(client.request("textDocument/codeAction", LspClient::code_action(kUri, 0, 0))["result"], json::array());
  // Smaller again: analysed again.
  client.change(kUri, 2, json::array({{{"text", kBlocking}}}));
  EXPECT_EQ(client.diagnostics()["diagnostics"].size(), 1U);
}

TEST(Severity, ProbableFindingsShowOneLower) {
  const analysis::Document document("x\n");
  analysis::Finding finding;
  finding.rule = analysis::all_rules().front();
  finding.message = "m";
  const Sheets sheets = {Sheet{kUri, 1}};
  const auto shown = [&](analysis::Severity severity, analysis::Confidence confidence) {
    finding.severity = severity;
    finding.confidence = confidence;
    return static_cast<int>(to_diagnostic(finding, ClientText(document, sheets, {}), {}).severity);
  };
  using analysis::Confidence;
  using analysis::Severity;
  EXPECT_EQ(shown(Severity::error, Confidence::definite), 1);
  EXPECT_EQ(shown(Severity::error, Confidence::probable), 2);
  EXPECT_EQ(shown(Severity::warning, Confidence::probable), 3);
  EXPECT_EQ(shown(Severity::info, Confidence::definite), 3);
  EXPECT_EQ(shown(Severity::hint, Confidence::probable), 4);
}

}  // namespace
}  // namespace awaitd::server
