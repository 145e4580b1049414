#include "protocol/framing.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace awaitd::protocol {
namespace {

struct Seen {
  std::vector<std::string> bodies;
  std::vector<FrameError::Kind> errors;
};

void drain(FrameReader& reader, Seen& seen) {
  while (auto frame = reader.next()) {
    if (auto* body = std::get_if<std::string>(&*frame)) {
      seen.bodies.push_back(*body);
    } else {
      seen.errors.push_back(std::get<FrameError>(*frame).kind);
    }
  }
}

Seen read_all(std::string_view bytes, FrameLimits limits = {}) {
  FrameReader reader(limits);
  Seen seen;
  reader.feed(bytes);
  drain(reader, seen);
  return seen;
}

using Bodies = std::vector<std::string>;
using Errors = std::vector<FrameError::Kind>;
using Kind = FrameError::Kind;

TEST(Framing, WritesExactHeaderInBytes) {
  EXPECT_EQ(frame("{}"), "Content-Length: 2\r\n\r\n{}");
  EXPECT_EQ(frame("\"\xC3\xBC\""), "Content-Length: 4\r\n\r\n\"\xC3\xBC\"");
}

TEST(Framing, ReadsMergedFramesAndBlankLinesBetween) {
  const Seen seen = read_all(frame("{1}") + "\r\n\n" + frame("") + frame("{\n2\n}"));
  EXPECT_EQ(seen.bodies, (Bodies{"{1}", "", "{\n2\n}"}));
  EXPECT_TRUE(seen.errors.empty());
}

TEST(Framing, ToleratesOtherHeadersCaseAndLoneNewlines) {
  const Seen seen = read_all(
      "Content-Type: application/vim-jsonrpc; charset=utf-8\r\ncontent-length:2\r\n\r\n{}"
      "CONTENT-LENGTH:   3  \nX-Other:\n\n{ }"
      "Content-Length : 1\r\nContent-Type: utf8\r\n\r\n1");
  EXPECT_EQ(seen.bodies, (Bodies{"{}", "{ }", "1"}));
  EXPECT_TRUE(seen.errors.empty());
}

TEST(Framing, IdleTellsACutEnd) {
  FrameReader reader;
  Seen seen;
  EXPECT_TRUE(reader.idle());
  const std::string bytes = frame("{1}");
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    reader.feed(bytes.substr(i, 1));
    drain(reader, seen);
    EXPECT_EQ(reader.idle(), i + 1 == bytes.size()) << i;
  }
  EXPECT_EQ(seen.bodies, (Bodies{"{1}"}));
}

