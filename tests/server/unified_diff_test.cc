// Unified diffs: known ones, and random ones put to use again by a small patch.
#include "server/cli/unified_diff.h"

#include <gtest/gtest.h>

#include <random>
#include <sstream>

namespace awaitd::server {
namespace {

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1);
    lines.emplace_back(text.substr(0, end + 1));
    text.remove_prefix(end + 1);
  }
  return lines;
}

// Applies a diff; fails where its context does not fit.
std::string patched(const std::string& before, const std::string& diff) {
  const std::vector<std::string> old = lines_of(before), steps = lines_of(diff);
  std::string out;
  std::size_t at = 0;
  for (std::size_t i = 2; i < steps.size(); ++i) {
    std::string line = steps[i];
    if (line.rfind("@@ ", 0) == 0) {
      std::size_t start = std::stoul(line.substr(4));
      const std::size_t comma = line.find(','), space = line.find(' ', 4);
      if (comma < space && std::stoul(line.substr(comma + 1)) == 0) ++start;  // an empty range names the line before
      for (; at + 1 < start; ++at) out += old.at(at);
      continue;
    }
    if (i + 1 < steps.size() && steps[i + 1][0] == '\\') line.pop_back();
    if (line[0] == '\\') continue;
    if (line[0] != '+') {
      EXPECT_EQ(old.at(at), line.substr(1));
      ++at;
    }
    if (line[0] != '-') out += line.substr(1);
  }
  for (; at < old.size(); ++at) out += old[at];
  return out;
}

TEST(UnifiedDiff, EqualTextsHaveNone) {
  EXPECT_EQ(unified_diff("", "", "a.py"), "");
  EXPECT_EQ(unified_diff("a\n", "a\n", "a.py"), "");
}

TEST(UnifiedDiff, OneLineOfMany) {
  EXPECT_EQ(unified_diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n", "a.py"),
            "--- a.py\n+++ a.py\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
}

TEST(UnifiedDiff, ChangesFarApartAreTwoHunks) {
  const std::string before = "a\n1\n2\n3\n4\n5\n6\n7\nb\n";
  EXPECT_EQ(unified_diff(before, "A\n1\n2\n3\n4\n5\n6\n7\nB\n", "x"),
            "--- x\n+++ x\n@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n");
  const std::string near = "a\n1\n2\n3\n4\n5\n6\nb\n";
  EXPECT_EQ(unified_diff(near, "A\n1\n2\n3\n4\n5\n6\nB\n", "x"),
            "--- x\n+++ x\n@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+B\n");
}

TEST(UnifiedDiff, FromAndToNothing) {
  EXPECT_EQ(unified_diff("", "a\n", "x"), "--- x\n+++ x\n@@ -0,0 +1 @@\n+a\n");
  EXPECT_EQ(unified_diff("a\nb\n", "", "x"), "--- x\n+++ x\n@@ -1,2 +0,0 @@\n-a\n-b\n");
}

TEST(UnifiedDiff, MissingLastLineEnd) {
  EXPECT_EQ(unified_diff("a", "a\n", "x"), "--- x\n+++ x\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n");
  EXPECT_EQ(unified_diff("a\nb", "c\nb", "x"),
            "--- x\n+++ x\n@@ -1,2 +1,2 @@\n-a\n+c\n b\n\\ No newline at end of file\n");
}

TEST(UnifiedDiff, CarriageReturnsStay) {
  EXPECT_EQ(unified_diff("a\r\nb\r\n", "a\r\nc\r\n", "x"), "--- x\n+++ x\n@@ -1,2 +1,2 @@\n a\r\n-b\r\n+c\r\n");
}

TEST(UnifiedDiff, RandomOnesApply) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto text = [&](std::size_t lines) {
    std::string out;
    for (std::size_t i = 0; i < lines; ++i) out += std::string(1, static_cast<char>('a' + random() % 4)) + "\n";
    if (random() % 4 == 0 && !out.empty()) out.pop_back();
    return out;
  };
  for (int round = 0; round < 2000; ++round) {
    const std::string before = text(random() % 30), after = text(random() % 30);
    const std::string diff = unified_diff(before, after, "x");
    if (before == after) continue;
    ASSERT_EQ(patched(before, diff), after) << before << "----\n" << diff;
  }
}

TEST(UnifiedDiff, TextsWithNothingInCommonEnd) {
  std::string before, after;
  for (int i = 0; i < 6000; ++i) {
    before += "a" + std::to_string(i) + "\n";
    after += "b" + std::to_string(i) + "\n";
  }
  EXPECT_EQ(patched(before, unified_diff(before, after, "x")), after);
}

}  // namespace
}  // namespace awaitd::server
