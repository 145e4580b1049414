#include "protocol/dispatcher.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>

#include "protocol/lsp.h"

namespace awaitd::protocol {
namespace {

// A session with one table of handlers, as the server's.
class Session {
 public:
  Session() : dispatcher_(hooks()) {
    dispatcher_.request("textDocument/hover", this, &Session::on_hover);
    dispatcher_.request("keep", this, &Session::on_keep);
    dispatcher_.request("forget", this, &Session::on_forget);
    dispatcher_.request("throw", this, &Session::on_throw);
    dispatcher_.request("twice", this, &Session::on_twice);
    dispatcher_.notification("textDocument/didClose", this, &Session::on_close);
    dispatcher_.notification("bad", this, &Session::on_bad);
  }

  void receive(std::string_view body) { dispatcher_.receive(parse_message(body)); }
  // The only message sent since the last call.
  Json sent() {
    EXPECT_EQ(sent_.size(), 1u) << testing::PrintToString(sent_);
    const Json json = sent_.empty() ? Json() : Json::parse(sent_.back());
    sent_.clear();
    return json;
  }
  int error(std::string_view body) {
    receive(body);
    return sent()["error"]["code"];
  }

  std::vector<std::string> sent_;
  std::vector<std::string> log_;
  std::vector<std::string> closed_;
  std::vector<ReplyOnce> kept_;
  bool initialized_ = true;
  Dispatcher dispatcher_;

