#include "protocol/message.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

namespace awaitd::protocol {
namespace {

RequestId number(std::int64_t value) { return RequestId{value}; }
RequestId text(std::string value) { return RequestId{std::move(value)}; }

TEST(MessageParse, Requests) {
  const auto parse = [](const char* body) { return std::get<Request>(parse_message(body)); };
  EXPECT_EQ(parse(R"({"jsonrpc":"2.0","id":0,"method":"shutdown"})").id, number(0));
  EXPECT_TRUE(parse(R"({"jsonrpc":"2.0","id":0,"method":"shutdown"})").params.is_null());
  EXPECT_TRUE(parse(R"({"id":1,"method":"shutdown","params":null,"jsonrpc":"2.0"})").params.is_null());
  EXPECT_EQ(parse(R"({"jsonrpc":"2.0","id":"a","method":"m","params":[]})").id, text("a"));
  EXPECT_EQ(parse(R"({"jsonrpc":"2.0","id":"","method":"m"})").id, text(""));
  EXPECT_EQ(parse(R"({"jsonrpc":"2.0","id":-3,"method":"m"})").id, number(-3));
  EXPECT_EQ(parse(R"({"jsonrpc":"2.0","id":4.0,"method":"m"})").id, number(4));
  EXPECT_EQ(parse(R"({"jsonrpc":"2.0","id":9223372036854775807,"method":"m"})").id, number(INT64_MAX));
  EXPECT_EQ(parse(R"({"id":1,"method":"textDocument\/hover","params":{"a":[1]}})").method, "textDocument/hover");
  EXPECT_EQ(parse(R"({"id":1,"method":"m","params":{"a":[1]}})").params.get()["a"][0], 1);
}

TEST(MessageParse, NotificationsAndResponses) {
  EXPECT_EQ(std::get<Notification>(parse_message(R"({"jsonrpc":"2.0","method":"exit","params":null})")).method, "exit");
  const auto ok = std::get<Response>(parse_message(R"({"jsonrpc":"2.0","id":"x1","result":[[]]})"));
  EXPECT_EQ(ok.id, text("x1"));
  EXPECT_EQ(ok.result.get(), Json::parse("[[]]"));
  EXPECT_FALSE(ok.error);
  EXPECT_TRUE(std::get<Response>(parse_message(R"({"id":2,"result":null})")).result.is_null());
  const auto bad =
      std::get<Response>(parse_message(R"({"id":2,"error":{"code":-32801,"message":"late","data":{"a":1}}})"));
  ASSERT_TRUE(bad.error);
  EXPECT_EQ(bad.error->code, ErrorCode::ContentModified);
  EXPECT_EQ(bad.error->message, "late");
  EXPECT_EQ(bad.error->data.text, "{\"a\":1}");
  EXPECT_EQ(std::get<Response>(parse_message(R"({"id":2,"error":"no"})")).error->code, ErrorCode::UnknownErrorCode);
  EXPECT_EQ(std::get<Response>(parse_message(R"({"id":null,"error":{"code":-32700,"message":""}})")).id, RequestId{});
}

TEST(MessageParse, Malformed) {
  const struct {
    const char* body;
    ErrorCode code;
    RequestId id;
  } cases[] = {
      {"", ErrorCode::ParseError, {}},
      {"{\"id\":1,", ErrorCode::ParseError, {}},
      {"[]", ErrorCode::InvalidRequest, {}},
      {R"([{"id":1,"method":"m"}])", ErrorCode::InvalidRequest, {}},
      {"7", ErrorCode::InvalidRequest, {}},
      {"{}", ErrorCode::InvalidRequest, {}},
      {R"({"id":5})", ErrorCode::InvalidRequest, number(5)},
      {R"({"id":5,"method":7})", ErrorCode::InvalidRequest, number(5)},
      {R"({"id":"s","method":"m","params":3})", ErrorCode::InvalidRequest, text("s")},
      {R"({"id":5,"method":"m","params":"x"})", ErrorCode::InvalidRequest, number(5)},
      {R"({"id":5,"method":"m","jsonrpc":"1.0"})", ErrorCode::InvalidRequest, number(5)},
      {R"({"id":null,"method":"m"})", ErrorCode::InvalidRequest, {}},
      {R"({"id":1.5,"method":"m"})", ErrorCode::InvalidRequest, {}},
      {R"({"id":{},"method":"m"})", ErrorCode::InvalidRequest, {}},
      {R"({"id":true,"method":"m"})", ErrorCode::InvalidRequest, {}},
      {R"({"id":18446744073709551615,"method":"m"})", ErrorCode::InvalidRequest, {}},
      {R"({"result":1})", ErrorCode::InvalidRequest, {}},
  };
  for (const auto& c : cases) {
    const Message message = parse_message(c.body);
    ASSERT_TRUE(std::holds_alternative<Malformed>(message)) << c.body;
    EXPECT_EQ(std::get<Malformed>(message).error.code, c.code) << c.body;
    EXPECT_EQ(std::get<Malformed>(message).id, c.id) << c.body;
    EXPECT_FALSE(std::get<Malformed>(message).error.message.empty());
  }
}

TEST(MessageParse, TooDeepIsAnErrorNotACrash) {
  const std::string body =
      R"({"id":1,"method":"m","params":)" + std::string(200'000, '[') + std::string(200'000, ']') + "}";
  const Message message = parse_message(body);
  EXPECT_EQ(std::get<Malformed>(message).error.code, ErrorCode::ParseError);
}

TEST(MessageProperty, AnyBodyBecomesSomeMessage) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const std::string good =
      R"({"jsonrpc":"2.0","id":"a\ud83d\ude00","method":"m","params":{"x":[1,-2.5e3,null,"\u0000"]}})";
  int requests = 0;
  for (int round = 0; round < 5000; ++round) {
    std::string body = good;
    for (std::size_t n = random() % 4; n > 0; --n) {
      const std::size_t at = random() % body.size();
      switch (random() % 3) {
        case 0:
          body[at] = static_cast<char>(random() % 256);
          break;
        case 1:
          body.erase(at, 1 + random() % 8);
          break;
        default:
          body.insert(at, 1, "{}[]\",:\\u0e-\xff"[random() % 13]);
      }
      if (body.empty()) break;
    }
    const Message message = parse_message(body);
    if (const auto* bad = std::get_if<Malformed>(&message)) {
      ASSERT_TRUE(Json::accept(error_text(bad->id, bad->error))) << testing::PrintToString(body);
    } else if (const auto* request = std::get_if<Request>(&message)) {
      ASSERT_TRUE(Json::accept(result_text(request->id, dump_json(request->params)))) << testing::PrintToString(body);
      ++requests;
    }
  }
  EXPECT_GT(requests, 1000);  // a quarter is unchanged
}

TEST(MessageText, RoundTrips) {
  EXPECT_EQ(request_text(number(0), "m", "{\"a\":1}"), R"({"jsonrpc":"2.0","id":0,"method":"m","params":{"a":1}})");
  EXPECT_EQ(notification_text("n", ""), R"({"jsonrpc":"2.0","method":"n"})");
  EXPECT_EQ(result_text(text("q\"\n"), "null"), R"({"jsonrpc":"2.0","id":"q\"\n","result":null})");
  EXPECT_EQ(error_text({}, {ErrorCode::ParseError, "x\xff", {}}),
            "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,\"message\":\"x\uFFFD\"}}");
  const ResponseError retry{ErrorCode::ServerCancelled, "busy", {R"({"retriggerRequest":true})"}};
  EXPECT_EQ(Json::parse(error_text(number(3), retry))["error"]["data"]["retriggerRequest"], true);
  EXPECT_EQ(std::get<Request>(parse_message(request_text(text("7"), "m", "[]"))).id, text("7"));
}

}  // namespace
}  // namespace awaitd::protocol
