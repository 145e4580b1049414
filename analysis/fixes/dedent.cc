#include "analysis/fixes/dedent.h"

#include <algorithm>

#include "analysis/fixes/extract.h"

namespace awaitd::analysis {
namespace {

std::uint32_t line_start(const std::string& text, std::uint32_t at) {
  while (at > 0 && text[at - 1] != '\n') --at;
  return at;
}

}  // namespace

bool dedent(EditBuilder& edits, const Unit& unit, Range lines, std::size_t width) {
  const std::string& text = unit.text;
  for (std::uint32_t at = line_start(text, lines.start); at < lines.end;) {
    std::uint32_t end = at;
    while (end < text.size() && text[end] != '\n') ++end;
    std::size_t code = text.find_first_not_of(" \t", at);
    bool blank = code == std::string::npos || code >= end || text[code] == '\r';
    bool in_string = std::any_of(unit.nodes.begin(), unit.nodes.end(), [&](const Node& node) {
      return node.kind == Kind::string && node.start < at && at < node.end;
    });
    if (!blank && !in_string) {
      if (code - at < width) return false;
      edits.replace(Range{at, at + static_cast<std::uint32_t>(width)}, "");
    }
    at = end + 1;
  }
  return true;
}

std::optional<std::uint32_t> below_head(const Unit& unit, NodeId statement) {
  const NodeId body = unit.child(statement, Field::body);
  if (body == kNoNode) return std::nullopt;
  std::uint32_t first = unit[body].start;  // of what stands below: a comment is no part of the body
  for (NodeId n = statement; n < body; ++n) {
    if (unit[n].kind == Kind::comment) first = std::min(first, unit[n].start);
  }
  const std::size_t colon = unit.text.find_last_not_of(" \t\r\n", first - 1);
  const std::uint32_t line = line_start(unit.text, first);
  if (colon == std::string::npos || unit.text[colon] != ':' || colon >= line) return std::nullopt;
  return line_start(unit.text, static_cast<std::uint32_t>(unit.text.find('\n', colon)) + 1);
}

bool replace_by_body(EditBuilder& edits, const UnitView& view, NodeId statement) {
  const Unit& unit = view.unit();
  NodeId body = unit.child(statement, Field::body);
  if (body == kNoNode) return false;
  NodeId first = unit.first_child(body);
  if (first == kNoNode) return false;
  auto outer = indentation_of(unit, statement), inner = indentation_of(unit, first);
  if (!outer || !inner || inner->size() <= outer->size()) return false;
  auto below = below_head(unit, statement);
  if (!below) return false;
  edits.replace(Range{line_start(unit.text, unit[statement].start), *below}, "");
  return dedent(edits, unit, {*below, unit[statement].end}, inner->size() - outer->size());
}

}  // namespace awaitd::analysis
