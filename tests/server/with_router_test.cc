// --with: requests, answers and what servers ask of the client, over the router and awaitd's real session.
#include <gtest/gtest.h>

#include "with_harness.h"

namespace awaitd::server::with {
namespace {

int code_of(const json& response) { return response.value("error", json::object()).value("code", 0); }

TEST(WithRequests, WhatAwaitdDoesNotAnswerGoesToTheOtherUnderAnIdOfItsOwn) {
  WithClient client;
  const json can = client.initialize({{"completionProvider", json::object()}})["capabilities"];
  EXPECT_TRUE(can.contains("completionProvider"));
  EXPECT_EQ(can["hoverProvider"], true);
  // 1 and "1" are two requests.
  client.send({{"id", 1}, {"method", "textDocument/completion"}, {"params", place(0, 1)}});
  client.send({{"id", "1"}, {"method", "textDocument/completion"}, {"params", place(0, 2)}});
  const json first = client.other().next("textDocument/completion");
  const json second = client.other().next("textDocument/completion");
  EXPECT_EQ(first["params"], place(0, 1));
  EXPECT_NE(first["id"], second["id"]);
  client.other().answer(second, {{"items", json::array({"b"})}});
  client.other().answer(first, {{"items", json::array({"a"})}});
  EXPECT_EQ(client.result(1)["items"], json::array({"a"}));
  EXPECT_EQ(client.result("1")["items"], json::array({"b"}));
}

TEST(WithRequests, ErrorsPassThrough) {
  WithClient client;
  client.initialize({{"renameProvider", true}});
  const int id = client.send_request("textDocument/rename", place(0, 0));
  client.other().refuse(client.other().next("textDocument/rename"), -32803, "not here");
  const json response = client.response(id);
  EXPECT_EQ(response["error"], json({{"code", -32803}, {"message", "not here"}}));
}

TEST(WithRequests, AnIdInUseIsRefused) {
  WithClient client;
  client.initialize({{"completionProvider", true}});
  client.send({{"id", 7}, {"method", "textDocument/completion"}});
  client.send({{"id", 7}, {"method", "textDocument/completion"}});
  EXPECT_EQ(code_of(client.response(7)), -32600);
  client.other().answer(client.other().next("textDocument/completion"), nullptr);
  EXPECT_TRUE(client.response(7).contains("result"));
}

TEST(WithRequests, MethodsOfNobodyAreAwaitdsToRefuse) {
  WithClient client;
  client.initialize();
  EXPECT_EQ(code_of(client.response(client.send_request("textDocument/rename", place(0, 0)))), -32601);
  EXPECT_EQ(code_of(client.response(client.send_request("awaitd/unknown"))), -32601);
  const int id = client.send_request("other/own", {{"a", 1}});  // somebody's extension: awaitd's begin with its name
  client.other().answer(client.other().next("other/own"), 5);
  EXPECT_EQ(client.result(id), 5);
}

TEST(WithRequests, CommandsGoToTheirServer) {
  WithClient client(full_capabilities(), 2);
  client.params = {{"rootUri", nullptr}};
  const int id = client.send_request("initialize", {{"capabilities", client.capabilities}});
  client.other(0).answer(client.other(0).next("initialize"),
                         {{"capabilities", {{"executeCommandProvider", {{"commands", {"a"}}}}}}});
  client.other(1).answer(client.other(1).next("initialize"),
                         {{"capabilities", {{"executeCommandProvider", {{"commands", {"b"}}}}}}});
  EXPECT_EQ(client.result(id)["capabilities"]["executeCommandProvider"]["commands"], json::array({"a", "b"}));
  client.notify("initialized", json::object());
  client.send_request("workspace/executeCommand", {{"command", "b"}});
  EXPECT_FALSE(client.other(0).got("workspace/executeCommand"));
  EXPECT_TRUE(client.other(1).got("workspace/executeCommand"));
  client.other(0).call(
      9, "client/registerCapability",
      {{"registrations",
        json::array(
            {{{"id", "r"}, {"method", "workspace/executeCommand"}, {"registerOptions", {{"commands", {"late"}}}}}})}});
  client.send_request("workspace/executeCommand", {{"command", "late"}});
  EXPECT_TRUE(client.other(0).got("workspace/executeCommand"));
}

TEST(WithRequests, CommandsThatNobodyListsAreTheOthers) {
  WithClient client;
  client.initialize({{"executeCommandProvider", {{"commands", json::array()}}}});  // as pyright does
  client.send_request("workspace/executeCommand", {{"command", "pyright.createtypestub"}});
  EXPECT_TRUE(client.other().got("workspace/executeCommand"));
}

TEST(WithRequests, ACancelledOneIsAnsweredOnceAndCancelledThere) {
  WithClient client;
  client.initialize({{"completionProvider", true}});
  const int id = client.send_request("textDocument/completion", place(0, 0));
  const json asked = client.other().next("textDocument/completion");
  client.notify("$/cancelRequest", {{"id", id}});
  EXPECT_EQ(client.other().next("$/cancelRequest")["params"]["id"], asked["id"]);
  EXPECT_EQ(code_of(client.response(id)), -32800);
  client.other().answer(asked, json::array());  // too late
  EXPECT_FALSE(client.answered(id));
  client.notify("$/cancelRequest", {{"id", id}});
  client.notify("$/cancelRequest", {{"id", "none"}});
  EXPECT_FALSE(client.other().got("$/cancelRequest"));
}

struct Hovering {
  explicit Hovering(json capabilities = full_capabilities()) : client(std::move(capabilities)) {
    client.initialize({{"hoverProvider", true}, {"textDocumentSync", 2}});
    client.open(blocking_text());
  }
  int hover(unsigned line, unsigned character) {
    const int id = client.send_request("textDocument/hover", place(line, character));
    asked = client.other().next("textDocument/hover");
    return id;
  }
  static std::string text(const json& result) { return result.at("contents").at("value"); }
  WithClient client;
  json asked;
};

TEST(WithHovers, OnePartBelowTheOther) {
  Hovering h;
  const int id = h.hover(4, 16);
  EXPECT_FALSE(h.client.answered(id));
  h.client.other().answer(h.asked, {{"contents", {{"kind", "markdown"}, {"value", "def sleep()"}}}});
  const json result = h.client.result(id);
  const std::string text = Hovering::text(result);
  EXPECT_NE(text.find("AWD101"), std::string::npos);
  EXPECT_EQ(text.substr(text.size() - 18), "\n\n---\n\ndef sleep()");
  EXPECT_EQ(result["range"]["start"]["character"], 14);
}

TEST(WithHovers, ASlowServerIsNotWaitedForWhenThereIsSomethingToShow) {
  Hovering h;
  const int id = h.hover(4, 16);
  h.client.host.advance(kMergeWait - std::chrono::milliseconds(1));
  EXPECT_FALSE(h.client.answered(id));
  h.client.host.advance(std::chrono::milliseconds(1));
  EXPECT_NE(Hovering::text(h.client.result(id)).find("AWD101"), std::string::npos);
  EXPECT_EQ(h.client.other().next("$/cancelRequest")["params"]["id"], h.asked["id"]);
  h.client.other().answer(h.asked, {{"contents", "late"}});
  EXPECT_FALSE(h.client.answered(id));
}

TEST(WithHovers, WhereAwaitdHasNothingToSayTheOtherHasItsTime) {
  Hovering h;
  const int id = h.hover(0, 0);
  h.client.host.advance(10 * kMergeWait);
  EXPECT_FALSE(h.client.answered(id));
  h.client.other().answer(h.asked, {{"contents", "module"}});
  EXPECT_EQ(Hovering::text(h.client.result(id)), "module");
}

TEST(WithHovers, AnErrorOrADeathOfTheOtherLeavesAwaitdsPart) {
  Hovering h;
  int id = h.hover(4, 16);
  h.client.other().refuse(h.asked, -32603, "bug");
  EXPECT_NE(Hovering::text(h.client.result(id)).find("AWD101"), std::string::npos);
  id = h.hover(4, 16);
  h.client.other().die();
  EXPECT_NE(Hovering::text(h.client.result(id)).find("AWD101"), std::string::npos);
  id = h.client.send_request("textDocument/hover", place(4, 16));  // while it is away
  EXPECT_NE(Hovering::text(h.client.result(id)).find("AWD101"), std::string::npos);
}

TEST(WithHovers, PlainTextForClientsWithoutMarkdown) {
  json capabilities = full_capabilities();
  capabilities["textDocument"]["hover"]["contentFormat"] = {"plaintext"};
  Hovering h(capabilities);
  const int id = h.hover(4, 16);
  h.client.other().answer(h.asked, {{"contents", {{"kind", "plaintext"}, {"value", "def sleep()"}}}});
  const json result = h.client.result(id);
  EXPECT_EQ(result["contents"]["kind"], "plaintext");
  EXPECT_EQ(Hovering::text(result).find("---"), std::string::npos);
}

json actions_at(unsigned line, unsigned character, const json& diagnostics = json::array()) {
  json params = LspClient::code_action(kUri, line, character);
  params["context"]["diagnostics"] = diagnostics;
  return params;
}

TEST(WithActions, AreConcatenatedAndResolvedWhereTheyComeFrom) {
  WithClient client;
  client.initialize({{"codeActionProvider", {{"resolveProvider", true}}}, {"textDocumentSync", 2}});
  client.open(blocking_text());
  const int id = client.send_request("textDocument/codeAction", actions_at(4, 16));
  client.other().answer(client.other().next("textDocument/codeAction"),
                        json::array({{{"title", "theirs"}, {"kind", "quickfix"}, {"data", {{"n", 1}}}},
                                     {{"title", "command"}, {"command", "c"}}}));
  const json actions = client.result(id);
  ASSERT_EQ(actions.size(), 4U);
  EXPECT_EQ(actions[0]["title"], "Use await asyncio.sleep()");
  EXPECT_EQ(actions[2]["title"], "theirs");
  EXPECT_EQ(actions[3], json({{"title", "command"}, {"command", "c"}}));

  const json own = client.result(client.send_request("codeAction/resolve", actions[0]));
  EXPECT_EQ(applied(blocking_text(), own["edit"]).find("time.sleep(1)"), std::string::npos);
  EXPECT_EQ(own["data"], actions[0]["data"]);
  EXPECT_FALSE(client.other().got("codeAction/resolve"));

  const int theirs = client.send_request("codeAction/resolve", actions[2]);
  const json asked = client.other().next("codeAction/resolve");
  EXPECT_EQ(asked["params"]["data"], json({{"n", 1}}));
  json resolved = asked["params"];
  resolved["edit"] = json::object();
  client.other().answer(asked, resolved);
  const json result = client.result(theirs);
  EXPECT_TRUE(result.contains("edit"));
  EXPECT_EQ(result["data"], actions[2]["data"]);
}

TEST(WithActions, ASlowServerDoesNotHoldUpAwaitdsFixes) {
  WithClient client;
  client.initialize({{"codeActionProvider", true}, {"textDocumentSync", 2}});
  client.open(blocking_text());
  const int id = client.send_request("textDocument/codeAction", actions_at(4, 16));
  client.host.advance(kActionsWait);
  EXPECT_EQ(client.result(id).size(), 2U);
}

TEST(WithActions, AnActionWhoseServerIsGoneStaysAsItIs) {
  WithClient client;
  client.initialize({{"codeActionProvider", {{"resolveProvider", true}}}, {"textDocumentSync", 2}});
  client.open("");
  const int id = client.send_request("textDocument/codeAction", actions_at(0, 0));
  client.other().answer(client.other().next("textDocument/codeAction"), json::array({{{"title", "x"}, {"data", 1}}}));
  const json actions = client.result(id);
  client.other().die();
  EXPECT_EQ(client.result(client.send_request("codeAction/resolve", actions[0])), actions[0]);
}

TEST(WithActions, EachServerSeesItsOwnDiagnostics) {
  WithClient client;
  client.initialize({{"codeActionProvider", true}, {"textDocumentSync", 2}});
  client.open(blocking_text());
  json theirs = diagnostic(4, 4, 5, "unused");
  theirs["data"] = {{"category", 3}};
  client.other().publish(kUri, 1, json::array({theirs}));
  const json all = client.last_diagnostics()["diagnostics"];
  ASSERT_EQ(all.size(), 2U);
  client.send_request("textDocument/codeAction", actions_at(4, 4, all));
  const json context = client.other().next("textDocument/codeAction")["params"]["context"]["diagnostics"];
  ASSERT_EQ(context.size(), 1U);
  EXPECT_EQ(context[0]["message"], "unused");
  EXPECT_EQ(context[0]["data"], theirs["data"]);
}

TEST(WithActions, NoDataForClientsThatDoNotKeepIt) {
  json capabilities = full_capabilities();
  capabilities["textDocument"]["codeAction"].erase("dataSupport");
  WithClient client(capabilities);
  client.initialize({{"codeActionProvider", true}, {"textDocumentSync", 2}});
  client.open(blocking_text());
  const int id = client.send_request("textDocument/codeAction", actions_at(4, 16));
  client.other().answer(client.other().next("textDocument/codeAction"), json::array({{{"title", "theirs"}}}));
  for (const json& action : client.result(id)) EXPECT_FALSE(action.contains("data")) << action;
}

TEST(WithHierarchies, ItemsFindTheirServerAgain) {
  WithClient client;
  client.initialize({{"callHierarchyProvider", true}});
  int id = client.send_request("textDocument/prepareCallHierarchy", place(0, 0));
  client.other().answer(client.other().next("textDocument/prepareCallHierarchy"),
                        json::array({{{"name", "f"}, {"data", 5}}}));
  const json item = client.result(id)[0];
  id = client.send_request("callHierarchy/incomingCalls", {{"item", item}});
  const json asked = client.other().next("callHierarchy/incomingCalls");
  EXPECT_EQ(asked["params"]["item"]["data"], 5);
  client.other().answer(asked, json::array({{{"from", {{"name", "g"}, {"data", 6}}}}}));
  const json from = client.result(id)[0]["from"];
  EXPECT_NE(from["data"], 6);
  client.send_request("callHierarchy/incomingCalls", {{"item", from}});
  EXPECT_EQ(client.other().next("callHierarchy/incomingCalls")["params"]["item"]["data"], 6);
}

TEST(WithCalls, IdsOfTwoServersMayCollide) {
  WithClient client(full_capabilities(), 2);
  client.initialize();
  client.other(0).call(1, "workspace/configuration", {{"items", json::array({{{"section", "a"}}})}});
  client.other(1).call(1, "workspace/configuration", {{"items", json::array({{{"section", "b"}}})}});
  client.other(0).call("1", "window/showMessageRequest", {{"type", 1}, {"message", "?"}});
  const json a = client.next("workspace/configuration"), b = client.next("workspace/configuration");
  const json question = client.next("window/showMessageRequest");
  EXPECT_EQ(a["params"]["items"][0]["section"], "a");
  EXPECT_NE(a["id"], b["id"]);
  client.send({{"id", b["id"]}, {"result", json::array({"B"})}});
  client.send({{"id", a["id"]}, {"result", json::array({"A"})}});
  client.send({{"id", question["id"]}, {"error", {{"code", -32601}, {"message", "no"}}}});
  EXPECT_EQ(client.other(0).answered(1)["result"], json::array({"A"}));
  EXPECT_EQ(client.other(1).answered(1)["result"], json::array({"B"}));
  EXPECT_EQ(client.other(0).answered("1")["error"]["code"], -32601);
}

TEST(WithCalls, AServerMayCancelItsOwn) {
  WithClient client;
  client.initialize();
  client.other().call("q", "window/showMessageRequest", {{"type", 1}, {"message", "?"}});
  const json question = client.next("window/showMessageRequest");
  client.other().notify("$/cancelRequest", {{"id", "q"}});
  EXPECT_EQ(client.next("$/cancelRequest")["params"]["id"], question["id"]);
}

TEST(WithCalls, AwaitdsOwnReachTheClientToo) {
  json capabilities = full_capabilities();
  capabilities["workspace"]["configuration"] = true;
  WithClient client(capabilities);
  client.initialize();
  const json asked = client.next("workspace/configuration");
  EXPECT_EQ(asked["params"]["items"][0]["section"], "awaitd");
  client.send({{"id", asked["id"]}, {"result", json::array({{{"select", 5}}})}});
  EXPECT_NE(client.next("window/showMessage")["params"]["message"].get<std::string>().find("select"),
            std::string::npos);
}

TEST(WithRegistrations, OfTwoServersHaveTwoIds) {
  WithClient client(full_capabilities(), 2);
  client.initialize();
  const json registration = {
      {"registrations", json::array({{{"id", "1"}, {"method", "workspace/didChangeWatchedFiles"}}})}};
  client.other(0).call(1, "client/registerCapability", registration);
  client.other(1).call(1, "client/registerCapability", registration);
  const json a = client.next("client/registerCapability")["params"]["registrations"][0]["id"];
  const json b = client.next("client/registerCapability")["params"]["registrations"][0]["id"];
  EXPECT_NE(a, b);
  client.other(1).call(
      2, "client/unregisterCapability",
      {{"unregisterations", json::array({{{"id", "1"}, {"method", "workspace/didChangeWatchedFiles"}}})}});
  EXPECT_EQ(client.next("client/unregisterCapability")["params"]["unregisterations"][0]["id"], b);
}

TEST(WithRegistrations, WhatIsRegisteredIsAsked) {
  WithClient client;
  client.initialize();
  client.other().call(1, "client/registerCapability",
                      {{"registrations", json::array({{{"id", "1"}, {"method", "textDocument/semanticTokens"}}})}});
  client.next("client/registerCapability");
  client.send_request("textDocument/semanticTokens/full", {{"textDocument", {{"uri", kUri}}}});
  EXPECT_TRUE(client.other().got("textDocument/semanticTokens/full"));
}

TEST(WithProgress, TokensAreKeptApart) {
  WithClient client(full_capabilities(), 2);
  client.initialize();
  std::vector<json> tokens;
  for (int i : {0, 1}) {
    client.other(i).call(1, "window/workDoneProgress/create", {{"token", "t"}});
    tokens.push_back(client.next("window/workDoneProgress/create")["params"]["token"]);
    client.other(i).notify("$/progress", {{"token", "t"}, {"value", {{"kind", "begin"}, {"title", "x"}}}});
    EXPECT_EQ(client.next("$/progress")["params"]["token"], tokens.back());
  }
  EXPECT_NE(tokens[0], tokens[1]);
  client.notify("window/workDoneProgress/cancel", {{"token", tokens[1]}});
  EXPECT_EQ(client.other(1).next("window/workDoneProgress/cancel")["params"]["token"], "t");
  EXPECT_FALSE(client.other(0).got("window/workDoneProgress/cancel"));
}

TEST(WithProgress, TheClientsTokensComeBack) {
  WithClient client;
  client.initialize({{"referencesProvider", true}, {"hoverProvider", true}});
  json params = place(0, 0);
  params["workDoneToken"] = 1;
  params["partialResultToken"] = "p";
  const int id = client.send_request("textDocument/references", params);
  const json asked = client.other().next("textDocument/references");
  EXPECT_NE(asked["params"]["workDoneToken"], asked["params"]["partialResultToken"]);
  client.other().notify("$/progress", {{"token", asked["params"]["partialResultToken"]}, {"value", json::array()}});
  EXPECT_EQ(client.next("$/progress")["params"]["token"], "p");
  client.other().notify("$/progress", {{"token", asked["params"]["workDoneToken"]}, {"value", {{"kind", "end"}}}});
  EXPECT_EQ(client.next("$/progress")["params"]["token"], 1);
  client.other().answer(asked, json::array());
  EXPECT_TRUE(client.answered(id));
  client.send_request("textDocument/hover", params);  // two servers: nobody reports
  EXPECT_FALSE(client.other().next("textDocument/hover")["params"].contains("workDoneToken"));
}

TEST(WithNotifications, GoToWhoWantsThem) {
  WithClient client;
  client.initialize({{"textDocumentSync", {{"openClose", true}, {"change", 1}, {"save", false}}}});
  client.open("ab\n");
  EXPECT_EQ(client.other().next("textDocument/didOpen")["params"]["textDocument"]["text"], "ab\n");
  client.change(2, json::array({LspClient::edit(0, 1, 0, 2, "\xC3\xBC"), LspClient::edit(1, 0, 1, 0, "c")}));
  const json change = client.other().next("textDocument/didChange")["params"];
  EXPECT_EQ(change["contentChanges"], json::array({{{"text", "a\xC3\xBC\nc"}}}));  // whole, as it asked
  EXPECT_EQ(change["textDocument"]["version"], 2);
  client.notify("textDocument/didSave", {{"textDocument", {{"uri", kUri}}}});
  client.notify("notebookDocument/didOpen", json::object());
  client.notify("workspace/didCreateFiles", {{"files", json::array()}});
  client.notify("workspace/didChangeWatchedFiles", {{"changes", json::array()}});
  client.notify("$/setTrace", {{"value", "off"}});
  for (const char* method : {"textDocument/didSave", "notebookDocument/didOpen", "workspace/didCreateFiles"}) {
    EXPECT_FALSE(client.other().got(method)) << method;
  }
  EXPECT_TRUE(client.other().got("workspace/didChangeWatchedFiles"));
  EXPECT_TRUE(client.other().got("$/setTrace"));
  client.other().notify("window/logMessage", {{"type", 3}, {"message", "hello"}});
  EXPECT_EQ(client.next("window/logMessage")["params"]["message"], "hello");
}

}  // namespace
}  // namespace awaitd::server::with
