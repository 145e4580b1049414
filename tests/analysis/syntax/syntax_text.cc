#include "tests/analysis/syntax/syntax_text.h"

namespace awaitd::analysis {
namespace {

const char* name(Kind kind) {
  switch (kind) {
#define AWAITD_KIND(id, grammar_name) \
  case Kind::id:                      \
    return #id;
#include "analysis/syntax/kinds.def"
#undef AWAITD_KIND
  }
  return "?";
}

const char* name(Field field) {
  switch (field) {
#define AWAITD_FIELD(id, grammar_name) \
  case Field::id:                      \
    return #id;
#include "analysis/syntax/fields.def"
#undef AWAITD_FIELD
  }
  return "?";
}

std::string everything(const Unit& unit) {
  std::string out = unit.text + "\n|" + std::to_string(unit.has_error) + std::to_string(unit.incomplete) + "\n";
  for (const Node& node : unit.nodes) {
    out += std::string(name(node.kind)) + " " + name(node.field) + " " + std::to_string(node.flags) + " " +
           std::to_string(node.start) + " " + std::to_string(node.end) + " " + std::to_string(node.size) + " " +
           std::to_string(static_cast<int>(node.parent)) + "\n";
  }
  return out;
}

std::string unit_problems(const Unit& unit) {
  const auto& nodes = unit.nodes;
  if (nodes.empty()) return "no nodes";
  if (nodes[0].size != nodes.size() || nodes[0].parent != kNoNode) return "root";
  if (nodes[0].start != 0 || nodes[0].end != unit.text.size()) return "root range";
  for (NodeId id = 1; id < nodes.size(); ++id) {
    const Node& node = nodes[id];
    const std::string at = " at node " + std::to_string(id);
    if (node.parent >= id) return "parent" + at;
    const Node& parent = nodes[node.parent];
    if (id + node.size > node.parent + parent.size) return "size" + at;
    if (node.start > node.end || node.start < parent.start || node.end > parent.end) return "range" + at;
  }
  return "";
}

}  // namespace

std::string shape(const Unit& unit) {
  std::string out;
  std::vector<NodeId> ends;
  for (NodeId id = 0; id < unit.nodes.size(); ++id) {
    for (; !ends.empty() && ends.back() == id; ends.pop_back()) out += ")";
    if (id > 0) out += " ";
    if (unit[id].field != Field::none) out += std::string(name(unit[id].field)) + ":";
    out += std::string("(") + name(unit[id].kind);
    ends.push_back(id + unit[id].size);
  }
  return out + std::string(ends.size(), ')');
}

std::string everything(const ChunkSyntax& syntax) {
  std::string out = everything(*syntax.skeleton.unit);
  for (const Gap& gap : syntax.gaps) out += "gap " + std::to_string(gap.at) + " " + std::to_string(gap.removed) + "\n";
  for (const PlacedUnit& placed : syntax.functions) {
    out += "at " + std::to_string(placed.start) + " " + std::to_string(placed.indent) + " " +
           std::to_string(placed.placeholder);
    for (NodeId c : placed.classes) out += " in " + std::to_string(c);
    out += "\n" + everything(*placed.unit);
  }
  return out;
}

std::string problems(const ChunkSyntax& syntax) {
  const std::string& text = syntax.chunk->text;
  const Unit& skeleton = *syntax.skeleton.unit;
  if (std::string wrong = unit_problems(skeleton); !wrong.empty()) return "skeleton: " + wrong;
  if (skeleton[0].kind != Kind::module) return "skeleton: kind of root";
  if (!syntax.complete) return "";
  std::string rebuilt;
  std::size_t copied = 0;
  if (syntax.gaps.size() != syntax.functions.size()) return "gaps";
  for (std::size_t i = 0; i < syntax.functions.size(); ++i) {
    const PlacedUnit& placed = syntax.functions[i];
    const Unit& unit = *placed.unit;
    const std::string at = "function " + std::to_string(i) + ": ";
    if (std::string wrong = unit_problems(unit); !wrong.empty()) return at + wrong;
    if (text.compare(placed.start, unit.text.size(), unit.text) != 0) return at + "text";
    if (skeleton[placed.placeholder].kind != Kind::placeholder) return at + "placeholder";
    if (skeleton[placed.placeholder].start != syntax.gaps[i].at) return at + "gap";
    rebuilt += skeleton.text.substr(copied, syntax.gaps[i].at - copied) + unit.text;
    copied = syntax.gaps[i].at;
    for (NodeId c : placed.classes) {
      if (skeleton[c].kind != Kind::class_definition) return at + "classes";
      if (c > placed.placeholder || c + skeleton[c].size <= placed.placeholder) return at + "not inside its class";
    }
  }
  rebuilt += skeleton.text.substr(copied);
  return rebuilt == text ? "" : "skeleton and functions are not the chunk";
}

std::vector<std::string> samples() {
  return {
      "",
      "\n",
      "x",
      "# only a comment",
      "\xef\xbb\xbfimport a\n",
      "def f(): pass",
      "def f(",
      "class A:",
      "class A:\n  def f(self):\n    x = [\n  def g(self): pass\n",
      "@a\n@b(1)\nasync def f(x: int = 1, *a, **k) -> None:\n    async with a as b, c: await d\n    # end\n",
      "@a\nclass A:\n    @b\n    def c(self): pass\n    d = e\n",
      "try:\n    import a\nexcept* E as e:\n    def a(): pass\nelse:\n    pass\nfinally:\n    pass\n",
      "match x:\n    case [1, -2, _]:\n        def f(): pass\n    case _:\n        pass\n",
      "x = f\"{a!r:>{b}} {c['d']}\" '''x'''\r\ny = [i async for i in z if await w]\r\n",
      "def f(x):\n\treturn x\n\ndef g(\n\n)):\n\tpass\nclass\n",
      std::string("x = 1\0\0\ndef f():\n  '\0'\n", 24),
      "if a:\n  def f(): pass; x = 1\n  y = 2\nelse: z\n",
      "def f(): return (\n",
      "'''open\ndef f(): pass\n",
      "print 'x', y\nexec 'z'\nprint >>f, 1\n",
      "))]}\n  indented\n def f():\n  pass\n",
  };
}

}  // namespace awaitd::analysis
