// Where an import belongs: beside the module's other plain imports, in order; after the docstring and
// `from __future__` where there are none (PEP 8).
#include "analysis/analysis_state.h"
#include "analysis/fixes/fix_list.h"

namespace awaitd::analysis {
namespace {

struct TopStatement {
  Range range;         // document offsets
  Kind kind{};
  std::string text;
  bool docstring = false;
};

// The module's first statements, up to the first def, class or other code behind the imports.
std::vector<TopStatement> head_of(const Analysis& analysis) {
  std::vector<TopStatement> head;
  for (std::size_t c = 0; c < analysis.chunks.size(); ++c) {
    const Unit& unit = *analysis.chunks[c]->units[0].data->unit;
    UnitPlace place = analysis.place(c, 0);
    if (unit.nodes.empty()) continue;
    for (NodeId n : children(unit, 0)) {
      if (unit[n].kind == Kind::comment) continue;
      TopStatement s{place.to_document(Range{unit[n].start, unit[n].end}), unit[n].kind, std::string(unit.text_of(n)), false};
      NodeId inner = unit.first_child(n);
      s.docstring = head.empty() && unit[n].kind == Kind::expression_statement && inner != kNoNode &&
                    unit[inner].kind == Kind::string;
      bool import = s.kind == Kind::import_statement || s.kind == Kind::import_from_statement ||
                    s.kind == Kind::future_import_statement;
      bool seen_import = !head.empty() && !head.back().docstring;
      if (!import && !s.docstring && seen_import) return head;
      head.push_back(std::move(s));
      if (!import && !head.back().docstring) return head;  // code before any import: insert before it
    }
  }
  return head;
}

// `import a.b as c` -> "a.b"
std::string_view first_module(std::string_view import_text) {
  import_text.remove_prefix(std::min<std::size_t>(import_text.size(), 7));
  return import_text.substr(0, import_text.find_first_of(" ,\n"));
}

std::uint32_t line_after(const Document& document, std::uint32_t offset) {
  std::uint32_t line = document.line_of(offset) + 1;
  return line < document.line_count() ? document.line_start(line) : document.size();
}

Edit new_import(const Analysis& analysis, std::string_view module) {
  const Document& document = analysis.document;
  std::string eol(document.line_ending());
  std::string line = "import " + std::string(module) + eol;
  std::vector<TopStatement> head = head_of(analysis);
  std::optional<std::uint32_t> before;    // the place in front of a later plain import, or of the first import
  std::optional<std::uint32_t> behind;    // behind the last plain import that sorts before
  std::uint32_t after_preamble = 0;       // behind docstring and __future__
  bool any_import = false;
  for (const TopStatement& s : head) {
    if (s.docstring || s.kind == Kind::future_import_statement) {
      after_preamble = line_after(document, s.range.end);
      continue;
    }
    bool plain = s.kind == Kind::import_statement;
    if (!plain && s.kind != Kind::import_from_statement) {
      if (!any_import && !before) before = s.range.start;
      continue;
    }
    // Only the first group: what stands behind a blank line is another one.
    if (any_import && behind && document.text(*behind, s.range.start).find_first_not_of(" \t") != std::string::npos) break;
    if (plain && first_module(s.text) > module && !before) before = s.range.start;
    if (!any_import && !plain && !before) before = s.range.start;
    if (plain && first_module(s.text) < module) before.reset();
    any_import = true;
    behind = line_after(document, s.range.end);
  }
  auto at = [](std::uint32_t offset) { return Range{offset, offset}; };
  if (any_import) {
    if (before) return {at(*before), line};
    // The last line may lack its line end.
    bool open_end = *behind == document.size() && behind != 0u && !document.text(*behind - 1, *behind).empty() &&
                    document.text(*behind - 1, *behind).find_first_of("\r\n") == std::string::npos;
    return {at(*behind), open_end ? eol + line : line};
  }
  bool preamble = after_preamble > 0;
  if (before && !preamble) return {at(document.line_start(document.line_of(*before))), line + eol};
  return {at(after_preamble), (preamble ? eol : std::string()) + line + (preamble ? std::string() : eol)};
}

}  // namespace

ImportEdit import_edit(const Analysis& analysis, std::string_view module) {
  for (const auto& chunk : analysis.chunks) {
    const Facts& facts = *chunk->units[0].data->facts;
    const Unit& unit = *facts.unit;
    for (const Binding& b : facts.bindings) {
      if (b.kind != BindingKind::import || facts.scopes[b.scope].kind != ScopeKind::module) continue;
      if (unit[b.statement].parent != 0) continue;  // under an if or try: not surely there
      bool whole = b.target != b.value;             // `import a.b as c` binds the whole path
      std::string_view path = unit.text_of(b.value);
      if ((whole && path == module) || (!whole && b.name == module)) return {std::string(b.name), std::nullopt};
    }
  }
  return {std::string(module), new_import(analysis, module)};
}

}  // namespace awaitd::analysis