TEST(Framing, ErrorsAndTheNextFrame) {
  const std::string good = frame("{\"ok\":1}");
  const struct {
    const char* name;
    std::string bytes;
    Kind kind;
  } cases[] = {
      {"garbage line", "hello world\r\n", Kind::BadHeader},
      {"binary", std::string("\x00\xff\x16\x03\n", 5), Kind::BadHeader},
      {"no length", "Content-Type: x\r\n\r\n{\"a\":1}\r\n", Kind::MissingLength},
      {"not a number", "Content-Length: ten\r\n\r\n{}", Kind::BadLength},
      {"negative", "Content-Length: -5\r\n\r\n{}\n", Kind::BadLength},
      {"hex", "Content-Length: 0x10\r\n\r\n{}\n", Kind::BadLength},
      {"empty", "Content-Length:\r\n\r\n{}\n", Kind::BadLength},
      {"huge", "Content-Length: 99999999999\r\n\r\n{}\n", Kind::TooLarge},
      {"beyond 64 bits", "Content-Length: 99999999999999999999999999\r\n\r\n{}\n", Kind::TooLarge},
      {"body without line end before", "}}}", Kind::BadHeader},
      {"cut body", "Content-Length: 500\r\n\r\n{\"half", Kind::CutMessage},
      {"cut body with line breaks", "Content-Length: 500\r\n\r\n{\n\"a\":1,\r\n\"half", Kind::CutMessage},
      {"cut body, long before its end", "Content-Length: 40000000\r\n\r\n{\"half", Kind::CutMessage},
      {"http", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", Kind::BadHeader},
  };
  for (const auto& c : cases) {
    const Seen seen = read_all(c.bytes + good + good);
    EXPECT_EQ(seen.bodies, (Bodies{"{\"ok\":1}", "{\"ok\":1}"})) << c.name;
    EXPECT_EQ(seen.errors, (Errors{c.kind})) << c.name;
  }
}

TEST(Framing, TooLargeBodyIsSkipped) {
  FrameLimits limits;
  limits.body = 100;
  const Seen seen = read_all(frame(std::string(5000, 'x')) + frame("{}"), limits);
  EXPECT_EQ(seen.bodies, (Bodies{"{}"}));
  EXPECT_EQ(seen.errors, (Errors{Kind::TooLarge}));
}

TEST(Framing, EndlessHeaderIsBounded) {
  FrameReader reader;
  Seen seen;
  for (int i = 0; i < 1000; ++i) {
    reader.feed(std::string(1000, 'a'));
    drain(reader, seen);
  }
  EXPECT_EQ(seen.errors, (Errors{Kind::BadHeader}));
  reader.feed("\n" + frame("{}"));
  drain(reader, seen);
  EXPECT_EQ(seen.bodies, (Bodies{"{}"}));
}

TEST(Framing, CutHeaderIsForgotten) {
  // Cut after the first header line, and inside it.
  EXPECT_EQ(read_all("Content-Length: 77\r\n" + frame("{1}")).bodies, (Bodies{"{1}"}));
  EXPECT_EQ(read_all("Content-Le" + frame("{1}")).bodies, (Bodies{"{1}"}));
  EXPECT_EQ(read_all("Content-Length: 7" + frame("{1}")).bodies, (Bodies{"{1}"}));
}

TEST(Framing, AHeaderInsideAStringIsNoHeader) {
  // JSON writes a line break in a string as two characters, so this is no cut message.
  const std::string body = R"({"text":"Content-Length: 5\r\n\r\nabc"})";
  EXPECT_EQ(read_all(frame(body)).bodies, (Bodies{body}));
}

TEST(Framing, RejectLooksInsideTheBody) {
  // The cut message swallows the next one's header only in part, so that nothing shows before the body is complete.
  const std::string next = frame("{2}");
  FrameReader reader;
  Seen seen;
  reader.feed("Content-Length: 16\r\n\r\n{\"half" + next + frame("{3}"));
  auto first = reader.next();
  ASSERT_TRUE(first && std::holds_alternative<std::string>(*first));
  EXPECT_EQ(std::get<std::string>(*first), "{\"half" + next.substr(0, 10));
  reader.reject(std::get<std::string>(*first));
  drain(reader, seen);
  EXPECT_EQ(seen.bodies, (Bodies{"{2}", "{3}"}));
  EXPECT_TRUE(seen.errors.empty());
}

TEST(Framing, RejectOfAPlainBadBodyLosesNothing) {
  FrameReader reader;
  Seen seen;
  reader.feed(frame("not json") + "Content-Type: x\r\n" + frame("{3}"));
  auto first = reader.next();
  reader.reject(std::get<std::string>(*first));
  drain(reader, seen);
  EXPECT_EQ(seen.bodies, (Bodies{"{3}"}));
}

std::string random_body(std::mt19937& random) {
  static const char* const pieces[] = {"{",  "}",      "\"a\"", ":",           ",",   "\n", "\r\n", "\\r\\n", "12",
                                       "\t", "\u00fc", " ",     "Content-Len", "th:", "[",  "]",    "null"};
  std::string body;
  for (std::size_t n = random() % 40; n > 0; --n) body += pieces[random() % std::size(pieces)];
  return body;
}

void feed_split(FrameReader& reader, std::string_view bytes, std::mt19937& random, Seen& seen) {
  while (!bytes.empty()) {
    const std::size_t most = random() % 3 == 0 ? 1 : 1 + random() % 200;
    const std::size_t size = std::min<std::size_t>(bytes.size(), most);
    reader.feed(bytes.substr(0, size));
    bytes.remove_prefix(size);
    if (random() % 4 != 0) drain(reader, seen);
  }
  drain(reader, seen);
}

TEST(FramingProperty, AnySplitGivesTheSameBodies) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 300; ++round) {
    Bodies bodies;
    std::string bytes;
    for (std::size_t n = 1 + random() % 8; n > 0; --n) {
      bodies.push_back(random_body(random));
      bytes += frame(bodies.back());
    }
    FrameReader reader;
    Seen seen;
    feed_split(reader, bytes, random, seen);
    ASSERT_EQ(seen.bodies, bodies) << bytes;
    ASSERT_TRUE(seen.errors.empty()) << bytes;
    ASSERT_TRUE(reader.idle());
  }
}

