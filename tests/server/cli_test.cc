// Parts of the command line: what is printed on a terminal, reading and writing files, the scan for words, pages.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "analysis/knowledge/knowledge.h"
#include "server/cli/in_order.h"
#include "server/cli/page_text.h"
#include "server/cli/snippet.h"
#include "server/cli/terminal.h"
#include "server/files/async_names.h"
#include "server/files/files.h"
#include "server/files/token_scan.h"

namespace awaitd::server {
namespace {

namespace fs = std::filesystem;

struct Folder {
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "awaitd-test-XXXXXX").string();
    path = ::mkdtemp(pattern.data());
  }
  ~Folder() { fs::remove_all(path); }
  fs::path path;
};

std::string slurp(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

TEST(Printable, NothingReachesTheTerminalUnseen) {
  EXPECT_EQ(printable("a\tb"), "a    b");
  EXPECT_EQ(printable("\x1b[31m\x07"), "␛[31m␇");
  EXPECT_EQ(printable("\x7f"), "␡");
  EXPECT_EQ(printable("a\xff\xc3"
                      "b"),
            "a\uFFFD\uFFFD"
            "b");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "\uFFFD"
            "31m");                                            // the one-character CSI
  EXPECT_EQ(printable("x\u202Ey"), "x\uFFFDy");                // turns the direction of writing
  EXPECT_EQ(printable("\xed\xa0\x80"), "\uFFFD\uFFFD\uFFFD");  // a surrogate
  EXPECT_EQ(printable("é世😀"), "é世😀");
  EXPECT_EQ(printable_prose("a\n   b\tc"), "a b c");
}

TEST(Printable, Widths) {
  EXPECT_EQ(display_width("abc"), 3u);
  EXPECT_EQ(display_width("é世😀"), 5u);
  EXPECT_EQ(display_width("e\u0301"), 1u);
}

std::string snippet(std::string_view text, analysis::Range range) {
  const analysis::Document document(text);
  std::string out;
  append_snippet(out, {"a.py", &document, range}, Style());
  return out;
}

TEST(Snippet, MarksBelowTheRange) {
  EXPECT_EQ(snippet("\n\nx = 1\nf(2)\n\n", {8, 9}),
            " --> a.py:4:1\n"
            "  |\n"
            "3 | x = 1\n"
            "4 | f(2)\n"
            "  | ^\n"
            "  |\n");
}

TEST(Snippet, TabsAndWideCharacters) {
  EXPECT_EQ(snippet("\t\"世\"; f()\n", {8, 11}),
            " --> a.py:1:7\n"
            "  |\n"
            "1 |     \"世\"; f()\n"
            "  |           ^^^\n"
            "  |\n");
}

TEST(Snippet, SeveralLines) {
  EXPECT_EQ(snippet("f(1,\n  2\n)()\n", {0, 10}),
            " --> a.py:1:1\n"
            "  |\n"
            "1 | f(1,\n"
            "  | ^^^^\n"
            "2 |   2\n"
            "  |   ^\n"
            "3 | )()\n"
            "  | ^\n"
            "  |\n");
}

TEST(Snippet, ALongLineIsCutAroundTheRange) {
  std::string text(1'000'000, 'x');
  text.replace(500'000, 4, "MARK");
  const std::string out = snippet(text, {500'000, 500'004});
  EXPECT_LT(out.size(), 500u);
  EXPECT_NE(out.find("xMARKx"), std::string::npos);
  const std::size_t mark_line = out.find("^^^^");
  ASSERT_NE(mark_line, std::string::npos);
  // Both lines begin with the same gutter, and "…" has three bytes for one column.
  const std::size_t source = out.rfind('\n', mark_line) + 1, before = out.rfind('\n', source - 2) + 1;
  EXPECT_EQ(mark_line - source, out.find("MARK") - before - 2);
}

TEST(Snippet, RangesAtTheEdges) {
  EXPECT_EQ(snippet("", {0, 0}), " --> a.py:1:1\n  |\n1 |\n  |\n");
  EXPECT_NE(snippet("abc", {3, 3}).find("1:4"), std::string::npos);
  EXPECT_NE(snippet("a\r\nb\r\n", {3, 4}).find("2 | b\n  | ^\n"), std::string::npos);
}

TEST(Files, ByteOrderMarkEncodingAndNul) {
  FileText file = to_file_text("\xEF\xBB\xBFx = 1\n");
  EXPECT_EQ(file.text, "x = 1\n");
  EXPECT_TRUE(file.byte_order_mark);
  EXPECT_TRUE(file.utf8);
  EXPECT_FALSE(to_file_text("x = '\xe9'").utf8);
  EXPECT_FALSE(to_file_text("\xc0\x80").utf8);
  EXPECT_FALSE(to_file_text("\xf4\x90\x80\x80").utf8);
  EXPECT_TRUE(to_file_text("12345678é世😀").utf8);
  EXPECT_TRUE(to_file_text(std::string("a\0b", 3)).not_python);
  EXPECT_EQ(DiskFiles().read("/nowhere/a.py").problem, "no such file or folder");
  EXPECT_EQ(DiskFiles().read("/").problem, "is a folder");
}

TEST(Files, WritingKeepsPermissionsAndLinks) {
  const Folder folder;
  const fs::path file = folder.path / "a.py", link = folder.path / "link.py";
  std::ofstream(file) << "old";
  fs::permissions(file, fs::perms(0750));
  fs::create_symlink("a.py", link);
  EXPECT_EQ(write_atomically(link, "new"), "");
  EXPECT_EQ(slurp(file), "new");
  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_EQ(fs::status(file).permissions(), fs::perms(0750));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path), fs::directory_iterator()), 2);  // nothing left over
  EXPECT_NE(write_atomically(folder.path / "none.py", "x"), "");
}

