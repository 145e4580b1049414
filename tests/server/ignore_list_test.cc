// .gitignore lines as git reads them; tests/cli/run_cli.py compares whole trees with git itself.
#include "server/files/ignore_list.h"

#include <gtest/gtest.h>

namespace awaitd::server {
namespace {

constexpr bool kFolder = true, kFile = false;

// "ignored", "kept" or "-": what the lines say about the path.
std::string verdict(const char* lines, const char* path, bool is_folder = kFile) {
  switch (IgnoreList(lines).match(path, is_folder)) {
    case IgnoreList::Verdict::ignored:
      return "ignored";
    case IgnoreList::Verdict::kept:
      return "kept";
    case IgnoreList::Verdict::silent:
      break;
  }
  return "-";
}

TEST(MatchesPart, StarsQuestionMarksAndBackslashes) {
  for (const auto& [pattern, text] : {std::pair{"a.py", "a.py"}, {"*.py", "a.py"}, {"*", ""}, {"a*b*c", "axxbyyc"},
                                      {"a*b*c", "abcbc"}, {"?.py", "x.py"}, {"\\*.py", "*.py"}, {"\\a", "a"},
                                      {"**", "abc"}, {"a**b", "axb"}, {"*a*a*a*", "baaab"}}) {
    EXPECT_TRUE(matches_part(pattern, text)) << pattern << " " << text;
  }
  for (const auto& [pattern, text] : {std::pair{"a.py", "a.pyi"}, {"*.py", "apy"}, {"?", ""}, {"", "a"}, {"\\*.py", "a.py"},
                                      {"a*b*c", "acb"}, {"*a*a*a*", "baab"}}) {
    EXPECT_FALSE(matches_part(pattern, text)) << pattern << " " << text;
  }
}

TEST(MatchesPart, Sets) {
  for (const auto& [pattern, text] : {std::pair{"[ab]", "b"}, {"[a-c]x", "cx"}, {"[!a]", "b"}, {"[^a]", "b"}, {"[]]", "]"},
                                      {"[]a]", "a"}, {"[!]]", "a"}, {"[a-]", "-"}, {"[\\]]", "]"}, {"[[:digit:]]", "7"},
                                      {"[[:alpha:]_]*", "_x"}, {"*[0-9]", "a19"}, {"[a-\\c]", "b"}}) {
    EXPECT_TRUE(matches_part(pattern, text)) << pattern << " " << text;
  }
  for (const auto& [pattern, text] : {std::pair{"[ab]", "c"}, {"[!a]", "a"}, {"[a", "a"}, {"[a", "[a"}, {"[!]]", "]"},
                                      {"[[:digit:]]", "x"}, {"[c-a]", "b"}, {"[]", "]"}}) {
    EXPECT_FALSE(matches_part(pattern, text)) << pattern << " " << text;
  }
}

TEST(MatchesPart, ManyStarsTakeNoTime) {
  const std::string text(2000, 'a');
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "a*";
  EXPECT_FALSE(matches_part(pattern + "b", text));
}

TEST(IgnoreList, NamesFitAtAnyDepth) {
  EXPECT_EQ(verdict("*.log", "a.log"), "ignored");
  EXPECT_EQ(verdict("*.log", "x/y/a.log"), "ignored");
  EXPECT_EQ(verdict("build", "x/build", kFolder), "ignored");
  EXPECT_EQ(verdict("build", "x/builds", kFolder), "-");
}

TEST(IgnoreList, ASlashAnchors) {
  EXPECT_EQ(verdict("/a.py", "a.py"), "ignored");
  EXPECT_EQ(verdict("/a.py", "x/a.py"), "-");
  EXPECT_EQ(verdict("x/a.py", "x/a.py"), "ignored");
  EXPECT_EQ(verdict("x/a.py", "y/x/a.py"), "-");
  EXPECT_EQ(verdict("x/*.py", "x/a.py"), "ignored");
  EXPECT_EQ(verdict("x/*.py", "x/y/a.py"), "-");
  EXPECT_EQ(verdict("x/*", "x/y/a.py"), "-");  // x/y is ignored; nobody comes to the file
}

TEST(IgnoreList, ASlashAtTheEndIsForFolders) {
  EXPECT_EQ(verdict("out/", "out", kFolder), "ignored");
  EXPECT_EQ(verdict("out/", "out", kFile), "-");
  EXPECT_EQ(verdict("out/", "x/out", kFolder), "ignored");
  EXPECT_EQ(verdict("/out/", "x/out", kFolder), "-");
}

TEST(IgnoreList, DoubleStars) {
  EXPECT_EQ(verdict("**/foo", "foo"), "ignored");
  EXPECT_EQ(verdict("**/foo", "a/b/foo"), "ignored");
  EXPECT_EQ(verdict("**/a/b", "x/a/b"), "ignored");
  EXPECT_EQ(verdict("**/a/b", "a/x/b"), "-");
  EXPECT_EQ(verdict("abc/**", "abc", kFolder), "-");
  EXPECT_EQ(verdict("abc/**", "abc/x"), "ignored");
  EXPECT_EQ(verdict("abc/**", "abc/x/y"), "ignored");
  EXPECT_EQ(verdict("a/**/b", "a/b"), "ignored");
  EXPECT_EQ(verdict("a/**/b", "a/x/y/b"), "ignored");
  EXPECT_EQ(verdict("a/**/b", "a/x/y/c"), "-");
  EXPECT_EQ(verdict("a/**/**/b", "a/b"), "ignored");
  EXPECT_EQ(verdict("a/**/b/**/c", "a/b/b/x/c"), "ignored");
  EXPECT_EQ(verdict("a**/b", "ax/b"), "ignored");
  EXPECT_EQ(verdict("a**/b", "ax/y/b"), "-");
}

TEST(IgnoreList, TheLastLineDecides) {
  EXPECT_EQ(verdict("*.py\n!a.py", "a.py"), "kept");
  EXPECT_EQ(verdict("*.py\n!a.py", "b.py"), "ignored");
  EXPECT_EQ(verdict("!a.py\n*.py", "a.py"), "ignored");
  EXPECT_EQ(verdict("!a.py", "b.py"), "-");
}

TEST(IgnoreList, CommentsBlanksAndEscapes) {
  EXPECT_EQ(verdict("# a\n\n   \na.py   \n", "a.py"), "ignored");
  EXPECT_EQ(verdict("#a.py", "#a.py"), "-");
  EXPECT_EQ(verdict("\\#a.py", "#a.py"), "ignored");
  EXPECT_EQ(verdict("\\!a.py", "!a.py"), "ignored");
  EXPECT_EQ(verdict("a\\ ", "a "), "ignored");
  EXPECT_EQ(verdict("a.py\r\nb.py", "a.py"), "ignored");
  EXPECT_EQ(verdict("\xEF\xBB\xBF" "a.py", "a.py"), "ignored");
  EXPECT_EQ(verdict("/\n!\n!/\n", "a.py"), "-");
}

}  // namespace
}  // namespace awaitd::server
