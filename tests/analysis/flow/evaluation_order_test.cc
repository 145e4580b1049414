// The order of events is Python's own: the same statements run under a real interpreter with objects that tell what is
// done to them (tests/data/evaluation_order.py), and both lists must be equal.
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/analysis/flow/flow_text.h"

namespace awaitd::testing {
namespace {

using namespace analysis;

const char* const kStatements[] = {
    "o.x = o.y",
    "o.x = p.y = q.z",
    "o[k] = p[j]",
    "o.x[k.a] = f(p)",
    "a.x, b.y = o.u, o.v",
    "(a.x, b[k]), c.z = (o.u, o.v), o.w",
    "o.x += o.y",
    "o[k.i] += p.x",
    "x += await f()",
    "o.n += await f()",
    "o.n = o.n + await f()",
    "o.n = await f() + o.n",
    "o[k] += await f(o[j])",
    "n = o.n; await f(); o.n = n + k",
    "f(o.a, *o.b, c=o.c, **o.d)",
    "f(c=o.c, *o.b)",
    "f(a=o.a, b=await g(), **o.c)",
    "o.f(p.a)(q.b).x",
    "await o.f(await g(o.x), o.y)",
    "(await f()).x = o.y",
    "x = o.a if o.b else o.c",
    "x = o.a and o.b.c",
    "x = o.a or o.b.c",
    "x = not o.a",
    "x = o.a < o.b.c < f(o.d)",
    "x = o.a + o.b * o.c",
    "x = -o.a ** o.b",
    "x = [o.a, await f(), o.b]",
    "x = {o.a: o.b, o.c: await f()}",
    "x = f'{o.a} {await f()} {o.b}'",
    "x = (y := o.a) + p.b",
    "x = o[a.b:c.d:e.f]",
    "x = o[a.b, c.d]",
    "x = lambda y=o.a, z=o.b: o.c",
    "del o.a, p[k], x",
    "assert o.a, o.b",
    "x = [o.a for y in o.items() if o.b]",
    "x = {o.a: o.b for y in o.items()}",
    "x = [await f(o.a) async for y in o.items()]",
    "x = [o.a for y in o.items() for z in p.items()]",
    "for o.x in p.items(): q.a",
    "async for o.x in p.items(): q.a",
    "async for x in p.items(): await f(o.a)",
    "while o.a: p.b; break",
    "with o.a as p.b, q.c as x: f(o.d)",
    "async with o.a as p.b, q.c: await f(o.d)",
    "async with o.f(k): o.n += k",
    "try: f(o.a)\nfinally: await g(o.b)",
    "try: f(o.a)\nexcept E: o.c\nelse: o.d\nfinally: o.e",
    "if o.a: p.b\nelse: p.c",
    "if not o.a: p.b\nelif o.d: p.e\nelse: p.c",
    "@o.d\ndef x(y=o.a, *, z=o.b): pass",
    "class x(o.base(p.a)): y = o.a; o.b",
    "o.a.b.c = o.d.e",
    "o.a.b += p.c[k]",
    "x = y = o.a",
    "x = await f(*o.a, k=await g())",
    "o.total = o.total - await f(o.total)",
};

// What a value is called at run time: how it was come by.
std::string name_of(const Unit& unit, NodeId node) {
  if (node == kNoNode) return "";
  switch (unit[node].kind) {
    case Kind::identifier:
      return std::string(unit.text_of(node));
    case Kind::attribute:
      return name_of(unit, unit.child(node, Field::object)) + "." +
             std::string(unit.text_of(unit.child(node, Field::attribute)));
    case Kind::subscript:
      return name_of(unit, unit.child(node, Field::value)) + "[]";
    case Kind::call:
      return name_of(unit, unit.child(node, Field::function)) + "()";
    case Kind::await:
    case Kind::decorator: {
      NodeId operand = kNoNode;
      for (NodeId child : children(unit, node)) operand = child;
      return name_of(unit, operand);
    }
    case Kind::parenthesized_expression:
      return name_of(unit, unit.first_child(node));
    default:
      return "op";
  }
}

// Names in the scope of a comprehension or a class cannot be watched: those lines go.
std::string without_names(const std::string& lines) {
  std::istringstream in(lines);
  std::string out;
  for (std::string line; std::getline(in, line);) {
    bool name = line.starts_with("read ") || line.starts_with("write ");
    if (!name || line.find_first_of(".[") != std::string::npos) out += line + "\n";
  }
  return out;
}

std::string told(const FlowText& text) {
  const Unit& unit = text.unit();
  std::string out;
  for (EventId e : text.path()) {
    const Event& event = text.flow().events[e];
    std::string word = describe(event, unit);
    word = word.substr(0, word.find(' '));
    if (word == "iter" || word == "next" || word == "return" || word == "break" || word == "raise" || word == "catch")
      continue;
    Kind kind = unit[event.node].kind;
    if (word == "op") {
      bool plain = kind == Kind::binary_operator || kind == Kind::comparison_operator || kind == Kind::unary_operator ||
                   kind == Kind::interpolation || kind == Kind::augmented_assignment;
      out += plain ? "op\n" : "";
      continue;
    }
    NodeId node = event.node;
    if (word == "anext") node = unit.child(node, Field::right);
    if (word == "await") node = event.value;
    if (word == "call" && kind == Kind::call) node = unit.child(node, Field::function);
    out += word + " " + name_of(unit, node) + "\n";
  }
  return out;
}

std::string indented(const std::string& statements) {
  std::string out = "async def function(o, p, q, a, b, c, d, e, k, j, f, g, x, E):\n    ";
  for (char ch : statements) out += ch == '\n' ? std::string("\n    ") : std::string(1, ch);
  return out + "\n";
}

TEST(EvaluationOrder, IsWhatPythonDoes) {
  namespace fs = std::filesystem;
  std::string pattern = (fs::temp_directory_path() / "awaitd-order-XXXXXX").string();
  fs::path folder = mkdtemp(pattern.data());
  {
    std::ofstream out(folder / "statements");
    for (const char* statement : kStatements) out << statement << '\0';
  }
  std::string command =
      "python3 " AWAITD_SOURCE_DIR "/tests/data/evaluation_order.py " + (folder / "statements").string() + " 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  std::string out;
  for (int c = pipe == nullptr ? EOF : fgetc(pipe); c != EOF; c = fgetc(pipe)) out += static_cast<char>(c);
  int status = pipe == nullptr ? -1 : pclose(pipe);
  fs::remove_all(folder);
  if (status != 0 && out.find("Traceback") == std::string::npos) GTEST_SKIP() << "no python3 of at least 3.8: " << out;
  ASSERT_EQ(status, 0) << out;
  std::istringstream parts(out);
  for (const char* statement : kStatements) {
    std::string expected;
    std::getline(parts, expected, '\0');
    std::string seen = told(FlowText(indented(statement)));
    bool hidden =
        std::string(statement).find(" for ") != std::string::npos || std::string(statement).starts_with("class");
    EXPECT_EQ(hidden ? without_names(seen) : seen, hidden ? without_names(expected) : expected) << statement;
  }
}

}  // namespace
}  // namespace awaitd::testing