TEST(TokenScan, WholeWordsOnly) {
  const std::vector<std::string_view> words = {"async", "call_soon"};
  const TokenScan scan(words);
  EXPECT_TRUE(scan.found_in("async def f(): pass"));
  EXPECT_TRUE(scan.found_in("loop.call_soon(f)"));
  EXPECT_TRUE(scan.found_in("x=1;async"));
  EXPECT_FALSE(scan.found_in("import asyncio"));
  EXPECT_FALSE(scan.found_in("my_async = call_soon_threadsafe"));
  EXPECT_FALSE(scan.found_in("éasync"));
  EXPECT_FALSE(scan.found_in(""));
  const auto knowledge = analysis::Knowledge::builtin();
  EXPECT_TRUE(TokenScan(knowledge->scan_tokens()).found_in("async def f(): pass"));
  EXPECT_FALSE(TokenScan(knowledge->scan_tokens()).found_in("def f(): pass"));
}

TEST(AsyncNames, CallsAndNotDefinitions) {
  AsyncNames names;
  EXPECT_FALSE(names.called_in("load()"));
  names.add(
      "class A:\n    async def load(self): pass\n    async  def odd(self): pass\nasync def __aenter__(s): pass\n");
  EXPECT_TRUE(names.called_in("def f(a):\n    return a.load()\n"));
  EXPECT_FALSE(names.called_in("class B:\n    def load(self): pass\n"));
  EXPECT_FALSE(names.called_in("load = reload(a.load)\n"));
  EXPECT_FALSE(names.called_in("a.__aenter__()"));
  EXPECT_FALSE(names.called_in("load"));
}

TEST(InOrder, ResultsComeInOrderAndStop) {
  struct None {};
  for (const unsigned jobs : {1u, 2u, 7u}) {
    std::vector<std::size_t> seen;
    run_in_order<None, std::size_t>(
        100, jobs, [](None&, std::size_t i) { return i * i; },
        [&](std::size_t result) {
          seen.push_back(result);
          return seen.size() < 50;
        });
    ASSERT_EQ(seen.size(), 50u);
    for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_EQ(seen[i], i * i);
  }
}

constexpr std::string_view kPage =
    "# some-rule (AWD999)\n\nFinds `this and that`, which\nis wrapped.\n\n## What it finds\n\nThings.\n\n"
    "## A call\n\nOne.\n\n```py\nf(1)  # error: [AWD999 info] \"text\"\n```\n\n```py fixed\ng(1)\n```\n\n"
    "Two.\n\n```py\nh()\n```\n\n## Another\n\nThree.\n";

TEST(PageText, ASummaryHasOneExample) {
  EXPECT_EQ(page_text(kPage, PagePart::summary, Style(), 24),
            "some-rule (AWD999)\n\nFinds `this and that`,\nwhich is wrapped.\n\nWhat it finds\nThings.\n\n"
            "A call\nOne.\n\n    f(1)  # AWD999\n\n  fixed:\n    g(1)\n");
}

TEST(PageText, EverythingIsEverything) {
  const std::string text = page_text(kPage, PagePart::everything, Style(true), 24);
  for (const char* part : {"\x1b[1mAnother\x1b[0m", "Three.", "h()", "Two."}) {
    EXPECT_NE(text.find(part), std::string::npos) << part;
  }
}

TEST(PageText, EveryPageRenders) {
  EXPECT_EQ(page_text("", PagePart::everything, Style(), 80), "\n");
  EXPECT_EQ(page_text("```py\nx", PagePart::summary, Style(), 80), "    x\n");
}

}  // namespace
}  // namespace awaitd::server