TEST(FramingProperty, GarbageBetweenFramesLosesNoFrame) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 500; ++round) {
    std::string bytes;
    Bodies bodies;
    for (int n = 0; n < 4; ++n) {
      // Random bytes hold no header of their own; half of them end in a line break.
      for (std::size_t size = random() % 60; size > 0; --size) bytes += static_cast<char>(random() % 256);
      if (random() % 2) bytes += '\n';
      bodies.push_back("{\"n\":" + std::to_string(n) + "}");
      bytes += frame(bodies.back());
    }
    FrameReader reader;
    Seen seen;
    feed_split(reader, bytes, random, seen);
    ASSERT_EQ(seen.bodies, bodies) << testing::PrintToString(bytes);
  }
}

TEST(FramingProperty, CutMessagesLoseOnlyThemselves) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 500; ++round) {
    const std::string cut = frame("{\"id\":1,\"text\":\"" + std::string(random() % 300, 'x') + "\"}");
    const std::size_t kept = random() % cut.size();
    const std::string bytes = cut.substr(0, kept) + frame("{\"id\":2}") + frame("{\"id\":3}");
    FrameReader reader;
    Bodies good;
    reader.feed(bytes);
    while (auto next = reader.next()) {
      const auto* body = std::get_if<std::string>(&*next);
      if (!body) continue;
      // Stands for the JSON parser, as the session does it.
      const bool json = body->rfind("{\"id\":", 0) == 0 && body->back() == '}' && body->find('\n') == std::string::npos;
      json ? good.push_back(*body) : reader.reject(*body);
    }
    ASSERT_EQ(good, (Bodies{"{\"id\":2}", "{\"id\":3}"})) << "kept " << kept << " of " << cut;
  }
}

TEST(FramingProperty, ArbitraryBytesNeverHang) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  static const char* const pieces[] = {"Content-Length:", " ",  "5",   "\r\n", "\n", "\r", ":", "x",
                                       "99999999999",     "{}", "\xff"};
  for (int round = 0; round < 2000; ++round) {
    FrameReader reader;
    Seen seen;
    std::string bytes;
    for (std::size_t n = random() % 60; n > 0; --n) bytes += pieces[random() % std::size(pieces)];
    feed_split(reader, bytes, random, seen);
    ASSERT_LE(seen.bodies.size() + seen.errors.size(), bytes.size());
    // Whatever it was, a good frame after enough of a gap comes through.
    feed_split(reader, "\n\n" + std::string(70, ' ') + "\n" + frame("{}") + frame("{}"), random, seen);
    ASSERT_FALSE(seen.bodies.empty());
    ASSERT_EQ(seen.bodies.back(), "{}") << bytes;
  }
}

}  // namespace
}  // namespace awaitd::protocol