 private:
  Dispatcher::Hooks hooks() {
    Dispatcher::Hooks hooks;
    hooks.send = [this](std::string body) { sent_.push_back(std::move(body)); };
    hooks.log = [this](std::string text) { log_.push_back(std::move(text)); };
    hooks.gate = [this](std::string_view method, bool) -> std::optional<ResponseError> {
      if (initialized_ || method == "initialize") return std::nullopt;
      return ResponseError{ErrorCode::ServerNotInitialized, "not initialized", {}};
    };
    return hooks;
  }
  void on_hover(const HoverParams& params, ReplyOnce reply) {
    Hover hover;
    hover.contents.value = params.text_document.uri;
    reply.result(hover);
  }
  void on_keep(const NoParams&, ReplyOnce reply) { kept_.push_back(std::move(reply)); }
  void on_forget(const NoParams&, ReplyOnce) {}
  void on_throw(const NoParams&, ReplyOnce) { throw std::runtime_error("oops"); }
  void on_twice(const NoParams&, ReplyOnce reply) {
    reply.result(1);
    reply.result(2);
    reply.error(ErrorCode::InternalError, "3");
  }
  void on_close(const DidCloseTextDocumentParams& params) { closed_.push_back(params.text_document.uri); }
  void on_bad(const NoParams&) { throw 7; }
};

TEST(Dispatcher, AnswersTypedRequests) {
  Session session;
  session.receive(
      R"({"jsonrpc":"2.0","id":0,"method":"textDocument/hover","params":{"textDocument":{"uri":"u"},"position":{"line":0,"character":1}}})");
  EXPECT_EQ(session.sent(),
            Json::parse(R"({"jsonrpc":"2.0","id":0,"result":{"contents":{"kind":"plaintext","value":"u"}}})"));
  EXPECT_EQ(session.dispatcher_.pending_requests(), 0u);
}

TEST(Dispatcher, EchoesTheTypeOfTheId) {
  Session session;
  session.receive(R"({"id":"7","method":"twice"})");
  EXPECT_EQ(session.sent()["id"], "7");
  session.receive(R"({"id":7,"method":"twice","params":[]})");
  EXPECT_EQ(session.sent()["id"], 7);
}

TEST(Dispatcher, ErrorsOfRequests) {
  Session session;
  EXPECT_EQ(session.error(R"({"id":1,"method":"nope"})"), -32601);
  EXPECT_EQ(session.error(R"({"id":1,"method":"$/nope"})"), -32601);
  EXPECT_EQ(session.error(R"({"id":1,"method":"forget"})"), -32603);
  EXPECT_EQ(session.error(R"({"id":1,"method":"throw"})"), -32603);
  EXPECT_EQ(session.log_.back(), "throw failed: oops");
  EXPECT_EQ(session.error("{"), -32700);
  EXPECT_EQ(session.error("[]"), -32600);
  session.receive(R"({"id":1,"method":"textDocument/hover","params":{"textDocument":{}}})");
  const Json invalid = session.sent();
  EXPECT_EQ(invalid["error"]["code"], -32602);
  EXPECT_EQ(invalid["error"]["message"], "params.textDocument.uri: missing");
}

TEST(Dispatcher, TheSecondAnswerIsDropped) {
  Session session;
  session.receive(R"({"id":1,"method":"twice"})");
  EXPECT_EQ(session.sent()["result"], 1);
  EXPECT_EQ(session.log_.size(), 2u);
}

TEST(Dispatcher, Notifications) {
  Session session;
  session.receive(R"({"method":"textDocument/didClose","params":{"textDocument":{"uri":"a"}}})");
  EXPECT_EQ(session.closed_, (std::vector<std::string>{"a"}));
  session.receive(R"({"method":"$/unknown"})");
  EXPECT_TRUE(session.log_.empty());
  session.receive(R"({"method":"unknown"})");
  session.receive(R"({"method":"textDocument/didClose","params":{}})");
  session.receive(R"({"method":"bad"})");
  EXPECT_EQ(session.log_.size(), 3u);
  EXPECT_TRUE(session.sent_.empty());
}

TEST(Dispatcher, GateRefuses) {
  Session session;
  session.initialized_ = false;
  EXPECT_EQ(session.error(R"({"id":1,"method":"textDocument/hover"})"), -32002);
  session.receive(R"({"method":"textDocument/didClose","params":{"textDocument":{"uri":"a"}}})");
  EXPECT_TRUE(session.closed_.empty());
  EXPECT_TRUE(session.sent_.empty());
}

TEST(Dispatcher, Cancellation) {
  Session session;
  session.receive(R"({"id":1,"method":"keep"})");
  session.receive(R"({"id":"1","method":"keep"})");
  EXPECT_EQ(session.dispatcher_.pending_requests(), 2u);
  EXPECT_FALSE(session.kept_[0].answered_as_cancelled());
  session.receive(R"({"method":"$/cancelRequest","params":{"id":1}})");
  EXPECT_TRUE(session.sent_.empty());  // the handler has not looked yet
  EXPECT_TRUE(session.kept_[0].cancel_flag().set());
  EXPECT_FALSE(session.kept_[1].cancel_flag().set());
  EXPECT_TRUE(session.kept_[0].answered_as_cancelled());
  EXPECT_EQ(session.sent()["error"]["code"], -32800);
  EXPECT_TRUE(session.kept_[0].answered_as_cancelled());
  session.kept_[0].result(1);
  EXPECT_TRUE(session.sent_.empty());
  session.receive(R"({"method":"$/cancelRequest","params":{"id":1}})");   // finished: ignored
  session.receive(R"({"method":"$/cancelRequest","params":{"id":[]}})");  // no id
  session.receive(R"({"method":"$/cancelRequest"})");
  EXPECT_FALSE(session.kept_[1].cancel_flag().set());
  session.kept_[1].result("late");
  EXPECT_EQ(session.sent()["result"], "late");
  EXPECT_EQ(session.dispatcher_.pending_requests(), 0u);
}

TEST(Dispatcher, CancelFlagIsReadableOnAnotherThread) {
  Session session;
  session.receive(R"({"id":1,"method":"keep"})");
  bool seen = false;
  std::thread worker([flag = session.kept_[0].cancel_flag(), &seen] {
    while (!flag.set()) std::this_thread::yield();
    seen = true;
  });
  session.receive(R"({"method":"$/cancelRequest","params":{"id":1}})");
  worker.join();
  EXPECT_TRUE(seen);
  session.kept_.clear();
  EXPECT_EQ(session.sent()["error"]["code"], -32603);
}

TEST(Dispatcher, ARunningIdIsNotReused) {
  Session session;
  session.receive(R"({"id":1,"method":"keep"})");
  EXPECT_EQ(session.error(R"({"id":1,"method":"keep"})"), -32600);
  session.kept_[0].result(true);
  EXPECT_EQ(session.sent()["result"], true);
}

TEST(Dispatcher, RepliesMayOutliveIt) {
  std::vector<ReplyOnce> kept;
  {
    Session session;
    session.receive(R"({"id":1,"method":"keep"})");
    kept = std::move(session.kept_);
  }
  kept[0].result(1);  // and the destructor: silent
}

TEST(Dispatcher, OutgoingRequests) {
  Session session;
  std::vector<std::string> answers;
  const auto note = [&](const Response& response) {
    answers.push_back(response.error ? response.error->message : dump_json(response.result));
  };
  EXPECT_TRUE(
      session.dispatcher_.call("workspace/configuration", ConfigurationParams{{{std::nullopt, "awaitd"}}}, note));
  const Json first = session.sent();
  EXPECT_EQ(first["params"], Json::parse(R"({"items":[{"section":"awaitd"}]})"));
  EXPECT_TRUE(session.dispatcher_.call_json("b", "", note));
  const Json second = session.sent();
  EXPECT_FALSE(second.contains("params"));
  EXPECT_NE(first["id"], second["id"]);
  session.receive(Json{{"id", second["id"]}, {"error", {{"code", -1}, {"message", "no"}}}}.dump());
  session.receive(Json{{"id", first["id"]}, {"result", {{{"x", 1}}}}}.dump());
  session.receive(Json{{"id", first["id"]}, {"result", 0}}.dump());  // again: ignored
  session.receive(R"({"id":99,"result":0})");
  EXPECT_EQ(answers, (std::vector<std::string>{"no", "[{\"x\":1}]"}));
  EXPECT_EQ(session.log_.size(), 2u);
  EXPECT_TRUE(session.sent_.empty());
}

TEST(Dispatcher, OutgoingRequestsAreBounded) {
  Session session;
  for (std::size_t i = 0; i < Dispatcher::max_outgoing; ++i) {
    EXPECT_TRUE(session.dispatcher_.call("m", NoParams{}, [](const Response&) {}));
  }
  EXPECT_FALSE(session.dispatcher_.call("m", NoParams{}, [](const Response&) {}));
  EXPECT_EQ(session.sent_.size(), Dispatcher::max_outgoing);
  session.receive(R"({"id":1,"result":null})");
  EXPECT_TRUE(session.dispatcher_.call("m", NoParams{}, [](const Response&) { throw std::runtime_error("x"); }));
  session.receive(Json{{"id", Dispatcher::max_outgoing + 1}, {"result", nullptr}}.dump());
  EXPECT_EQ(session.log_.back(), "handling an answer failed: x");
}

TEST(Dispatcher, Notify) {
  Session session;
  session.dispatcher_.notify("window/logMessage", LogMessageParams{MessageType::Log, "hi"});
  EXPECT_EQ(session.sent(),
            Json::parse(R"({"jsonrpc":"2.0","method":"window/logMessage","params":{"type":4,"message":"hi"}})"));
}

}  // namespace
}  // namespace awaitd::protocol
