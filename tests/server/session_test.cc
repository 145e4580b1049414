// The life cycle, and what is answered when.
#include <gtest/gtest.h>
#include <unistd.h>

#include "lsp_client.h"
#include "manual_executor.h"

namespace awaitd::server {
namespace {

int code_of(const json& response) { return response.value("error", json::object()).value("code", 0); }

TEST(Lifecycle, RequestsBeforeInitializeAreRefused) {
  LspClient client;
  EXPECT_EQ(code_of(client.request("textDocument/hover", LspClient::place("file:///a.py", 0, 0))), -32002);
  EXPECT_EQ(code_of(client.request("shutdown")), -32002);
  client.open("file:///a.py", "");  // dropped
  EXPECT_FALSE(client.unread());
  EXPECT_FALSE(client.initialize().is_null());
}

TEST(Lifecycle, InitializeTellsWhatTheServerCanDo) {
  LspClient client;
  const json result = client.initialize();
  EXPECT_EQ(result["serverInfo"]["name"], "awaitd");
  EXPECT_TRUE(result["serverInfo"]["version"].is_string());
  const json& can = result["capabilities"];
  EXPECT_EQ(can["textDocumentSync"]["change"], 2);
  EXPECT_EQ(can["textDocumentSync"]["openClose"], true);
  EXPECT_TRUE(can["textDocumentSync"].contains("save"));
  EXPECT_EQ(can["hoverProvider"], true);
  EXPECT_EQ(can["codeActionProvider"]["codeActionKinds"], json::array({"quickfix", "source.fixAll.awaitd"}));
  EXPECT_EQ(can["codeActionProvider"]["resolveProvider"], true);
  EXPECT_EQ(can["positionEncoding"], "utf-16");
}

TEST(Lifecycle, ASecondInitializeIsRefused) {
  LspClient client;
  client.initialize();
  EXPECT_EQ(code_of(client.request("initialize", {{"capabilities", json::object()}})), -32600);
}

TEST(Lifecycle, ExitAfterShutdownIsZero) {
  for (const json& params : {json(), json::object()}) {
    LspClient client;
    client.initialize();
    EXPECT_TRUE(client.request("shutdown", params).contains("result"));
    EXPECT_FALSE(client.host.exit_code);  // shutdown alone does not end the server
    EXPECT_EQ(code_of(client.request("textDocument/hover", LspClient::place("file:///a.py", 0, 0))), -32600);
    client.notify("exit", params);
    EXPECT_EQ(client.host.exit_code, 0);
  }
}

TEST(Lifecycle, ExitWithoutShutdownIsOne) {
  LspClient client;
  client.initialize();
  client.notify("exit");
  EXPECT_EQ(client.host.exit_code, 1);
}

TEST(Lifecycle, ExitBeforeInitializeIsOne) {
  LspClient client;
  client.notify("exit");
  EXPECT_EQ(client.host.exit_code, 1);
}

TEST(Lifecycle, TheEndOfTheInputEndsTheServer) {
  LspClient killed;
  killed.initialize();
  killed.session.input_ended();
  EXPECT_EQ(killed.host.exit_code, 1);

  LspClient proper;  // VS Code, window closed: shutdown, then no exit
  proper.initialize();
  proper.request("shutdown");
  proper.session.input_ended();
  EXPECT_EQ(proper.host.exit_code, 0);
}

TEST(Lifecycle, TheClientsProcessIsWatchedOnlyWhereItIsVisible) {
  const auto timers_with = [](const json& process_id) {
    LspClient client;
    client.initialize_with({{"processId", process_id}, {"capabilities", full_capabilities()}});
    return client.host.timers();
  };
  EXPECT_EQ(timers_with(nullptr), 0U);
  EXPECT_EQ(timers_with(2147483646), 0U);  // another container's
  EXPECT_EQ(timers_with(-1), 0U);          // kill(-1) would reach everybody
  EXPECT_EQ(timers_with(::getpid()), 1U);
}

TEST(Lifecycle, AClientProcessThatIsGoneEndsTheServer) {
  int pipe_ends[2];
  ASSERT_EQ(::pipe(pipe_ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(pipe_ends[1]);
    char byte;
    ::_exit(::read(pipe_ends[0], &byte, 1) < 0);
  }
  LspClient client;
  client.initialize_with({{"processId", child}, {"capabilities", full_capabilities()}});
  client.host.advance(kWatchParentEvery);
  EXPECT_FALSE(client.host.exit_code);
  ::close(pipe_ends[1]);
  ::close(pipe_ends[0]);
  int status;
  ::waitpid(child, &status, 0);
  client.host.advance(kWatchParentEvery);
  EXPECT_EQ(client.host.exit_code, 1);
}

TEST(Requests, UnknownOnesAreAnsweredAndUnknownNotificationsAreNot) {
  LspClient client;
  client.initialize();
  EXPECT_EQ(code_of(client.request("textDocument/rename", json::object())), -32601);
  EXPECT_EQ(code_of(client.request("$/unknown", json::object())), -32601);
  client.notify("$/unknown", json::object());
  client.notify("workspace/didRenameFiles", json::object());
  client.notify("$/cancelRequest", {{"id", 77}});
  EXPECT_FALSE(client.unread());
}

TEST(Requests, IdsKeepTheirType) {
  LspClient client;
  client.initialize();
  client.send({{"jsonrpc", "2.0"},
               {"id", "zero"},
               {"method", "textDocument/hover"},
               {"params", LspClient::place("file:///none.py", 0, 0)}});
  ASSERT_EQ(client.host.sent.size(), 1U);
  EXPECT_EQ(json::parse(client.host.sent.front())["id"], "zero");
  client.host.sent.clear();
}

TEST(Requests, WrongParamsNameTheField) {
  LspClient client;
  client.initialize();
  const json response = client.request("textDocument/hover", {{"textDocument", {{"uri", 3}}}});
  EXPECT_EQ(code_of(response), -32602);
  EXPECT_NE(response["error"]["message"].get<std::string>().find("textDocument.uri"), std::string::npos);
}

TEST(Guest, DoesNothingCostlyBeforeAPythonFileIsOpen) {
  ManualExecutor executor;
  LspClient client({.capabilities = pulling_capabilities(), .root_uri = "file:///nonexistent", .executor = &executor});
  client.initialize();
  client.notify("textDocument/didOpen", {{"textDocument",
                                          {{"uri", "file:///nonexistent/a.js"},
                                           {"languageId", "javascript"},
                                           {"version", 1},
                                           {"text", "async function f() {}"}}}});
  EXPECT_TRUE(executor.jobs.empty());
  EXPECT_EQ(client.host.timers(), 0U);
  EXPECT_FALSE(client.unread());
}

TEST(Trace, MessagesAndTimings) {
  LspClient client;
  client.initialize();
  client.notify("$/setTrace", {{"value", "messages"}});
  EXPECT_NE(client.next("$/logTrace")["params"]["message"].get<std::string>().find("$/setTrace"), std::string::npos);
  client.notify("$/setTrace", {{"value", "verbose"}});
  const json verbose = client.next("$/logTrace");
  EXPECT_TRUE(verbose["params"].contains("verbose"));
  client.notify("$/setTrace", {{"value", "off"}});
  EXPECT_FALSE(client.unread());
}

}  // namespace
}  // namespace awaitd::server
