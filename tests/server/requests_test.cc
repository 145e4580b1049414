// Hover and code actions.
#include <gtest/gtest.h>

#include "lsp_client.h"
#include "manual_executor.h"
#include "server/convert/edits.h"

namespace awaitd::server {
namespace {

const std::string kUri = "file:///ws/a.py";
const std::string kBlocking = "import time\n\n\nasync def f():\n    time.sleep(1)\n";

int code_of(const json& response) { return response.value("error", json::object()).value("code", 0); }

json capabilities_with(const std::string& pointer, const json& value) {
  json out = full_capabilities();
  out[json::json_pointer(pointer)] = value;
  return out;
}

struct Requests : testing::TestWithParam<unsigned> {  // threads
  Requests() : client({.threads = GetParam()}) {
    client.initialize();
    client.open(kUri, kBlocking);
    client.diagnostics();
  }
  LspClient client;
};

TEST_P(Requests, HoverOnAFinding) {
  const json result = client.request("textDocument/hover", LspClient::place(kUri, 4, 8))["result"];
  ASSERT_TRUE(result.is_object());
  EXPECT_EQ(result["contents"]["kind"], "markdown");
  EXPECT_FALSE(result["contents"]["value"].get<std::string>().empty());
  EXPECT_EQ(result["range"]["start"]["line"], 4);
}

TEST_P(Requests, HoverOnNothing) {
  EXPECT_EQ(client.request("textDocument/hover", LspClient::place(kUri, 1, 0))["result"], json());
  EXPECT_EQ(client.request("textDocument/hover", LspClient::place(kUri, 999, 0))["result"], json());
  EXPECT_EQ(client.request("textDocument/hover", LspClient::place("file:///other.py", 0, 0))["result"], json());
}

TEST_P(Requests, QuickFixesForTheRange) {
  const json actions = client.request("textDocument/codeAction", LspClient::code_action(kUri, 4, 6))["result"];
  ASSERT_GE(actions.size(), 1U);
  for (const json& action : actions) {
    EXPECT_EQ(action["kind"], "quickfix");
    EXPECT_EQ(action["diagnostics"][0]["code"], "AWD101");
  }
  EXPECT_EQ(client.request("textDocument/codeAction", LspClient::code_action(kUri, 1, 0))["result"], json::array());
  EXPECT_EQ(client.request("textDocument/codeAction", LspClient::code_action("file:///no.py", 0, 0))["result"],
            json::array());
}

// Two findings at one place: their fixes can be told apart, and a hover says why a rule matters once.
TEST_P(Requests, TwoFindingsAtOnePlace) {
  const std::string text =
      "from urllib.request import urlopen\n\n\nasync def f(url):\n    return urlopen(url).read()\n";
  client.change(kUri, 2, json::array({{{"text", text}}}));
  EXPECT_EQ(client.diagnostics()["diagnostics"].size(), 2U);
  const json actions = client.request("textDocument/codeAction", LspClient::code_action(kUri, 4, 12))["result"];
  std::set<std::string> titles, fixed;
  for (const json& action : actions) {
    titles.insert(action["title"].get<std::string>());
    const json resolved = action.contains("edit") ? action : client.request("codeAction/resolve", action)["result"];
    fixed.insert(applied(text, resolved["edit"]));
  }
  EXPECT_EQ(titles.size(), actions.size()) << actions.dump(1);
  EXPECT_EQ(titles.count("Silence AWD102 here: urlopen"), 1U) << actions.dump(1);
  EXPECT_EQ(titles.count("Silence AWD102 here: urlopen(url).read"), 1U) << actions.dump(1);
  EXPECT_EQ(fixed.count(text), 0U);
  const std::string said =
      client.request("textDocument/hover", LspClient::place(kUri, 4, 12))["result"]["contents"]["value"];
  const std::string why = "The call holds the event loop's thread";
  ASSERT_NE(said.find(why), std::string::npos) << said;
  EXPECT_EQ(said.find(why), said.rfind(why)) << said;
}

TEST_P(Requests, OnlyIsAPrefixOfKinds) {
  const auto kinds = [&](const json& only) {
    std::set<std::string> out;
    const json actions = client.request("textDocument/codeAction", LspClient::code_action(kUri, 4, 6, only))["result"];
    for (const json& action : actions) {
      out.insert(action["kind"].get<std::string>());
    }
    return out;
  };
  using Kinds = std::set<std::string>;
  EXPECT_EQ(kinds(json()), Kinds{"quickfix"});
  EXPECT_EQ(kinds({"quickfix"}), Kinds{"quickfix"});
  EXPECT_EQ(kinds({"quickfix.other"}), Kinds{});
  EXPECT_EQ(kinds({"refactor"}), Kinds{});
  EXPECT_EQ(kinds({"source"}), Kinds{"source.fixAll.awaitd"});
  EXPECT_EQ(kinds({"source.fixAll"}), Kinds{"source.fixAll.awaitd"});
  EXPECT_EQ(kinds({"source.fixAll.awaitd"}), Kinds{"source.fixAll.awaitd"});
  EXPECT_EQ(kinds({"source.fixAll.ruff"}), Kinds{});
  EXPECT_EQ(kinds({"source.organizeImports"}), Kinds{});
  EXPECT_EQ(kinds(json::array()), Kinds{});
}

TEST_P(Requests, ResolveGivesTheEditAndKeepsTheRest) {
  for (const json& only : {json(), json({"source.fixAll"})}) {
    const json actions = client.request("textDocument/codeAction", LspClient::code_action(kUri, 4, 6, only))["result"];
    ASSERT_FALSE(actions.empty());
    const json& action = actions[0];
    EXPECT_FALSE(action.contains("edit"));
    json resolved = client.request("codeAction/resolve", action)["result"];
    ASSERT_TRUE(resolved.contains("edit"));
    EXPECT_NE(applied(kBlocking, resolved["edit"]).find("await asyncio.sleep(1)"), std::string::npos);
    resolved.erase("edit");
    EXPECT_EQ(resolved, action);
  }
}

TEST_P(Requests, AStaleActionIsRefused) {
  const json action = client.request("textDocument/codeAction", LspClient::code_action(kUri, 4, 6))["result"][0];
  client.change(kUri, 2, json::array({LspClient::edit(0, 0, 0, 0, "\n")}));
  EXPECT_EQ(code_of(client.request("codeAction/resolve", action)), -32801);
  client.diagnostics();
  client.close(kUri);
  EXPECT_EQ(code_of(client.request("codeAction/resolve", action)), -32801);
  client.diagnostics();
  json broken = action;
  broken["data"] = {{"uri", 1}};
  EXPECT_EQ(code_of(client.request("codeAction/resolve", broken)), -32602);
}

INSTANTIATE_TEST_SUITE_P(Threads, Requests, testing::Values(0U, 3U));

TEST(RequestForms, EditsAreInlineForClientsThatDoNotResolve) {
  LspClient client({.capabilities = capabilities_with("/textDocument/codeAction/resolveSupport", nullptr)});
  EXPECT_FALSE(client.initialize()["capabilities"]["codeActionProvider"].contains("resolveProvider"));
  client.open(kUri, kBlocking);
  client.diagnostics();
  const json actions = client.request("textDocument/codeAction", LspClient::code_action(kUri, 4, 6))["result"];
  ASSERT_FALSE(actions.empty());
  EXPECT_EQ(actions[0]["edit"]["documentChanges"][0]["textDocument"], (json{{"uri", kUri}, {"version", 1}}));
  EXPECT_NE(applied(kBlocking, actions[0]["edit"]).find("await asyncio.sleep(1)"), std::string::npos);
}

TEST(RequestForms, PlainTextForClientsWithoutMarkdown) {
  LspClient client({.capabilities = capabilities_with("/textDocument/hover/contentFormat", {"plaintext"})});
  client.initialize();
  client.open(kUri, kBlocking);
  client.diagnostics();
  EXPECT_EQ(client.request("textDocument/hover", LspClient::place(kUri, 4, 8))["result"]["contents"]["kind"],
            "plaintext");
}

TEST(RequestForms, HoverRepeatsNothingWhereTheEditorShowsTheDiagnosticAboveIt) {
  const std::string message = "`time.sleep(1)` stops every task on the event loop";
  const auto hover = [&](const char* path, const json& value) {
    LspClient client({.capabilities = capabilities_with(path, value)});
    client.initialize();
    client.open(kUri, kBlocking);
    EXPECT_NE(client.diagnostics()["diagnostics"][0]["message"].get<std::string>().find(message), std::string::npos);
    const json result = client.request("textDocument/hover", LspClient::place(kUri, 4, 8))["result"];
    return result["contents"]["value"].get<std::string>();
  };
  const std::string alone = hover("/experimental", json::object());
  EXPECT_EQ(alone.find("**AWD101 blocking-sleep**"), 0U) << alone;
  EXPECT_NE(alone.find(message), std::string::npos) << alone;
  const std::string below = hover("/experimental", {{"awaitd", {{"diagnosticsInHover", true}}}});
  EXPECT_EQ(below.find("**AWD101 blocking-sleep**\n\n"), 0U) << below;
  EXPECT_EQ(below.find(message), std::string::npos) << below;
  EXPECT_NE(below.find("Quick fix: "), std::string::npos) << below;
}

TEST(RequestForms, NoActionsForClientsThatKnowOnlyCommands) {
  LspClient client({.capabilities = capabilities_with("/textDocument/codeAction", nullptr)});
  client.initialize();
  client.open(kUri, kBlocking);
  client.diagnostics();
  EXPECT_EQ(client.request("textDocument/codeAction", LspClient::code_action(kUri, 4, 6))["result"], json::array());
}

// A fix over two files, as a client that honours annotations gets it, and as one that does not.
TEST(RequestForms, EditsInOtherFilesAreToBeConfirmed) {
  analysis::Fix fix;
  fix.title = "Make `load` an async def";
  fix.files = {{"", {{{0, 0}, "async "}}}, {"/ws/b.py", {{{0, 0}, "await "}}}};
  const auto text = std::make_shared<const analysis::Document>("load()\n");
  const FindTarget find = [&](const std::string& path) {
    return EditTarget{{Sheet{path.empty() ? kUri : "file:///ws/b.py", std::nullopt}}, text};
  };
  Client client;
  client.can.workspace_edit.document_changes = client.can.workspace_edit.change_annotations = true;
  client.can.code_action.honors_change_annotations = true;
  const json told = json::parse(protocol::to_json_text(*to_workspace_edit(fix, find, client)));
  EXPECT_FALSE(told["documentChanges"][0]["edits"][0].contains("annotationId"));
  const std::string id = told["documentChanges"][1]["edits"][0]["annotationId"];
  EXPECT_EQ(told["changeAnnotations"][id],
            (json{{"label", "Edits in other files"}, {"needsConfirmation", true}, {"description", fix.title}}));
  client.can.workspace_edit.change_annotations = false;
  const json plain = json::parse(protocol::to_json_text(*to_workspace_edit(fix, find, client)));
  EXPECT_FALSE(plain.contains("changeAnnotations"));
  EXPECT_FALSE(plain["documentChanges"][1]["edits"][0].contains("annotationId"));
}

struct Waiting : testing::Test {
  Waiting() : client({.executor = &executor}) {
    client.initialize();
    client.open(kUri, kBlocking);
  }
  void run_all() {
    while (executor.run_next()) client.host.drain();
  }
  ManualExecutor executor;
  LspClient client;
};

TEST_F(Waiting, RequestsWaitForTheAnalysis) {
  const int hover = client.send_request("textDocument/hover", LspClient::place(kUri, 4, 8));
  EXPECT_FALSE(client.unread());
  run_all();
  EXPECT_TRUE(client.response(hover)["result"].is_object());
  client.diagnostics();
}

TEST_F(Waiting, CancelledRequestsAreAnsweredAtOnce) {
  const int hover = client.send_request("textDocument/hover", LspClient::place(kUri, 4, 8));
  const int action = client.send_request("textDocument/codeAction", LspClient::code_action(kUri, 4, 8));
  client.notify("$/cancelRequest", {{"id", hover}});
  EXPECT_EQ(code_of(client.response(hover)), -32800);
  run_all();
  EXPECT_FALSE(client.response(action)["result"].empty());
  client.diagnostics();
  EXPECT_FALSE(client.unread());
}

TEST_F(Waiting, ATextThatChangesMeanwhileMakesThemMoot) {
  const int hover = client.send_request("textDocument/hover", LspClient::place(kUri, 4, 8));
  const int action = client.send_request("textDocument/codeAction", LspClient::code_action(kUri, 4, 8));
  client.change(kUri, 2, json::array({LspClient::edit(0, 0, 0, 0, "\n")}));
  EXPECT_EQ(client.response(hover)["result"], json());
  EXPECT_EQ(code_of(client.response(action)), -32801);
  run_all();
  client.diagnostics();
}

TEST_F(Waiting, TheTextMayAlsoChangeWhileTheAnswerIsComputed) {
  ASSERT_TRUE(executor.run_next());
  client.diagnostics();
  const int action = client.send_request("textDocument/codeAction", LspClient::code_action(kUri, 4, 8));
  ASSERT_EQ(executor.jobs.size(), 1U);
  client.change(kUri, 2, json::array({LspClient::edit(0, 0, 0, 0, "\n")}));
  run_all();
  EXPECT_EQ(code_of(client.response(action)), -32801);
  client.diagnostics();
}

TEST_F(Waiting, ClosingAnswersThem) {
  const int hover = client.send_request("textDocument/hover", LspClient::place(kUri, 4, 8));
  client.close(kUri);
  EXPECT_EQ(client.response(hover)["result"], json());
  client.diagnostics();
  run_all();
  EXPECT_FALSE(client.unread());
}

}  // namespace
}  // namespace awaitd::server
