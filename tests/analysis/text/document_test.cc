// The chunk row: edits against fresh documents, and lines against a plain count.
#include "analysis/text/document.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "analysis/text/chunker.h"
#include "tests/analysis/text/random_edits.h"

namespace awaitd::analysis {
namespace {

std::vector<std::string> chunk_texts(const Document& document) {
  std::vector<std::string> out;
  for (const ChunkPtr& chunk : document.chunks()) out.push_back(chunk->text);
  return out;
}

std::vector<std::uint32_t> line_starts(const std::string& text) {
  std::vector<std::uint32_t> starts{0};
  for (std::uint32_t i = 0; i < text.size(); ++i) {
    const bool crlf = text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
    if (text[i] == '\n' || (text[i] == '\r' && !crlf)) starts.push_back(i + 1);
  }
  return starts;
}

void expect_lines(const Document& document, const std::string& text, std::mt19937& random) {
  const auto starts = line_starts(text);
  ASSERT_EQ(document.line_count(), starts.size());
  for (int i = 0; i < 20; ++i) {
    const std::uint32_t line = random() % starts.size();
    ASSERT_EQ(document.line_start(line), starts[line]);
    const std::size_t next = line + 1 < starts.size() ? starts[line + 1] : text.size();
    std::string expected = text.substr(starts[line], next - starts[line]);
    while (!expected.empty() && (expected.back() == '\n' || expected.back() == '\r')) expected.pop_back();
    ASSERT_EQ(document.line_text(line), expected);
    ASSERT_EQ(document.line_is_ascii(line),
              std::all_of(expected.begin(), expected.end(), [](char c) { return static_cast<signed char>(c) >= 0; }));
    const std::uint32_t offset = random() % (text.size() + 1);
    const auto it = std::upper_bound(starts.begin(), starts.end(), offset);
    ASSERT_EQ(document.line_of(offset), it - starts.begin() - 1);
  }
}

TEST(Document, Empty) {
  const Document document;
  EXPECT_EQ(document.size(), 0u);
  EXPECT_EQ(document.line_count(), 1u);
  EXPECT_EQ(document.line_start(0), 0u);
  EXPECT_EQ(document.line_of(99), 0u);
  EXPECT_EQ(document.line_text(7), "");
  EXPECT_EQ(document.line_ending(), "\n");
  EXPECT_EQ(document.chunks().size(), 1u);
  EXPECT_EQ(document.edited(5, 9, "x\r\n").text(), "x\r\n");
}

TEST(Document, LineEndings) {
  EXPECT_EQ(Document("a\r\nb\n").line_ending(), "\r\n");
  EXPECT_EQ(Document("a\rb\n").line_ending(), "\r");
  EXPECT_EQ(Document("a\r").line_ending(), "\r");
  const Document document("a\n");
  EXPECT_EQ(document.line_count(), 2u);
  EXPECT_EQ(document.line_start(1), 2u);
  EXPECT_EQ(document.line_of(1), 0u);
  EXPECT_EQ(document.line_of(2), 1u);
  EXPECT_EQ(document.text(1, 0), "");
}

TEST(Document, AnEditSharesTheChunksItDoesNotTouch) {
  std::mt19937 random(1);
  const std::string text = random_module(random, 3000);
  const Document before(text);
  ASSERT_GT(before.chunks().size(), 50u);
  const std::uint32_t at = before.chunk_start(30) + 700;
  const Document after = before.edited(at, at, "q");
  std::size_t fresh = 0;
  for (const ChunkPtr& chunk : after.chunks()) {
    fresh += std::find(before.chunks().begin(), before.chunks().end(), chunk) == before.chunks().end();
  }
  EXPECT_LE(fresh, 2u);
}

// Cuts are found by what is there, so an inserted line does not move the cuts of the rest: not even in a long table of
// short statements, where sizes alone never fall into step again.
TEST(Document, AnInsertedLineMovesFewCuts) {
  std::string text;
  for (int i = 0; i < 20000; ++i) text += "NAME_" + std::to_string(100000 + i) + " = " + std::to_string(i % 7) + "\n";
  const Document before(text);
  const std::uint32_t at = before.line_start(500);
  const Document after = before.edited(at, at, "OTHER = 1\n");
  std::size_t kept = 0;
  for (const ChunkPtr& chunk : after.chunks()) {
    kept += std::find(before.chunks().begin(), before.chunks().end(), chunk) != before.chunks().end();
  }
  EXPECT_GT(kept + 12, after.chunks().size());
}

TEST(Document, EditedEqualsFresh) {
  const std::uint32_t seed = random_seed();
  SCOPED_TRACE("AWAITD_SEED=" + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 60; ++round) {
    std::string text = random_module(random, 1 + random() % 400);
    Document document(text);
    for (int i = 0; i < 60; ++i) {
      const RandomEdit edit = random_edit(text, random);
      text.replace(edit.start, edit.end - edit.start, edit.replacement);
      document = document.edited(edit.start, edit.end, edit.replacement);
      ASSERT_EQ(document.text(), text);
      const Document fresh(text);
      ASSERT_EQ(chunk_texts(document), chunk_texts(fresh)) << "round " << round << " edit " << i;
      for (std::size_t c = 0; c < fresh.chunks().size(); ++c) {
        ASSERT_EQ(document.chunks()[c]->line_starts, fresh.chunks()[c]->line_starts);
        ASSERT_EQ(document.chunks()[c]->ascii, fresh.chunks()[c]->ascii);
      }
      expect_lines(document, text, random);
    }
  }
}

// Every edit of one or two bytes at and around a cut.
TEST(Document, EditsAtCuts) {
  std::mt19937 random(7);
  const std::string text = random_module(random, 200);
  const Document document(text);
  ASSERT_GT(document.chunks().size(), 5u);
  for (std::size_t c = 1; c < document.chunks().size(); ++c) {
    for (int delta = -3; delta <= 3; ++delta) {
      for (const char* what : {"else:\n", "@a\n", ")", "(", "'''", "\n", "\r", " ", "#", "\\\n", "def", "@", ""}) {
        const std::uint32_t at = document.chunk_start(c) + delta;
        const std::uint32_t end = at + (*what ? 0 : 2);
        std::string expected = text;
        expected.replace(at, end - at, what);
        ASSERT_EQ(chunk_texts(document.edited(at, end, what)), chunk_texts(Document(expected)))
            << c << " " << delta << what;
      }
    }
  }
}

}  // namespace
}  // namespace awaitd::analysis
