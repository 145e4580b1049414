// Lines and indentation of code that moves.
#include <algorithm>

#include "analysis/fixes/extract.h"

namespace awaitd::analysis {
namespace {

std::uint32_t line_start(std::string_view text, std::uint32_t at) {
  while (at > 0 && text[at - 1] != '\n' && text[at - 1] != '\r') --at;
  return at;
}

std::uint32_t line_end(std::string_view text, std::uint32_t at) {
  while (at < text.size() && text[at] != '\n' && text[at] != '\r') ++at;
  return at;
}

}  // namespace

std::optional<std::string> indentation_of(const Unit& unit, NodeId statement) {
  std::uint32_t start = line_start(unit.text, unit[statement].start);
  std::string before = unit.text.substr(start, unit[statement].start - start);
  if (start == 0 || before.find_first_not_of(" \t") != std::string::npos) return std::nullopt;
  return before;
}

std::string indentation_step(const UnitView& view, FunctionId function) {
  const Unit& unit = view.unit();
  const Function& fn = view.facts().functions[function];
  NodeId first = unit.first_child(fn.body);
  auto inner = first == kNoNode ? std::nullopt : indentation_of(unit, first);
  std::string_view line = view.document().line_text(view.document().line_of(view.document_range(fn.node).start));
  std::string_view outer = line.substr(0, std::min(line.find_first_not_of(" \t"), line.size()));
  if (inner && inner->size() > outer.size() && std::string_view(*inner).starts_with(outer))
    return inner->substr(outer.size());
  return "    ";
}

std::optional<Range> whole_lines(const Unit& unit, NodeId first, NodeId last) {
  if (!indentation_of(unit, first)) return std::nullopt;
  std::uint32_t start = line_start(unit.text, unit[first].start);
  std::uint32_t end = line_end(unit.text, unit[last].end);
  std::string_view rest = std::string_view(unit.text).substr(unit[last].end, end - unit[last].end);
  std::size_t code = rest.find_first_not_of(" \t");
  if (code != std::string_view::npos && rest[code] != '#') return std::nullopt;
  if (code == std::string_view::npos) end = unit[last].end;
  while (end > start && (unit.text[end - 1] == '\r' || unit.text[end - 1] == '\n'))
    --end;  // a comment's node has its CR
  // Comments of the block that stand behind its last statement.
  std::size_t depth = indentation_of(unit, first)->size();
  for (std::uint32_t at = end; at < unit.text.size();) {
    std::uint32_t next = line_end(unit.text, at);
    while (next < unit.text.size() && (unit.text[next] == '\n' || unit.text[next] == '\r')) ++next;
    std::size_t text = unit.text.find_first_not_of(" \t", next);
    if (text == std::string::npos || unit.text[text] != '#' || text - next <= depth) break;
    end = at = line_end(unit.text, next);
  }
  return Range{start, end};
}

std::uint32_t next_line(const Unit& unit, std::uint32_t at) {
  const std::string& text = unit.text;
  if (at < text.size() && text[at] == '\r') ++at;
  return at < text.size() && text[at] == '\n' ? at + 1 : at;
}

std::string indented(const Unit& unit, Range range, const std::string& step, Range cut, std::string_view instead) {
  const std::string& text = unit.text;
  std::vector<Range> strings;
  for (const Node& node : unit.nodes) {
    if (node.kind == Kind::string && node.start < range.end && node.end > range.start)
      strings.push_back({node.start, node.end});
  }
  std::string out;
  bool new_line = true;
  for (std::uint32_t at = range.start; at < range.end; ++at) {
    if (new_line) {
      bool in_string =
          std::any_of(strings.begin(), strings.end(), [&](const Range& s) { return s.start < at && at < s.end; });
      bool blank = text.find_first_not_of(" \t", at) >= line_end(text, at);
      if (!in_string && !blank) out += step;
    }
    if (at == cut.start && cut.end > cut.start) {
      out += instead;
      at = cut.end;
      if (at >= range.end) break;
    }
    out += text[at];
    new_line = text[at] == '\n' || (text[at] == '\r' && (at + 1 == text.size() || text[at + 1] != '\n'));
  }
  return out;
}

ArgumentPlace next_argument(const UnitView& view, const Call& call) {
  const Unit& unit = view.unit();
  NodeId last = kNoNode;
  for (NodeId child : children(unit, call.arguments)) {
    if (unit[child].kind != Kind::comment) last = child;
  }
  if (last == kNoNode) return {unit[call.arguments].start + 1, ""};
  const std::size_t line = unit.text.find_last_not_of(" \t", unit[last].start - 1);
  if (line == std::string::npos || unit.text[line] != '\n') return {unit[last].end, ", "};
  const std::string indent = unit.text.substr(line + 1, unit[last].start - line - 1);
  return {unit[last].end, "," + std::string(view.document().line_ending()) + indent};
}

std::optional<std::string> free_name(const UnitView& view, const std::string& name) {
  for (const char* behind : {"", "_2", "_3"}) {
    std::string candidate = name + behind;
    bool taken =
        view.linker().index().tables->globals.contains(candidate) || view.knowledge().is_builtin_name(candidate);
    for (const Node& node : view.unit().nodes) {
      NodeId id = static_cast<NodeId>(&node - view.unit().nodes.data());
      taken |= node.kind == Kind::identifier && view.text(id) == candidate && reads_name(view.unit(), id);
    }
    if (!taken) return candidate;
  }
  return std::nullopt;
}

bool blank_line_before(const UnitView& view, std::uint32_t at) {
  const Document& document = view.document();
  std::uint32_t line = document.line_of(view.place().to_document(at));
  if (line == 0) return true;
  std::string_view before = document.line_text(line - 1);
  std::size_t first = before.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos || before[first] == '#';
}

}  // namespace awaitd::analysis
