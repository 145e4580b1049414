#include "protocol/json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "protocol/json_reader.h"
#include "protocol/json_writer.h"

namespace awaitd::protocol {
namespace {

TEST(JsonParse, GivesTheSameTreeAsNlohmann) {
  for (const char* text : {R"({"a":[1,-2,3.5,true,null,"x\u00fc\ud83d\ude00"],"b":{"c":{}},"a2":[[],[[]],{}]})", "[]",
                           "0", "\"\"", " {\"\\/x\" : 18446744073709551615 , \"dup\":1, \"dup\":{\"y\":2}} "}) {
    const auto parsed = parse_json(text);
    ASSERT_TRUE(parsed) << text << parsed.error();
    EXPECT_EQ(parsed->get(), Json::parse(text)) << text;
  }
}

TEST(JsonParse, RefusesWhatIsNoJson) {
  for (const char* text :
       {"", "{", "{\"a\":}", "[1,]", "nul", "{} {}", "'a'", "\"\n\"", "1e999", "\xff", "{\"a\":\"\\uD8\"}"}) {
    const auto parsed = parse_json(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_NE(parsed.error().find("not JSON"), std::string::npos) << parsed.error();
  }
}

TEST(JsonParse, CapsDepth) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(parse_json(nested(128)));
  const auto refused = parse_json(nested(129));
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().find("128"), std::string::npos) << refused.error();
  EXPECT_FALSE(parse_json(std::string(1'000'000, '[')));
  std::string objects;
  for (int i = 0; i < 200'000; ++i) objects += "{\"a\":";
  EXPECT_FALSE(parse_json(objects));
}

TEST(JsonParse, CapsTheNumberOfValues) {
  JsonLimits limits;
  limits.values = 5;
  EXPECT_TRUE(parse_json("[1,2,3,4]", limits));
  EXPECT_FALSE(parse_json("[1,2,3,4,5]", limits));
}

TEST(JsonParse, RepairsLoneSurrogatesAndBrokenUtf8) {
  const auto lone = parse_json(R"({"t":"a\ud800b\udc00\uD83D\uDE00\\ud800"})");
  ASSERT_TRUE(lone) << lone.error();
  EXPECT_EQ(lone->get()["t"], "a\uFFFDb\uFFFD\U0001F600\\ud800");
  const auto bytes = parse_json("{\"t\":\"\xff\xc3\xbc\xe2\x82\"}");
  ASSERT_TRUE(bytes) << bytes.error();
  EXPECT_EQ(bytes->get()["t"], "\uFFFD\u00fc\uFFFD\uFFFD");
}

TEST(JsonDump, ReplacesInvalidUtf8) {
  EXPECT_EQ(dump_json(Json("a\xffz")), "\"a\uFFFDz\"");
  EXPECT_EQ(dump_json(JsonValue()), "null");
}

TEST(JsonValueType, CopiesDeeply) {
  JsonValue a(Json{{"x", 1}});
  JsonValue b = a;
  b.get()["x"] = 2;
  EXPECT_EQ(a.get()["x"], 1);
  a = b;
  EXPECT_EQ(a.get()["x"], 2);
  EXPECT_TRUE(JsonValue().is_null());
}

TEST(JsonWriterStrings, EscapesEveryControlCharacter) {
  for (int c = 0; c < 0x80; ++c) {
    const std::string text{'a', static_cast<char>(c), 'b'};
    EXPECT_EQ(Json::parse(to_json_text(text)), text) << c;
  }
  EXPECT_EQ(to_json_text(std::string("\"\\\n\r\t\x01\x1f\x7f/")), "\"\\\"\\\\\\n\\r\\t\\u0001\\u001f\x7f/\"");
}

TEST(JsonWriterStrings, ReplacesInvalidUtf8ByteByByte) {
  EXPECT_EQ(to_json_text(std::string("a\xff\xfe")), "\"a\uFFFD\uFFFD\"");
  EXPECT_EQ(to_json_text(std::string("\xed\xa0\x80")), "\"\uFFFD\uFFFD\uFFFD\"");            // a surrogate
  EXPECT_EQ(to_json_text(std::string("\xc0\xaf")), "\"\uFFFD\uFFFD\"");                      // overlong
  EXPECT_EQ(to_json_text(std::string("\xf4\x90\x80\x80")), "\"\uFFFD\uFFFD\uFFFD\uFFFD\"");  // > U+10FFFF
  EXPECT_EQ(to_json_text(std::string("\xf0\x9f\x98")), "\"\uFFFD\uFFFD\uFFFD\"");            // cut
  EXPECT_EQ(to_json_text(std::string("\xf0\x9f\x98\x80\xc3\xbc")), "\"\U0001F600\u00fc\"");
}

TEST(JsonWriterProperty, RandomBytesAlwaysParse) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 3000; ++round) {
    std::string bytes;
    for (std::size_t n = random() % 30; n > 0; --n) {
      bytes +=
          static_cast<char>(random() % 2 ? random() % 256 : "\xf0\x9f\x98\x80\xe2\x82\xac\xc3\xbc\"\\"[random() % 11]);
    }
    const std::string text = to_json_text(bytes);
    const Json json = Json::parse(text, nullptr, false);
    ASSERT_TRUE(json.is_string()) << testing::PrintToString(bytes);
    // Where all is valid UTF-8, nothing changes.
    bool valid = true;
    try {
      (void)Json(bytes).dump();
    } catch (const Json::exception&) {
      valid = false;
    }
    if (valid) {
      ASSERT_EQ(json.get<std::string>(), bytes);
    }
  }
}

