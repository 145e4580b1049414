// Where statements can be cut apart.
#include "analysis/text/chunker.h"

#include <gtest/gtest.h>

#include <string>

namespace awaitd::analysis {
namespace {

// Everything from the first cut on, in a statement that is continued by the text and already long enough for a cut.
std::string rest(const std::string& text) {
  const std::string all = "q = '" + std::string(kChunkMax, '.') + "' \\\n" + text;
  return all.substr(next_cut(all, 0));
}

// The same where `text` is a statement of its own.
std::string after_statement(const std::string& text) {
  const std::string all = "@a(b='" + std::string(kChunkMax, '.') + "')\n" + text;
  return all.substr(next_cut(all, 0));
}

TEST(Chunker, StatementsAtColumnZero) {
  EXPECT_EQ(rest("+ 1\nx = 1\n"), "x = 1\n");
  EXPECT_EQ(rest("+ 1\n  x = 1\ny"), "y");
  EXPECT_EQ(rest("+ 1\n\n# comment\n\t\n'doc'\n"), "'doc'\n");
  EXPECT_EQ(rest("+ 1\r\n\r\n(x) = 1"), "(x) = 1");
  EXPECT_EQ(rest("+ 1\rx = 1"), "x = 1");
  EXPECT_EQ(rest("+ 1\n\fx = 1\ny"), "y") << "a form feed is white space";
  EXPECT_EQ(rest("+ 1\n\xe2\x80\x8bx = 1\n\xc3\xa9 = 1\ny"), "y");
  EXPECT_EQ(rest("+ 1"), "");
  EXPECT_EQ(rest("+ 1\n"), "");
}

TEST(Chunker, ClausesStayWithTheirStatement) {
  for (const char* clause : {"else:", "elif x:", "except E:", "except* E:", "except:", "finally:"}) {
    EXPECT_EQ(rest(std::string("+ 1\n") + clause + "\n  pass\nx"), "x") << clause;
  }
  EXPECT_EQ(rest("+ 1\nelsewhere = 1\n"), "elsewhere = 1\n");
}

TEST(Chunker, DecoratorsStayWithTheirDefinition) {
  EXPECT_EQ(rest("+ 1\n@a\ndef f(): pass\n"), "@a\ndef f(): pass\n");
  EXPECT_EQ(after_statement("def f(): pass\nx"), "x");
  EXPECT_EQ(after_statement("# comment\n\n@b\n@c(\n1)\nasync  def f(): pass\nx"), "x");
  EXPECT_EQ(after_statement("class A: pass\ndef f(): pass"), "def f(): pass");
  EXPECT_EQ(after_statement("x = 1\n"), "x = 1\n") << "a decorator of nothing holds nothing back";
}

TEST(Chunker, Strings) {
  EXPECT_EQ(rest("'a' \"b\" r'\\' '\nx"), "x");
  EXPECT_EQ(rest("'''\nx\n''' '' \"\"\n\"y\""), "\"y\"");
  EXPECT_EQ(rest("rB'''\nx\n\\''' ' \"\"\" '''\ny"), "y");
  EXPECT_EQ(rest("\"\"\"\"\nx\"\"\"\ny"), "y");
  EXPECT_EQ(rest("'a\\\nb = 1'\ny"), "y");
  EXPECT_EQ(rest("'a\\\r\nb = 1'\ny"), "y");
  EXPECT_EQ(rest("`a(b`\nx"), "x");
  EXPECT_EQ(rest("# it's ('''\nx"), "x");
}

TEST(Chunker, FormatStrings) {
  EXPECT_EQ(rest("f\"{x[\"a\"]}\"\ny"), "y");
  EXPECT_EQ(rest("f'{a[\"(\"]}' f'{{' F'}}' rf'\\{x}'\ny"), "y");
  EXPECT_EQ(rest("f'{a(b, {1: 2})!r:>{w}}('\ny"), "y");
  EXPECT_EQ(rest("f'{x:\"(}' f'\\N{LEFT PARENTHESIS}' t'{(lambda a: \"}\")}'\ny"), "y");
  EXPECT_EQ(rest("f'''{\nx}\nz'''\ny"), "y");
  EXPECT_EQ(rest("f\"{\nx\n}\"\ny"), "y") << "3.12";
  EXPECT_EQ(rest("f'''{a:\n{b}'}\n{c:{d:{e}}}\nx'''\ny"), "y");
  EXPECT_EQ(rest("f'{f\"{f'{1}'}\"}'\ny"), "y");
  EXPECT_EQ(rest("rf'''{\"\"\"\nx\"\"\"}'''\ny"), "y");
  EXPECT_EQ(rest("buf'''{'''\ny"), rest("f'''{'''\ny")) << "nothing is not a prefix";
}

TEST(Chunker, Brackets) {
  EXPECT_EQ(rest("(\n1,\nfor_,\n)\ny"), "y");
  EXPECT_EQ(rest("[a\nfor b in c\nif d\nelse e\nasync for f in g]\ny"), "y");
  EXPECT_EQ(rest("(yield\nfrom x)\ny"), "y");
  EXPECT_EQ(rest("(a\n@b\n@c\n)\ny"), "y") << "matrix products";
  EXPECT_EQ(rest("{'a':\nlambda: 0,\nmatch: type,\nNone: not\na}\ny"), "y");
  EXPECT_EQ(rest(")]}\ny"), "y");
  EXPECT_EQ(rest("(\\\n)\\\n+ 1 \\\n\ny"), "y");
}

TEST(Chunker, AnOpenBracketEndsAtAReservedWord) {
  for (const char* next : {"def f(): pass", "class A: pass", "async def f(): pass", "import a", "from a.b import c",
                           "return", "while x: pass", "with a: pass", "try: pass", "raise", "del x", "global y", "pass",
                           "assert x", "async with a: pass"}) {
    EXPECT_EQ(rest(std::string("f(a, [\n") + next), next);
    EXPECT_EQ(rest(std::string("f'{a(\n") + next), next);
  }
  EXPECT_EQ(rest("f(\n    def g\nreturned\nx\nclass A: pass"), "class A: pass");
  EXPECT_EQ(rest("f(\n@a\n@b(1)\ndef f(): pass"), "@a\n@b(1)\ndef f(): pass");
  EXPECT_EQ(rest("f(\n@a\nb\ndef f(): pass"), "def f(): pass");
  EXPECT_EQ(rest("f(\nfinally:\n  x\ny"), "y");
  EXPECT_EQ(after_statement("@b(\ndef f(): pass\ny"), "y");
}

TEST(Chunker, AnUnterminatedStringEndsWithItsLine) {
  EXPECT_EQ(rest("'it\nx"), "x");
  EXPECT_EQ(rest("f'it {a!r:>\nx"), "x");
  EXPECT_EQ(rest("f\"{x:\"\ny"), "y");
  EXPECT_EQ(rest("f'{x:{y:{z\ndef f"), "def f");
  EXPECT_EQ(rest("'''\nx\ndef f(): pass"), "") << "an open triple quote takes the rest";
}

TEST(Chunker, ChunksHaveAboutTheTargetSize) {
  std::string text;
  for (int i = 0; i < 20000; ++i)
    text += "name" + std::to_string(i * 7919 % 10007) + " = f(" + std::to_string(i) + ")\n";
  std::uint32_t count = 0;
  for (std::uint32_t from = 0; from < text.size(); ++count) {
    const std::uint32_t cut = next_cut(text, from);
    if (cut < text.size()) {
      ASSERT_GE(cut - from, kChunkMin);
      ASSERT_LE(cut - from, kChunkMax + 100);
    }
    from = cut;
  }
  EXPECT_GT(text.size() / count, kChunkTarget * 2 / 3);
  EXPECT_LT(text.size() / count, kChunkTarget * 3 / 2);
}

TEST(Chunker, DeepNestingIsNoRecursion) {
  std::string text = "x = f'";
  for (int i = 0; i < 200000; ++i) text += "{a:";
  for (int i = 0; i < 200000; ++i) text += "}";
  text += "'\ny = '";
  EXPECT_LE(next_cut(text, 0), text.size());
  std::string open;
  for (int i = 0; i < 200000; ++i) open += "f'{";
  EXPECT_EQ(next_cut(open, 0), open.size());
}

}  // namespace
}  // namespace awaitd::analysis
