// How ranges move with the text.
#include "server/documents/last_good.h"

#include <gtest/gtest.h>

#include <random>

namespace awaitd::server {
namespace {

using analysis::Range;

std::optional<Range> move(Range range, std::uint32_t start, std::uint32_t end, std::uint32_t inserted) {
  return moved(range, {start, end, inserted});
}

TEST(Moved, WithEditsBeforeAfterAndInside) {
  EXPECT_EQ(move({10, 20}, 0, 0, 5), (Range{15, 25}));
  EXPECT_EQ(move({10, 20}, 0, 5, 0), (Range{5, 15}));
  EXPECT_EQ(move({10, 20}, 10, 10, 3), (Range{13, 23}));  // typed in front of it
  EXPECT_EQ(move({10, 20}, 20, 20, 3), (Range{10, 20}));  // typed behind it
  EXPECT_EQ(move({10, 20}, 15, 15, 3), (Range{10, 23}));
  EXPECT_EQ(move({10, 20}, 12, 14, 0), (Range{10, 18}));
  EXPECT_EQ(move({10, 20}, 5, 12, 1), (Range{6, 14}));    // its head is gone
  EXPECT_EQ(move({10, 20}, 15, 30, 9), (Range{10, 15}));  // its tail is gone
  EXPECT_EQ(move({10, 20}, 10, 20, 7), std::nullopt);
  EXPECT_EQ(move({10, 20}, 0, 40, 40), std::nullopt);
}

// A letter that no edit touches stays under the range that covers exactly it.
TEST(Moved, RandomEditsKeepTheMarkedLetter) {
  for (unsigned seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    std::string text = "....................X....................";
    Range range{20, 21};
    for (int step = 0; step < 200; ++step) {
      const auto size = static_cast<std::uint32_t>(text.size());
      const std::uint32_t start = random() % (size + 1);
      const std::uint32_t end = std::min<std::uint32_t>(size, start + random() % 4);
      if (start <= range.start && end > range.start) continue;  // would remove it
      const std::string insert(random() % 4, '.');
      text.replace(start, end - start, insert);
      const auto now = moved(range, {start, end, static_cast<std::uint32_t>(insert.size())});
      ASSERT_TRUE(now);
      range = *now;
      ASSERT_EQ(text[range.start], 'X');
      ASSERT_EQ(range.end, range.start + 1);
    }
  }
}

}  // namespace
}  // namespace awaitd::server