TEST(JsonWriterTree, PlacesCommas) {
  std::string out;
  JsonWriter writer(out);
  writer.begin_object();
  writer.field("a", std::vector<std::string>{"x", "y"});
  writer.field("none", std::optional<int>());
  writer.field("n", std::optional<int>(-7));
  writer.key("o");
  writer.begin_object();
  writer.end_object();
  writer.field("m", std::map<std::string, bool>{{"k\"", true}, {"l", false}});
  writer.field("r", RawJson{"[1]"});
  writer.field("z", nullptr);
  writer.end_object();
  EXPECT_EQ(out, R"({"a":["x","y"],"n":-7,"o":{},"m":{"k\"":true,"l":false},"r":[1],"z":null})");
  EXPECT_EQ(to_json_text(std::int64_t{INT64_MIN}), "-9223372036854775808");
}

struct Sample {
  std::string name;
  std::vector<std::uint32_t> numbers;
  std::optional<bool> flag;
};
void read(const Reader& reader, Sample& out) {
  reader.required("name", out.name);
  reader.optional("numbers", out.numbers);
  reader.optional("flag", out.flag);
}

std::string problem(const char* text) {
  const auto read = read_json<Sample>(Json::parse(text));
  return read ? "" : read.error();
}

TEST(JsonReader, SaysWhereItFailed) {
  EXPECT_EQ(problem(R"({"name":"x"})"), "");
  EXPECT_EQ(problem(R"({"name":"x","numbers":null,"flag":null})"), "");
  EXPECT_EQ(problem("{}"), "params.name: missing");
  EXPECT_EQ(problem("[]"), "params.name: missing");
  EXPECT_EQ(problem("null"), "params.name: missing");
  EXPECT_EQ(problem("[1]"), "params: expected an object");
  EXPECT_EQ(problem("7"), "params: expected an object");
  EXPECT_EQ(problem(R"({"name":1})"), "params.name: expected a string");
  EXPECT_EQ(problem(R"({"name":"x","numbers":[1,"2"]})"), "params.numbers[1]: expected an integer");
  EXPECT_EQ(problem(R"({"name":"x","numbers":{}})"), "params.numbers: expected an array");
  EXPECT_EQ(problem(R"({"name":"x","numbers":[1.5]})"), "params.numbers[0]: expected an integer");
  EXPECT_EQ(problem(R"({"name":"x","flag":0})"), "params.flag: expected true or false");
}

TEST(JsonReader, ClampsIntegers) {
  const auto read =
      read_json<Sample>(Json::parse(R"({"name":"","numbers":[-1,4294967296,18446744073709551615,3.0,1e300,-1e300]})"));
  ASSERT_TRUE(read) << read.error();
  const std::uint32_t most = UINT32_MAX;
  EXPECT_EQ(read->numbers, (std::vector<std::uint32_t>{0, most, most, 3, most, 0}));
}

}  // namespace
}  // namespace awaitd::protocol
