// Annotations: names, Optional and unions, generics, string annotations (PEP 484, 563, 604).
#include "analysis/terms/term_builder.h"

namespace awaitd::analysis {

TermId TermBuilder::type_expression(NodeId node) {
  if (node == kNoNode || depth_ > 100) return 0;
  struct Depth {
    int& d;
    explicit Depth(int& depth) : d(depth) { ++d; }
    ~Depth() { --d; }
  } guard(depth_);
  const Node& n = unit_[node];
  switch (n.kind) {
    case Kind::type:
    case Kind::parenthesized_expression: return type_expression(unit_.first_child(node));
    case Kind::member_type: {  // a.b in a type position
      NodeId object = unit_.first_child(node);
      NodeId attribute = kNoNode;
      for (NodeId c : children(unit_, node)) attribute = c;
      if (object == kNoNode || attribute == object) return 0;
      return make(TermKind::attribute, type_expression(object), 0, unit_.text_of(attribute));
    }
    case Kind::generic_type:
    case Kind::subscript: {
      NodeId base = n.kind == Kind::subscript ? unit_.child(node, Field::value) : unit_.first_child(node);
      if (base == kNoNode) return 0;
      Term term;
      term.kind = TermKind::generic;
      term.a = type_expression(base);
      std::vector<TermId> arguments;
      NodeId holder = n.kind == Kind::subscript ? node : unit_.child(node, Kind::type_parameter);
      if (holder == kNoNode) return term.a;
      for (NodeId c : children(unit_, holder)) {
        if (c == base || unit_[c].kind == Kind::comment) continue;
        if (unit_[c].kind == Kind::tuple || unit_[c].kind == Kind::expression_list) {
          for (NodeId e : children(unit_, c)) arguments.push_back(type_expression(e));
        } else {
          arguments.push_back(type_expression(c));
        }
      }
      term.first = static_cast<std::uint32_t>(arena_.lists.size());
      term.count = static_cast<std::uint32_t>(arguments.size());
      arena_.lists.insert(arena_.lists.end(), arguments.begin(), arguments.end());
      return add(term);
    }
    case Kind::union_type: {
      TermId result = 0;
      bool first = true;
      for (NodeId c : children(unit_, node)) {
        if (unit_[c].size == 1 && unit_[c].kind == Kind::op_bar) continue;
        TermId one = type_expression(c);
        result = first ? one : either(result, one);
        first = false;
      }
      return result;
    }
    case Kind::binary_operator:
      return either(type_expression(unit_.child(node, Field::left)), type_expression(unit_.child(node, Field::right)));
    case Kind::tuple: {  // isinstance(x, (A, B)), except (A, B)
      TermId result = 0;
      bool first = true;
      for (NodeId c : children(unit_, node)) {
        if (unit_[c].kind == Kind::comment) continue;
        TermId one = type_expression(c);
        result = first ? one : either(result, one);
        first = false;
      }
      return result;
    }
    case Kind::string: return string_type(node);
    case Kind::none: return make(TermKind::literal, 0, 0, "NoneType");
    default: return expression(node);
  }
}

// "Session", 'Session | None', "Optional[db.Session]", "list[Path]": a small reader of dotted names, brackets and bars.
TermId TermBuilder::string_type(NodeId node) {
  std::string_view text = unit_.text_of(node);
  std::size_t open = text.find_first_of("'\"");
  if (open == std::string_view::npos || text.size() < open + 2) return 0;
  std::size_t quotes = text.substr(open, 3) == "\"\"\"" || text.substr(open, 3) == "'''" ? 3 : 1;
  if (text.size() < open + 2 * quotes) return 0;
  return dotted_text(text.substr(open + quotes, text.size() - open - 2 * quotes), node);
}

TermId TermBuilder::dotted_text(std::string_view text, NodeId use) {
  auto trim = [](std::string_view s) {
    while (!s.empty() && (s.front() == ' ' || s.front() == '\n' || s.front() == '\t')) s.remove_prefix(1);
    while (!s.empty() && (s.back() == ' ' || s.back() == '\n' || s.back() == '\t')) s.remove_suffix(1);
    return s;
  };
  text = trim(text);
  if (text.empty() || text.size() > 400 || depth_ > 100) return 0;
  // Top-level bars and commas.
  int depth = 0;
  for (std::size_t i = text.size(); i-- > 0;) {
    if (text[i] == ']') ++depth;
    if (text[i] == '[') --depth;
    if (depth == 0 && text[i] == '|') {
      return either(dotted_text(text.substr(0, i), use), dotted_text(text.substr(i + 1), use));
    }
  }
  if (text == "None") return make(TermKind::literal, 0, 0, "NoneType");
  std::size_t bracket = text.find('[');
  if (bracket != std::string_view::npos) {
    if (text.back() != ']') return 0;
    Term term;
    term.kind = TermKind::generic;
    term.a = dotted_text(text.substr(0, bracket), use);
    std::vector<TermId> arguments;
    std::string_view inner = text.substr(bracket + 1, text.size() - bracket - 2);
    std::size_t from = 0;
    depth = 0;
    for (std::size_t i = 0; i <= inner.size(); ++i) {
      if (i < inner.size() && inner[i] == '[') ++depth;
      if (i < inner.size() && inner[i] == ']') --depth;
      if (i == inner.size() || (depth == 0 && inner[i] == ',')) {
        arguments.push_back(dotted_text(inner.substr(from, i - from), use));
        from = i + 1;
      }
    }
    term.first = static_cast<std::uint32_t>(arena_.lists.size());
    term.count = static_cast<std::uint32_t>(arguments.size());
    arena_.lists.insert(arena_.lists.end(), arguments.begin(), arguments.end());
    return add(term);
  }
  std::size_t dot = text.rfind('.');
  if (dot != std::string_view::npos) {
    return make(TermKind::attribute, dotted_text(text.substr(0, dot), use), 0, text.substr(dot + 1));
  }
  for (char c : text) {
    bool word = c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c & 0x80);
    if (!word) return 0;
  }
  return name(text, use);
}

}  // namespace awaitd::analysis
