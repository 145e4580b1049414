#include "protocol/positions.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "protocol/utf8.h"

namespace awaitd::protocol {
namespace {

constexpr PositionEncoding encodings[] = {PositionEncoding::Utf8, PositionEncoding::Utf16, PositionEncoding::Utf32};
constexpr auto utf8 = PositionEncoding::Utf8;
constexpr auto utf16 = PositionEncoding::Utf16;
constexpr auto utf32 = PositionEncoding::Utf32;

TEST(Positions, AstralCharacterBeforeTheColumn) {
  const std::string line = "    s = \"\U0001F600\"; time.sleep(1)";
  const std::size_t bytes = line.find("time");
  EXPECT_EQ(bytes, 16u);
  EXPECT_EQ(column(line, bytes, utf8), 16u);
  EXPECT_EQ(column(line, bytes, utf16), 14u);
  EXPECT_EQ(column(line, bytes, utf32), 13u);
  EXPECT_EQ(byte_offset(line, 16, utf8), bytes);
  EXPECT_EQ(byte_offset(line, 14, utf16), bytes);
  EXPECT_EQ(byte_offset(line, 13, utf32), bytes);
}

TEST(Positions, InsideACodePointIsItsStart) {
  const std::string line = "a\U0001F600\u00fcz";  // bytes: a 0, smile 1-4, u 5-6, z 7
  for (const std::uint32_t inside : {2u, 3u, 4u}) {
    EXPECT_EQ(byte_offset(line, inside, utf8), 1u);
    EXPECT_EQ(column(line, inside, utf16), 1u);
    EXPECT_EQ(column(line, inside, utf32), 1u);
    EXPECT_EQ(column(line, inside, utf8), 1u);
  }
  EXPECT_EQ(byte_offset(line, 6, utf8), 5u);
  EXPECT_EQ(byte_offset(line, 2, utf16), 1u);  // between the two surrogates
  EXPECT_EQ(byte_offset(line, 3, utf16), 5u);
  EXPECT_EQ(byte_offset(line, 4, utf16), 7u);
}

TEST(Positions, PastTheEndIsTheEnd) {
  for (const auto encoding : encodings) {
    EXPECT_EQ(byte_offset("", 0, encoding), 0u);
    EXPECT_EQ(byte_offset("", 5, encoding), 0u);
    EXPECT_EQ(byte_offset("abc", 3, encoding), 3u);
    EXPECT_EQ(byte_offset("abc", UINT32_MAX, encoding), 3u);
    EXPECT_EQ(byte_offset("a\u00fc", UINT32_MAX, encoding), 3u);
    EXPECT_EQ(column("abc", 99, encoding), 3u);
  }
  EXPECT_EQ(column("\U0001F600", 99, utf16), 2u);
}

TEST(Positions, InvalidBytesCountAsOneUnitEach) {
  const std::string line = "\xff\xe2\x82x\x80\x80\xf0\x9f\x98";  // nothing well-formed but the x
  for (const auto encoding : encodings) {
    for (std::uint32_t i = 0; i <= line.size(); ++i) {
      EXPECT_EQ(byte_offset(line, i, encoding), i);
      EXPECT_EQ(column(line, i, encoding), i);
    }
  }
}

std::string random_line(std::mt19937& random, bool broken, std::vector<std::size_t>& starts) {
  static const char* const valid[] = {"a",      "0123456789abcdef", "\u00fc",     "\u20ac",
                                      "\uFFFD", "\U0001F600",       "\U0010FFFF", "\u0800"};
  std::string line;
  for (std::size_t n = random() % 20; n > 0; --n) {
    if (broken && random() % 3 == 0) {
      line += static_cast<char>(0x80 + random() % 0x80);
    } else {
      line += valid[random() % std::size(valid)];
    }
  }
  for (std::size_t i = 0; i < line.size(); i += decode_utf8(line, i).length) starts.push_back(i);
  starts.push_back(line.size());
  return line;
}

TEST(PositionsProperty, CodePointStartsRoundTrip) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 5000; ++round) {
    std::vector<std::size_t> starts;
    const std::string line = random_line(random, round % 2 == 0, starts);
    for (const auto encoding : encodings) {
      std::uint32_t before = 0;
      for (std::size_t i = 0; i < starts.size(); ++i) {
        const std::uint32_t col = column(line, starts[i], encoding);
        ASSERT_EQ(byte_offset(line, col, encoding), starts[i]) << testing::PrintToString(line);
        ASSERT_TRUE(i == 0 ? col == 0 : col > before) << testing::PrintToString(line);
        ASSERT_TRUE(encoding != utf32 || col == i) << testing::PrintToString(line);
        before = col;
      }
    }
  }
}

TEST(PositionsProperty, AnyNumberLandsOnAStart) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 5000; ++round) {
    std::vector<std::size_t> starts;
    const std::string line = random_line(random, true, starts);
    for (const auto encoding : encodings) {
      std::size_t before = 0;
      for (std::uint32_t col = 0; col <= line.size() + 2; ++col) {
        const std::size_t offset = byte_offset(line, col, encoding);
        ASSERT_TRUE(std::find(starts.begin(), starts.end(), offset) != starts.end()) << testing::PrintToString(line);
        ASSERT_GE(offset, before);
        before = offset;
        // A byte inside a code point has its start's column.
        ASSERT_EQ(column(line, byte_offset(line, col, utf8), encoding), column(line, col, encoding));
      }
    }
  }
}

}  // namespace
}  // namespace awaitd::protocol
