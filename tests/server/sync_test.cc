// Content changes against a plain model of the text, in all three encodings.
#include <gtest/gtest.h>

#include <random>

#include "server/documents/text_sync.h"

namespace awaitd::server {
namespace {

using protocol::PositionEncoding;

protocol::ContentChange change(std::uint32_t line, std::uint32_t from, std::uint32_t to_line, std::uint32_t to,
                               std::string text) {
  return {protocol::Range{{line, from}, {to_line, to}}, std::move(text)};
}

std::string after(const std::string& text, const std::vector<protocol::ContentChange>& changes,
                  PositionEncoding encoding = PositionEncoding::Utf16) {
  OpenDocument document;
  document.text = analysis::Document(text);
  apply_changes(document, changes, encoding);
  return document.text.text();
}

TEST(Sync, ChangesApplyInOrder) {
  EXPECT_EQ(after("ab\ncd\n", {change(1, 1, 1, 2, "X"), change(0, 0, 0, 1, "YY")}), "YYb\ncX\n");
  EXPECT_EQ(after("ab", {change(0, 0, 0, 0, "1"), change(0, 1, 0, 1, "2")}), "12ab");
}

TEST(Sync, PositionsAreClamped) {
  EXPECT_EQ(after("ab\ncd", {change(0, 99, 0, 99, "!")}), "ab!\ncd");  // past the end of a line, before its break
  EXPECT_EQ(after("ab\r\ncd", {change(0, 99, 0, 99, "!")}), "ab!\r\ncd");
  EXPECT_EQ(after("ab\ncd", {change(9, 0, 9, 5, "!")}), "ab\ncd!");  // past the end of the file
  EXPECT_EQ(after("ab\n", {change(0, 0, 1, 0, "")}), "");
  EXPECT_EQ(after("ab\ncd\n", {change(0, 0, 7, 0, "")}), "");  // Neovim's ggdG
  EXPECT_EQ(after("abc", {change(0, 2, 0, 1, "!")}), "ab!c");  // end before start
  EXPECT_EQ(after("", {change(0, 0, 0, 0, "x")}), "x");
  EXPECT_EQ(after("", {change(4000000000U, 4000000000U, 4000000000U, 4000000000U, "x")}), "x");
}

TEST(Sync, AstralCharactersCountByEncoding) {
  const std::string text = "s = \"\xF0\x9F\x98\x80\"; t\n";
  EXPECT_EQ(after(text, {change(0, 10, 0, 11, "u")}), "s = \"\xF0\x9F\x98\x80\"; u\n");
  EXPECT_EQ(after(text, {change(0, 12, 0, 13, "u")}, PositionEncoding::Utf8), "s = \"\xF0\x9F\x98\x80\"; u\n");
  EXPECT_EQ(after(text, {change(0, 9, 0, 10, "u")}, PositionEncoding::Utf32), "s = \"\xF0\x9F\x98\x80\"; u\n");
  EXPECT_EQ(after(text, {change(0, 6, 0, 6, "x")}), "s = \"x\xF0\x9F\x98\x80\"; t\n");  // inside a surrogate pair
}

TEST(Sync, AWholeTextBecomesTheSmallestEdit) {
  OpenDocument document;
  document.text = analysis::Document("one\ntwo\nthree\n");
  EXPECT_TRUE(apply_changes(document, {{std::nullopt, "one\ntwo!\nthree\n"}}, PositionEncoding::Utf16));
  EXPECT_EQ(document.text.text(), "one\ntwo!\nthree\n");
  EXPECT_FALSE(apply_changes(document, {{std::nullopt, "one\ntwo!\nthree\n"}}, PositionEncoding::Utf16));
  EXPECT_EQ(after("aaa", {{std::nullopt, "aaaa"}}), "aaaa");
  EXPECT_EQ(after("aaaa", {{std::nullopt, "a"}}), "a");
  EXPECT_EQ(after("x", {{std::nullopt, ""}}), "");
}

TEST(Sync, EmptyChangesChangeNothing) {
  OpenDocument document;
  document.text = analysis::Document("ab");
  EXPECT_FALSE(apply_changes(document, {change(0, 1, 0, 1, "")}, PositionEncoding::Utf16));
  EXPECT_FALSE(apply_changes(document, {}, PositionEncoding::Utf16));
}

// The model: UTF-16 code units in one string; lines are searched anew every time.
struct Model {
  std::u16string text;

  std::size_t offset(protocol::Position p) const {
    std::size_t at = 0;
    for (std::uint32_t line = 0; line < p.line; ++line) {
      const std::size_t end = text.find_first_of(u"\r\n", at);
      if (end == text.npos) return text.size();
      at = end + (text.compare(end, 2, u"\r\n") == 0 ? 2 : 1);
    }
    const std::size_t end = std::min(text.find_first_of(u"\r\n", at), text.size());
    std::size_t out = std::min<std::size_t>(at + p.character, end);
    if (out > at && out < end && text[out] >= 0xDC00 && text[out] < 0xE000) --out;
    return out;
  }
  void apply(const protocol::ContentChange& c, const std::u16string& replacement) {
    const std::size_t start = offset(c.range->start);
    text.replace(start, std::max(start, offset(c.range->end)) - start, replacement);
  }
  std::string utf8() const {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
      char32_t c = text[i];
      if (c >= 0xD800 && c < 0xDC00) c = 0x10000 + ((c - 0xD800) << 10) + (text[++i] - 0xDC00);
      if (c < 0x80)
        out += static_cast<char>(c);
      else if (c < 0x800)
        (out += static_cast<char>(0xC0 | c >> 6)) += static_cast<char>(0x80 | (c & 63));
      else if (c < 0x10000)
        ((out += static_cast<char>(0xE0 | c >> 12)) += static_cast<char>(0x80 | (c >> 6 & 63))) +=
            static_cast<char>(0x80 | (c & 63));
      else
        (((out += static_cast<char>(0xF0 | c >> 18)) += static_cast<char>(0x80 | (c >> 12 & 63))) +=
         static_cast<char>(0x80 | (c >> 6 & 63))) += static_cast<char>(0x80 | (c & 63));
    }
    return out;
  }
};

TEST(Sync, RandomEditsKeepTheMirrorEqual) {
  const std::pair<const char*, const char16_t*> pieces[] = {{"a", u"a"},
                                                            {"\n", u"\n"},
                                                            {"\r\n", u"\r\n"},
                                                            {"\xC3\xA9", u"\u00E9"},
                                                            {"\xF0\x9F\x98\x80", u"\xD83D\xDE00"},
                                                            {"def f():\n    x\n", u"def f():\n    x\n"},
                                                            {"\"\"\"", u"\"\"\""},
                                                            {"", u""},
                                                            {"(", u"("},
                                                            {"\xE2\x82\xAC", u"\u20AC"}};
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const auto pick = [&](unsigned n) { return static_cast<std::uint32_t>(random() % n); };
    OpenDocument document;
    Model model;
    for (int step = 0; step < 300; ++step) {
      const auto& [text, wide] = pieces[pick(std::size(pieces))];
      const std::uint32_t line = pick(12), to_line = line + pick(2) * pick(3);
      const protocol::ContentChange c = change(line, pick(9), to_line, pick(9), text);
      // A lone \r or \n that two edits bring together is one line break for both; nothing to do.
      apply_changes(document, {c}, PositionEncoding::Utf16);
      model.apply(c, wide);
      ASSERT_EQ(document.text.text(), model.utf8()) << "step " << step;
    }
  }
}

}  // namespace
}  // namespace awaitd::server
