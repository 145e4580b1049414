// --with: how the other servers start, end and come back, and what the client sees of it.
#include <gtest/gtest.h>

#include "with_harness.h"

namespace awaitd::server::with {
namespace {

using std::chrono::milliseconds;

json offering(const std::vector<std::string>& encodings) {
  json capabilities = full_capabilities();
  capabilities["general"]["positionEncodings"] = encodings;
  return capabilities;
}

unsigned column_of_finding(WithClient& client) {
  client.open(blocking_text());
  return client.last_diagnostics().at("diagnostics").at(0).at("range").at("start").at("character");
}

TEST(WithEncoding, AwaitdTakesWhatTheOtherCan) {
  const auto column = [](const json& theirs) {
    WithClient client(offering({"utf-32", "utf-8", "utf-16"}));
    const json can = client.initialize(theirs)["capabilities"];
    EXPECT_EQ(can["positionEncoding"], theirs.value("positionEncoding", "utf-16"));
    return column_of_finding(client);
  };
  EXPECT_EQ(column(json::object()), 14U);  // it says nothing: utf-16
  EXPECT_EQ(column({{"positionEncoding", "utf-32"}}), 13U);
  EXPECT_EQ(column({{"positionEncoding", "utf-8"}}), 16U);
}

TEST(WithEncoding, TwoOthersAreOfferedWhatEveryServerKnows) {
  WithClient client(offering({"utf-8", "utf-16"}), 2);
  client.send_request("initialize", {{"capabilities", client.capabilities}});
  for (int i : {0, 1}) {
    EXPECT_EQ(client.other(i).next("initialize")["params"]["capabilities"]["general"]["positionEncodings"],
              json::array({"utf-16"}));
  }
}

TEST(WithEncoding, AServerThatTakesWhatWasNotOfferedIsLeftOut) {
  WithClient client(offering({"utf-16"}));
  const json can = client.initialize({{"positionEncoding", "utf-8"}, {"completionProvider", true}})["capabilities"];
  EXPECT_EQ(can["positionEncoding"], "utf-16");
  EXPECT_FALSE(can.contains("completionProvider"));
  EXPECT_NE(client.next("window/showMessage")["params"]["message"].get<std::string>().find("columns"),
            std::string::npos);
}

TEST(WithStart, ACommandThatCannotBeStartedIsSaidAndAwaitdWorks) {
  WithClient client;
  client.other().problem = "No such file or directory";
  const json answer = client.initialize();
  EXPECT_EQ(answer["serverInfo"]["name"], "awaitd");
  const std::string text = client.next("window/showMessage")["params"]["message"];
  EXPECT_EQ(text, "awaitd: other cannot be started: No such file or directory. awaitd works without it");
  EXPECT_EQ(column_of_finding(client), 14U);
  client.host.advance(std::chrono::minutes(10));
  EXPECT_EQ(client.other().starts, 0);
}

TEST(WithStart, NothingIsSentBeforeInitializeIsAnswered) {
  WithClient client;
  const int id = client.send_request("initialize", {{"capabilities", client.capabilities}});
  client.other().call(1, "workspace/configuration", {{"items", json::array()}});
  EXPECT_FALSE(client.answered(id));
  EXPECT_FALSE(client.got("workspace/configuration"));
  client.open(blocking_text());  // a client that does not wait
  client.other().answer(client.other().next("initialize"), {{"capabilities", {{"textDocumentSync", 2}}}});
  EXPECT_TRUE(client.answered(id));
  EXPECT_TRUE(client.got("workspace/configuration"));
  EXPECT_TRUE(client.other().got("initialized"));  // it never said so
  EXPECT_TRUE(client.other().got("textDocument/didOpen"));
  EXPECT_EQ(client.last_diagnostics()["diagnostics"].size(), 1U);
}

TEST(WithStart, RequestsBeforeInitializeAreRefused) {
  WithClient client;
  EXPECT_EQ(client.response(client.send_request("textDocument/hover"))["error"]["code"], -32002);
  client.initialize();
  EXPECT_EQ(client.response(client.send_request("initialize", json::object()))["error"]["code"], -32600);
}

TEST(WithStart, ASlowOneJoinsLater) {
  json capabilities = offering({"utf-8", "utf-16"});
  capabilities["textDocument"]["completion"] = {{"dynamicRegistration", true}};
  WithClient client(capabilities);
  const int id = client.send_request("initialize", {{"capabilities", client.capabilities}});
  const json asked = client.other().next("initialize");
  client.host.advance(kStartWait - milliseconds(1));
  EXPECT_FALSE(client.answered(id));
  client.host.advance(milliseconds(1));
  const json can = client.result(id)["capabilities"];
  EXPECT_EQ(can["positionEncoding"], "utf-16");  // what it is sure to know
  EXPECT_FALSE(can.contains("completionProvider"));
  client.notify("initialized", json::object());
  client.notify("workspace/didChangeConfiguration", {{"settings", {{"a", 1}}}});
  EXPECT_EQ(column_of_finding(client), 14U);

  const json theirs = {
      {"textDocumentSync", 2}, {"completionProvider", {{"triggerCharacters", {"."}}}}, {"renameProvider", true}};
  client.other().answer(asked, {{"capabilities", theirs}});
  EXPECT_EQ(client.other().inbox.at(0)["method"], "initialized");
  EXPECT_EQ(client.other().next("workspace/didChangeConfiguration")["params"]["settings"]["a"], 1);
  EXPECT_EQ(client.other().next("textDocument/didOpen")["params"]["textDocument"]["text"], blocking_text());
  const json registrations = client.next("client/registerCapability")["params"]["registrations"];
  ASSERT_EQ(registrations.size(), 1U);  // the client does not let rename be registered
  EXPECT_EQ(registrations[0]["method"], "textDocument/completion");
  EXPECT_EQ(registrations[0]["registerOptions"]["triggerCharacters"], json::array({"."}));
  client.send_request("textDocument/completion", place(0, 0));
  EXPECT_TRUE(client.other().got("textDocument/completion"));
}

TEST(WithStart, ALateOneWithAnotherEncodingIsAskedAgain) {
  WithClient client(offering({"utf-8", "utf-16"}));
  client.send_request("initialize", {{"capabilities", client.capabilities}});
  const json asked = client.other().next("initialize");
  client.host.advance(kStartWait);
  client.notify("initialized", json::object());
  client.open("x");
  client.other().answer(asked, {{"capabilities", {{"positionEncoding", "utf-8"}}}});
  EXPECT_EQ(client.other().starts, 2);
  const json again = client.other().next("initialize");
  EXPECT_EQ(again["params"]["capabilities"]["general"]["positionEncodings"], json::array({"utf-16"}));
  client.other().answer(again, {{"capabilities", {{"textDocumentSync", 2}}}});
  EXPECT_TRUE(client.other().got("textDocument/didOpen"));
}

struct Living {
  Living() {
    client.initialize({{"textDocumentSync", 2}, {"completionProvider", true}});
    client.open("one\n");
    client.change(7, json::array({LspClient::edit(0, 3, 0, 3, " two")}));
  }
  void come_back() {
    client.other().answer(client.other().next("initialize"),
                          {{"capabilities", {{"textDocumentSync", 2}, {"completionProvider", true}}}});
  }
  WithClient client;
};

TEST(WithDeath, RequestsUnderWayGetAnError) {
  Living l;
  const int id = l.client.send_request("textDocument/completion", place(0, 0));
  l.client.other().die("was killed by signal 9 (Killed)");
  const json error = l.client.response(id)["error"];
  EXPECT_EQ(error["code"], -32803);
  EXPECT_EQ(error["message"], "other was killed by signal 9 (Killed) before it answered");
  // While it is away: nothing, and no error at every key.
  const json response = l.client.response(l.client.send_request("textDocument/completion", place(0, 0)));
  EXPECT_TRUE(response.contains("result") && response["result"].is_null()) << response;
}

TEST(WithDeath, ItComesBackWithTheDocumentsAsTheyAre) {
  Living l;
  l.client.other().die();
  EXPECT_NE(l.client.next("window/logMessage")["params"]["message"].get<std::string>().find("exited with code 3"),
            std::string::npos);
  l.client.change(9, json::array({LspClient::edit(0, 7, 0, 7, " three")}));
  l.client.host.advance(kFirstRest);
  EXPECT_EQ(l.client.other().starts, 2);
  EXPECT_EQ(l.client.other().inbox.size(), 1U);  // initialize, and nothing yet of the documents
  l.come_back();
  EXPECT_EQ(l.client.other().inbox.at(0)["method"], "initialized");
  const json item = l.client.other().next("textDocument/didOpen")["params"]["textDocument"];
  EXPECT_EQ(item, json({{"uri", kUri}, {"languageId", "python"}, {"version", 9}, {"text", "one two three\n"}}));
  l.client.change(10, json::array({LspClient::edit(0, 0, 0, 0, "zero ")}));
  EXPECT_EQ(l.client.other().next("textDocument/didChange")["params"]["textDocument"]["version"], 10);
  const int id = l.client.send_request("textDocument/completion", place(0, 0));
  l.client.other().answer(l.client.other().next("textDocument/completion"), 5);
  EXPECT_EQ(l.client.result(id), 5);
}

TEST(WithDeath, ItComesBackWithTheNotebooksAsTheyAre) {
  const json theirs = {{"textDocumentSync", 2}, {"notebookDocumentSync", {{"notebookSelector", json::array()}}}};
  const auto cell = [](const char* uri) { return json{{"kind", 2}, {"document", uri}}; };
  const auto item = [](const char* uri, int version, const char* text) {
    return json{{"uri", uri}, {"languageId", "python"}, {"version", version}, {"text", text}};
  };
  const auto change = [](int version, const json& cells) {
    return json{{"notebookDocument", {{"uri", "file:///w/b.ipynb"}, {"version", version}}},
                {"change", {{"cells", cells}}}};
  };
  WithClient client;
  client.initialize(theirs);
  const json book = {{"uri", "file:///w/b.ipynb"}, {"notebookType", "jupyter-notebook"}, {"version", 1}};
  json opened = book;
  opened["cells"] = json::array({cell("c:1"), cell("c:2")});
  client.notify("notebookDocument/didOpen",
                {{"notebookDocument", opened}, {"cellTextDocuments", {item("c:1", 1, "one"), item("c:2", 1, "two")}}});
  client.notify("notebookDocument/didOpen",
                {{"notebookDocument", {{"uri", "file:///w/closed.ipynb"}, {"cells", json::array()}}},
                 {"cellTextDocuments", json::array()}});
  client.notify("notebookDocument/didClose",
                {{"notebookDocument", {{"uri", "file:///w/closed.ipynb"}}}, {"cellTextDocuments", json::array()}});
  const json three = {{"array", {{"start", 0}, {"deleteCount", 1}, {"cells", {cell("c:3")}}}},
                      {"didOpen", {item("c:3", 1, "three\n")}},
                      {"didClose", {{{"uri", "c:1"}}}}};
  client.notify("notebookDocument/didChange", change(2, {{"structure", three}}));
  client.other().die();
  const json typed = {{"document", {{"uri", "c:2"}, {"version", 4}}},
                      {"changes", {LspClient::edit(0, 0, 0, 1, "T"), LspClient::edit(0, 3, 0, 3, "!")}}};
  json run = cell("c:3");
  run["executionSummary"] = {{"executionOrder", 1}};
  client.notify("notebookDocument/didChange", change(3, {{"textContent", {typed}}, {"data", {run}}}));
  client.host.advance(kFirstRest);
  client.other().answer(client.other().next("initialize"), {{"capabilities", theirs}});

  json now = book;
  now["version"] = 3;
  now["cells"] = json::array({run, cell("c:2")});
  EXPECT_EQ(
      client.other().next("notebookDocument/didOpen")["params"],
      json({{"notebookDocument", now}, {"cellTextDocuments", {item("c:3", 1, "three\n"), item("c:2", 4, "Two!")}}}));
  EXPECT_FALSE(client.other().got("notebookDocument/didOpen"));
}

TEST(WithDeath, WhoDoesNotReadIsStartedAgainWithTheDocumentsAsTheyAre) {
  Living l;
  l.client.other().waiting = kMostWaiting;
  l.client.change(8, json::array({LspClient::edit(0, 0, 0, 0, "a ")}));
  EXPECT_TRUE(l.client.other().alive());
  l.client.other().waiting = kMostWaiting + 1;
  const int id = l.client.send_request("textDocument/completion", place(0, 0));
  l.client.host.advance(milliseconds(0));
  EXPECT_EQ(l.client.response(id)["error"]["message"], "other has left 64 MiB of messages unread before it answered");
  EXPECT_EQ(l.client.next("window/logMessage")["params"]["message"],
            "other has left 64 MiB of messages unread; it is started again in 1 s (1 of 5)");
  l.client.change(9, json::array({LspClient::edit(0, 0, 0, 0, "b ")}));
  l.client.host.advance(kFirstRest);
  l.come_back();
  EXPECT_EQ(l.client.other().next("textDocument/didOpen")["params"]["textDocument"]["text"], "b a one two\n");
}

TEST(WithDeath, WordsFromAnEarlierLifeAreIgnored) {
  Living l;
  const Link::Events before = l.client.other().events;
  l.client.other().die();
  l.client.host.advance(kFirstRest);
  before.on_message(protocol::parse_message(R"({"jsonrpc":"2.0","method":"window/logMessage","params":{"x":1}})"));
  before.on_end("exited again");
  l.client.host.drain();
  EXPECT_TRUE(l.client.other().alive());
  while (l.client.got("window/logMessage")) EXPECT_FALSE(l.client.next("window/logMessage")["params"].contains("x"));
}

TEST(WithDeath, NothingOfItStaysWithTheClient) {
  Living l;
  Fake& other = l.client.other();
  other.call(1, "client/registerCapability",
             {{"registrations", json::array({{{"id", "w"}, {"method", "workspace/didChangeWatchedFiles"}}})}});
  other.call(2, "window/workDoneProgress/create", {{"token", 1}});
  other.notify("$/progress", {{"token", 1}, {"value", {{"kind", "begin"}, {"title", "x"}}}});
  const json registration = l.client.next("client/registerCapability");
  const json token = l.client.next("$/progress")["params"]["token"];
  other.die();
  EXPECT_EQ(l.client.next("client/unregisterCapability")["params"]["unregisterations"][0]["id"],
            registration["params"]["registrations"][0]["id"]);
  EXPECT_EQ(l.client.next("$/progress")["params"], json({{"token", token}, {"value", {{"kind", "end"}}}}));
  EXPECT_EQ(l.client.next("$/cancelRequest")["params"]["id"], registration["id"]);
  l.client.host.advance(kFirstRest);
  l.come_back();
  l.client.send({{"id", registration["id"]}, {"result", nullptr}});  // to its earlier life
  for (const json& message : other.inbox) EXPECT_TRUE(message.contains("method")) << message;
}

TEST(WithDeath, TheRestGetsLongerAndThenItIsGivenUp) {
  Living l;
  for (int times = 1; times <= kRestarts; ++times) {
    l.client.other().die();
    const auto rest = kFirstRest * (1 << (times - 1));
    l.client.host.advance(rest - milliseconds(1));
    EXPECT_EQ(l.client.other().starts, times);
    l.client.host.advance(milliseconds(1));
    EXPECT_EQ(l.client.other().starts, times + 1);
    l.come_back();
  }
  l.client.other().events.on_line("out of memory");
  l.client.other().die();
  EXPECT_EQ(l.client.next("window/showMessage")["params"]["message"],
            "awaitd: other exited with code 3 6 times. awaitd works without it; it said: out of memory");
  l.client.host.advance(std::chrono::hours(1));
  EXPECT_EQ(l.client.other().starts, kRestarts + 1);
}

TEST(WithDeath, WhoRanWellStartsCountingAnew) {
  Living l;
  for (int times = 0; times < 3 * kRestarts; ++times) {
    l.client.host.advance(kSteady);
    l.client.other().die();
    l.client.host.advance(kFirstRest);
    EXPECT_EQ(l.client.other().starts, times + 2);
    l.come_back();
  }
}

TEST(WithDeath, BeforeItsFirstAnswerTheClientDoesNotWait) {
  WithClient client;
  const int id = client.send_request("initialize", {{"capabilities", client.capabilities}});
  client.other().die();
  EXPECT_EQ(client.result(id)["serverInfo"]["name"], "awaitd");
}

TEST(WithDeath, WhoDiesAtTheStartFindsColumnsItKnowsLater) {
  WithClient client(offering({"utf-8", "utf-16"}));
  const int id = client.send_request("initialize", {{"capabilities", client.capabilities}});
  client.other().die();
  EXPECT_EQ(client.result(id)["capabilities"]["positionEncoding"], "utf-16");
}

TEST(WithEnd, ShutdownAndExitReachEverybody) {
  Living l;
  const int id = l.client.send_request("shutdown");
  EXPECT_FALSE(l.client.answered(id));
  l.client.other().answer(l.client.other().next("shutdown"), nullptr);
  EXPECT_TRUE(l.client.response(id)["result"].is_null());
  EXPECT_EQ(l.client.response(l.client.send_request("textDocument/hover"))["error"]["code"], -32600);
  l.client.notify("exit");
  EXPECT_TRUE(l.client.other().got("exit"));
  EXPECT_FALSE(l.client.other().alive());
  EXPECT_EQ(l.client.host.exit_code, 0);
}

TEST(WithEnd, ASlowOneIsNotWaitedForLong) {
  Living l;
  const int id = l.client.send_request("shutdown");
  l.client.host.advance(kShutdownWait);
  EXPECT_TRUE(l.client.response(id)["result"].is_null());
  l.client.other().die();  // now it may, and is not started again
  l.client.host.advance(std::chrono::hours(1));
  EXPECT_EQ(l.client.other().starts, 1);
  l.client.notify("exit");
  EXPECT_EQ(l.client.host.exit_code, 0);
}

TEST(WithEnd, WithoutShutdownTheOthersAreToldAllTheSame) {
  Living gone;
  gone.client.session.input_ended();
  EXPECT_TRUE(gone.client.other().got("shutdown"));
  EXPECT_TRUE(gone.client.other().got("exit"));
  EXPECT_FALSE(gone.client.other().alive());
  EXPECT_EQ(gone.client.host.exit_code, 1);

  WithClient starting;
  starting.send_request("initialize", {{"capabilities", starting.capabilities}});
  starting.notify("exit");
  EXPECT_FALSE(starting.other().alive());
  EXPECT_EQ(starting.host.exit_code, 1);
}

TEST(WithFolders, ALaterStartKnowsTheFoldersAsTheyAre) {
  WithClient client;
  client.params = {{"workspaceFolders", json::array({{{"uri", "file:///a"}, {"name", "a"}}})}};
  client.initialize({{"textDocumentSync", 2}});
  client.notify("workspace/didChangeWorkspaceFolders",
                {{"event",
                  {{"removed", json::array({{{"uri", "file:///a"}, {"name", "a"}}})},
                   {"added", json::array({{{"uri", "file:///b"}, {"name", "b"}}})}}}});
  client.other().die();
  client.host.advance(kFirstRest);
  EXPECT_EQ(client.other().next("initialize")["params"]["workspaceFolders"],
            json::array({{{"uri", "file:///b"}, {"name", "b"}}}));
}

}  // namespace
}  // namespace awaitd::server::with
