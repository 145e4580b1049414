// Where a new module-level variable goes: behind the last statement before the module's first function or class, with a
// blank line around it unless it joins other variables. A statement that starts with empty lines says itself how
// many.
#include "analysis/analysis_state.h"
#include "analysis/fixes/fix_list.h"

namespace awaitd::analysis {
namespace {

bool defines(Kind kind) {
  return kind == Kind::placeholder || kind == Kind::class_definition || kind == Kind::decorated_definition ||
         kind == Kind::function_definition;
}

std::uint32_t line_after(const Document& document, std::uint32_t offset) {
  std::uint32_t line = document.line_of(offset) + 1;
  return line < document.line_count() ? document.line_start(line) : document.size();
}

}  // namespace

Edit definition_edit(const Analysis& analysis, const std::string& statement) {
  const Document& document = analysis.document;
  const std::string eol(document.line_ending());
  std::uint32_t behind = 0, first = document.size();
  bool any = false, variable = false, found = false;
  for (std::size_t c = 0; c < analysis.chunks.size() && !found; ++c) {
    const Unit& unit = *analysis.chunks[c]->units[0].data->unit;
    if (unit.nodes.empty()) continue;
    for (NodeId n : children(unit, 0)) {
      if (unit[n].kind == Kind::comment) continue;
      Range range = analysis.place(c, 0).to_document(Range{unit[n].start, unit[n].end});
      found = defines(unit[n].kind);
      if (found) {
        first = document.line_start(document.line_of(range.start));
        break;
      }
      any = true;
      behind = range.end;
      NodeId inner = unit.first_child(n);
      variable = unit[n].kind == Kind::expression_statement && inner != kNoNode && unit[inner].kind == Kind::assignment;
    }
  }
  if (!any) return {{first, first}, statement.substr(statement.find_first_not_of("\r\n")) + eol + eol + eol};
  const std::uint32_t at = line_after(document, behind);
  return {{at, at}, (variable || statement.starts_with(eol) ? "" : eol) + statement + eol};
}

}  // namespace awaitd::analysis
