// Units and skeletons: shape, places, reuse, budget, hostile input.
#include "analysis/syntax/parse.h"

#include <gtest/gtest.h>

#include "tests/analysis/syntax/syntax_text.h"

namespace awaitd::analysis {
namespace {

ChunkPtr chunk_of(std::string_view text) {
  auto chunk = std::make_shared<Chunk>();
  chunk->text = text;
  const Document document(text);
  for (std::uint32_t line = 0; line < document.line_count(); ++line) {
    const std::uint32_t start = document.line_start(line);
    if (start < text.size() || line == 0) chunk->line_starts.push_back(start);
  }
  return chunk;
}

ChunkSyntaxPtr parse(Parser& parser, std::string_view text, const ChunkSyntaxPtr& old = nullptr) {
  return parser.parse(chunk_of(text), old, {});
}

TEST(Parse, FunctionsBecomeUnitsAndLeavePlaceholders) {
  Parser parser;
  const auto syntax = parse(parser,
                            "import os\n"
                            "class A(B):\n"
                            "    x = 1\n"
                            "    @property\n"
                            "    async def f(self):\n"
                            "        def inner(): pass\n"
                            "        return await g()\n"
                            "    class C:\n"
                            "        def h(self): pass\n"
                            "if y:\n"
                            "    def k(): pass\n"
                            "z = lambda: 1\n");
  ASSERT_EQ(syntax->functions.size(), 3u);
  const Unit& skeleton = *syntax->skeleton.unit;
  EXPECT_TRUE(skeleton.skeleton);
  EXPECT_FALSE(skeleton.has_error);
  EXPECT_EQ(skeleton.text,
            "import os\nclass A(B):\n    x = 1\n    \n    class C:\n        \nif y:\n    \nz = lambda: 1\n");
  const PlacedUnit& f = syntax->functions[0];
  EXPECT_EQ(f.unit->text, "@property\n    async def f(self):\n        def inner(): pass\n        return await g()");
  EXPECT_EQ(f.indent, 4u);
  EXPECT_EQ(f.unit->nodes[0].kind, Kind::decorated_definition);
  ASSERT_EQ(f.classes.size(), 1u);
  EXPECT_EQ(skeleton.text_of(skeleton.child(f.classes[0], Field::name)), "A");
  const PlacedUnit& h = syntax->functions[1];
  ASSERT_EQ(h.classes.size(), 2u);
  EXPECT_EQ(skeleton.text_of(skeleton.child(h.classes[1], Field::name)), "C");
  EXPECT_EQ(skeleton[h.placeholder].kind, Kind::placeholder);
  EXPECT_EQ(skeleton.ancestor(h.placeholder, Kind::class_definition), h.classes[1]);
  EXPECT_TRUE(syntax->functions[2].classes.empty());
  EXPECT_EQ(
      shape(*f.unit),
      "(decorated_definition (decorator (identifier)) definition:(function_definition (kw_async) name:(identifier) "
      "parameters:(parameters (identifier)) body:(block (function_definition name:(identifier) "
      "parameters:(parameters) body:(block (pass_statement))) (return_statement (await (kw_await) (call "
      "function:(identifier) arguments:(argument_list)))))))");
}

TEST(Parse, EveryUnitByteComesFromItsPlaceInTheChunk) {
  Parser parser;
  for (const std::string& text : samples()) {
    const auto syntax = parse(parser, text);
    EXPECT_EQ(problems(*syntax), "") << text;
  }
}

TEST(Parse, SkeletonOffsetsMapBack) {
  Parser parser;
  const std::string text = "a = 1\nclass A:\n    def f(self): pass\n    b = 2\n    def g(self): pass\nc = 3\n";
  const auto syntax = parse(parser, text);
  const Unit& skeleton = *syntax->skeleton.unit;
  for (NodeId id = 0; id < skeleton.nodes.size(); ++id) {
    if (skeleton[id].kind != Kind::expression_statement) continue;
    const std::uint32_t start = syntax->from_skeleton(skeleton[id].start);
    const std::uint32_t end = syntax->from_skeleton(skeleton[id].end, true);
    EXPECT_EQ(text.substr(start, end - start), skeleton.text_of(id));
  }
  const NodeId body = skeleton.child(syntax->functions[0].classes[0], Field::body);
  EXPECT_EQ(syntax->from_skeleton(skeleton[body].start), text.find("def f"));
  EXPECT_EQ(syntax->from_skeleton(skeleton[body].end, true), text.find("\nc = 3"));
}

TEST(Parse, ErrorsStayWhereTheyAre) {
  Parser parser;
  const auto whole = parse(parser, "class A:\n    def f(self):\n        x = 1 1\n    def g(self):\n        pass\n");
  ASSERT_EQ(whole->functions.size(), 2u);
  EXPECT_TRUE(whole->functions[0].unit->has_error);
  EXPECT_FALSE(whole->functions[1].unit->has_error);
  EXPECT_FALSE(whole->skeleton.unit->has_error) << "an error in a method is no error of the class";
}

TEST(Parse, GarbageIsAModuleWithErrors) {
  Parser parser;
  for (const char* text : {")", "= =", "def f(x y): pass\n)", "class", "\"", "else:\n"}) {
    const auto syntax = parse(parser, text);
    const Unit& skeleton = *syntax->skeleton.unit;
    EXPECT_TRUE(skeleton.has_error) << text;
    EXPECT_EQ(skeleton[0].kind, Kind::module) << text;
    EXPECT_EQ(everything(*parse(parser, text, parse(parser, "x\n"))), everything(*syntax)) << text;
  }
}

TEST(Parse, MeaningfulTokensAreKeptAndPunctuationIsNot) {
  Parser parser;
  const auto syntax = parse(parser, "x = a not in b and not c\nfor i in d: y += i ** 2\n@z\nclass A: pass\n");
  EXPECT_EQ(
      shape(*syntax->skeleton.unit),
      "(module (expression_statement (assignment left:(identifier) right:(boolean_operator left:(comparison_operator "
      "(identifier) operators:(kw_not_in) (identifier)) operator_:(kw_and) right:(not_operator (kw_not) "
      "argument:(identifier))))) (for_statement left:(identifier) (kw_in) right:(identifier) body:(block "
      "(expression_statement (augmented_assignment left:(identifier) operator_:(op_plus_assign) "
      "right:(binary_operator left:(identifier) operator_:(op_double_star) right:(integer)))))) "
      "(decorated_definition (decorator (identifier)) definition:(class_definition name:(identifier) body:(block "
      "(pass_statement)))))");
}

TEST(Parse, TypingInOneMethodOfALongClassBuildsOneUnit) {
  Parser parser;
  std::string text = "class Long(Base):\n";
  for (int i = 0; i < 400; ++i) {
    text += "    async def method_" + std::to_string(i) +
            "(self, a, b):\n        c = a + b\n        await self.use(c)\n        return c\n\n";
  }
  auto syntax = parse(parser, text);
  ASSERT_EQ(syntax->functions.size(), 400u);
  EXPECT_EQ(syntax->work.flattened, 401u);
  const std::size_t at = text.find("c = a", text.find("method_200"));
  for (char c : std::string("value")) {
    text.insert(at, 1, c);
    const auto next = parse(parser, text, syntax);
    EXPECT_EQ(next->work.flattened, 1u);
    EXPECT_LT(next->work.visited, 1300u) << "the nodes of functions that are taken over are not walked";
    EXPECT_EQ(next->skeleton.unit, syntax->skeleton.unit);
    EXPECT_EQ(next->functions[199].unit, syntax->functions[199].unit);
    EXPECT_EQ(next->functions[399].unit, syntax->functions[399].unit);
    EXPECT_NE(next->functions[200].unit, syntax->functions[200].unit);
    EXPECT_EQ(problems(*next), "");
    syntax = next;
  }
}

TEST(Parse, TheSameChunkOrTextCostsNothing) {
  Parser parser;
  const auto chunk = chunk_of("def f(): pass\n");
  const auto syntax = parser.parse(chunk, nullptr, {});
  EXPECT_EQ(parser.parse(chunk, syntax, {}), syntax);
  const auto moved = parser.parse(chunk_of("def f(): pass\n"), syntax, {});
  EXPECT_EQ(moved->functions[0].unit, syntax->functions[0].unit);
  EXPECT_EQ(moved->work.callbacks, 0u);
  EXPECT_NE(moved->chunk, chunk);
}

TEST(Parse, WithoutTreeTheUnitsAreStillTakenOver) {
  Parser parser;
  const auto syntax = Parser::without_tree(parse(parser, "def f(): pass\nclass A:\n    def g(self): pass\n"));
  EXPECT_EQ(syntax->tree, nullptr);
  const auto next = parse(parser, "def f(): pass\nclass A:\n    y = 1\n    def g(self): pass\n", syntax);
  EXPECT_EQ(next->functions[0].unit, syntax->functions[0].unit);
  EXPECT_EQ(next->functions[1].unit, syntax->functions[1].unit);
  EXPECT_NE(next->tree, nullptr);
}

// An edit inside a function of a class parses that function, not the class.
TEST(Parse, AFunctionAlone) {
  Parser parser;
  const std::string head = "class A:\n    x = 1\n\n    def f(self):\n        a\n";
  const std::string tail = "\n    # of g\n    def g(self): pass\n";
  const auto whole = parse(parser, head + tail);
  const auto alone = [&](const std::string& text) {
    const auto next = parse(parser, text, whole);
    EXPECT_EQ(everything(*next), everything(*parse(parser, text)));
    return !next->tree && next->skeleton.unit == whole->skeleton.unit &&
           next->functions[1].unit == whole->functions[1].unit;
  };
  EXPECT_TRUE(alone("class A:\n    x = 1\n\n    def f(self):\n        ab\n" + tail));
  EXPECT_TRUE(alone("class A:\n    x = 1\n\n    def ff(self):\n        a\n" + tail));
  EXPECT_TRUE(alone("class A:\n    x = 1\n\n    def f(self):\n        # why\n        a\n" + tail));
  EXPECT_TRUE(alone("class A:\n    x = 1\n\n    def f(self):\n        if a:\n            a\n" + tail));
  EXPECT_FALSE(alone("class A:\n    x = 1\n\n    def f(self):\n        a\n    # whose?\n" + tail));
  EXPECT_FALSE(alone("class A:\n    x = 1\n\n    def f(self):\n        a\n        # whose?\n" + tail));
  EXPECT_FALSE(alone("class A:\n    x = 1\n\n    def f(self):\n        a \\\n" + tail));
  EXPECT_FALSE(alone("class A:\n    x = 1\n\n    def f(self):\n        (a\n" + tail));
  EXPECT_FALSE(alone("class A:\n    x = 1\n\n    def f(self):\n        a\n    y = 1\n" + tail));
  EXPECT_FALSE(alone("class A:\n    x = 1\n\n    deff(self):\n        a\n" + tail));
  EXPECT_FALSE(alone("class A:\n    x = 12\n\n    def f(self):\n        a\n" + tail));
}

TEST(Parse, ABudgetKeepsTheLastCompleteUnits) {
  Parser parser;
  const auto first = parse(parser, "def f():\n    return 1\n");
  std::string garbage = "def f():\n    return 1\n";
  for (int i = 0; i < 2000; ++i) garbage += "def f(\n";
  const auto stopped = parser.parse(chunk_of(garbage), first, {.callbacks = 50});
  ASSERT_NE(stopped, nullptr);
  EXPECT_FALSE(stopped->complete);
  EXPECT_LE(stopped->work.callbacks, 51u);
  EXPECT_TRUE(stopped->skeleton.unit->incomplete);
  ASSERT_EQ(stopped->functions.size(), 1u);
  EXPECT_TRUE(stopped->functions[0].unit->incomplete);
  EXPECT_EQ(stopped->settled, first);
  const auto repaired = parse(parser, "def f():\n    return 1\nx = 1\n", stopped);
  EXPECT_TRUE(repaired->complete);
  EXPECT_EQ(repaired->functions[0].unit, first->functions[0].unit);
  EXPECT_EQ(problems(*repaired), "");
  const auto fresh = parser.parse(chunk_of(garbage), nullptr, {.callbacks = 50});
  EXPECT_TRUE(fresh->skeleton.unit->incomplete);
  EXPECT_EQ(fresh->skeleton.unit->text, garbage);
}

TEST(Parse, AProvisionalTreeGivesWayToTheExactOne) {
  Parser parser;
  const auto whole = parse(parser, "class A:\n    def f(self): pass\n    def g(self): pass\n");
  const auto broken = chunk_of("class A:\n    def f(self)): pass\n    def g(self): pass\n");
  const auto provisional = parser.parse(broken, whole, {.provisional = true});
  EXPECT_TRUE(provisional->provisional);
  EXPECT_EQ(parser.parse(broken, provisional, {.provisional = true}), provisional);
  const auto exact = parser.parse(broken, provisional, {});
  EXPECT_FALSE(exact->provisional);
  EXPECT_EQ(everything(*exact), everything(*parser.parse(broken, nullptr, {})));
  EXPECT_EQ(parser.parse(broken, exact, {}), exact);
}

TEST(Parse, Cancelled) {
  Parser parser;
  std::atomic<bool> cancelled{true};
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "x = f(1, 2)\n";
  EXPECT_EQ(parser.parse(chunk_of(text), nullptr, {.cancelled = &cancelled}), nullptr);
  cancelled = false;
  EXPECT_EQ(problems(*parser.parse(chunk_of(text), nullptr, {.cancelled = &cancelled})), "");
}

TEST(Parse, LoneCarriageReturnsEndLines) {
  Parser parser;
  const auto syntax = parse(parser, "x = 1\rdef f():\r    return x\ry = '''a\rb'''\r");
  EXPECT_FALSE(syntax->skeleton.unit->has_error);
  ASSERT_EQ(syntax->functions.size(), 1u);
  EXPECT_EQ(syntax->functions[0].unit->text, "def f():\r    return x");
}

// A line end typed in two halves: the byte's meaning changes without the byte.
TEST(Parse, HalfACarriageReturnLineFeed) {
  Parser parser;
  const auto a = parse(parser, "x = (1,\r 2)\ny = 3\n");
  const auto b = parse(parser, "x = (1,\r\n 2)\ny = 3\n", a);
  EXPECT_EQ(everything(*b), everything(*parse(parser, "x = (1,\r\n 2)\ny = 3\n")));
  EXPECT_EQ(everything(*parse(parser, "x = (1,\r 2)\ny = 3\n", b)), everything(*a));
}

struct Hostile {
  const char* name;
  std::string text;
};

std::string times(int n, std::string_view what) {
  std::string out;
  for (int i = 0; i < n; ++i) out += what;
  return out;
}

std::vector<Hostile> hostile() {
  const int n = 10000;
  std::string indents, classes;
  for (int i = 0; i < 1500; ++i) {
    indents += std::string(i, ' ') + "if x:\n";
    classes += std::string(i, ' ') + "class A:\n";
  }
  const std::string js =
      times(4000, "function f(a, b) { return a ? `x${b}` : { 'k': [1, 2] }; }\nconst g = (x) => x && f(x);\n");
  return {
      {"parens", "x = " + times(n, "(") + "1" + times(n, ")") + "\n"},
      {"brackets", "x = " + times(n, "[") + "1" + times(n, "]") + "\n"},
      {"calls", times(n, "f(") + times(n, ")") + "\n"},
      {"open", times(n, "(") + "\n"},
      {"close", times(n, ")") + "\n"},
      {"indents", indents},
      {"classes", classes},
      {"attributes", "x" + times(n, ".a") + "\n"},
      {"operators", "x" + times(n, " + a") + "\n"},
      {"elif", "if x: pass\n" + times(n, "elif x: pass\n")},
      {"ternary", "x = " + times(n, "a if b else ") + "c\n"},
      {"lambda", "x = " + times(n, "lambda: ") + "c\n"},
      {"not", "x = " + times(n, "not ") + "c\n"},
      {"javascript", js},
      {"def_open", times(n, "def f(\n")},
      {"backslashes", times(n, "\\\n")},
      {"nuls", times(600, std::string("abc\0def = 1\n", 12))},
      {"nul", std::string(n, '\0')},
      {"invalid", times(n, "\xff\xc3(")},
      {"items", "x = [" + times(n, "1, ") + "]\n"},
      {"strings", "x = " + times(n, "'a' ") + "\n"},
      {"quote", "x = '''" + times(2000, "not closed\n")},
      {"fstrings", times(1000, "f'{") + times(1000, "}'") + "\n"},
      {"specs", "f'" + times(n, "{a:") + times(n, "}") + "'\n"},
      {"decorators", times(n, "@a\n")},
      {"nested_functions", times(1000, "def f(): return [lambda: ") + "1\n"},
  };
}

TEST(Parse, HostileTextsStopWithinTheBudget) {
  Parser parser;
  for (const Hostile& h : hostile()) {
    SCOPED_TRACE(h.name);
    const Document document(h.text);
    EXPECT_EQ(document.text(), h.text);
    for (const ChunkPtr& chunk : document.chunks()) {
      const auto syntax = parser.parse(chunk, nullptr, {.callbacks = kInteractiveCallbacks});
      ASSERT_NE(syntax, nullptr);
      EXPECT_LE(syntax->work.callbacks, kInteractiveCallbacks + 1);
      EXPECT_EQ(problems(*syntax), "");
    }
    // The next request works.
    EXPECT_EQ(parse(parser, "def f(): pass\n")->functions.size(), 1u);
  }
}

TEST(Parse, AFiveMegabyteLine) {
  Parser parser;
  const std::string text = "x = [" + times(1000000, "1234,") + "]\n";
  const Document document(text);
  ASSERT_EQ(document.chunks().size(), 1u);
  const auto syntax = parser.parse(document.chunks()[0], nullptr, {.callbacks = kInteractiveCallbacks});
  EXPECT_FALSE(syntax->complete);
  const Document edited = document.edited(10, 11, "z");
  EXPECT_EQ(edited.line_count(), 2u);
}

}  // namespace
}  // namespace awaitd::analysis
