// Imports: which one of the module serves, and where a new one belongs: in the group of its kind (standard library,
// other packages), plain imports before from-imports, in order; behind the docstring and `from __future__` (PEP 8).
#include "analysis/fixes/imports.h"

#include <algorithm>

#include "analysis/analysis_state.h"
#include "analysis/fixes/async_way.h"
#include "analysis/fixes/fix_list.h"

namespace awaitd::analysis {
namespace {

// "asyncio.to_thread" for `from asyncio import to_thread`, "asyncio" for `import asyncio`, "a.b" for `import a.b as c`.
std::string imported_path(const Unit& unit, const Binding& b) {
  std::string path(unit.text_of(b.value));
  if (b.kind == BindingKind::import) return path;
  NodeId module = unit.child(b.statement, Field::module_name);
  if (module == kNoNode || unit[module].kind != Kind::dotted_name) return {};
  return std::string(unit.text_of(module)) + "." + path;
}

// "aio.to_thread" if an import of `path` under `name` gives `dotted`.
std::optional<std::string> spelled(std::string_view dotted, const std::string& path, std::string_view name) {
  if (path.empty() || !dotted.starts_with(path)) return std::nullopt;
  std::string_view rest = dotted.substr(path.size());
  if (!rest.empty() && rest[0] != '.') return std::nullopt;
  return std::string(name) + std::string(rest);
}

bool is_import(const Binding& b) { return b.kind == BindingKind::import || b.kind == BindingKind::from_import; }

// An import in the function itself that has run when node is reached.
std::optional<std::string> local_name(const UnitView& view, std::string_view dotted, NodeId node) {
  const Facts& facts = view.facts();
  const Unit& unit = view.unit();
  for (ScopeId s = facts.scope_of[node]; s != kNone; s = facts.scopes[s].parent) {
    if (facts.scopes[s].kind != ScopeKind::function) continue;
    for (const Binding& b : facts.bindings) {
      if (b.scope != s || !is_import(b)) continue;
      auto name = spelled(dotted, imported_path(unit, b), b.name);
      if (!name || facts.bindings_in(s, b.name).size() != 1) continue;
      NodeId block = unit[b.statement].parent;
      bool ran = unit[b.statement].end <= unit[node].start && block < node && node < block + unit[block].size;
      if (ran && !view.is_global_at(b.name, node)) return name;
    }
  }
  return std::nullopt;
}

struct TopImport {
  std::string text;
  Range range;         // document offsets
  bool plain = false;  // import x, not from x import y
  std::string module;  // the first one it names; "." first: relative
  int group = 0;       // counted at blank lines and other code
};
// The module's head: what stands before its first real code.
struct Head {
  std::vector<TopImport> imports;
  std::uint32_t preamble_end = 0;  // behind docstring and __future__
  std::uint32_t first_code = 0;    // where the code behind them starts, if there are no imports
  bool has_preamble = false;
};

std::string module_of_import(const Unit& unit, NodeId statement) {
  if (unit[statement].kind == Kind::import_from_statement) {
    NodeId module = unit.child(statement, Field::module_name);
    return module == kNoNode ? std::string() : std::string(unit.text_of(module));
  }
  NodeId name = unit.child(statement, Field::name);
  if (name != kNoNode && unit[name].kind == Kind::aliased_import) name = unit.child(name, Field::name);
  return name == kNoNode ? std::string() : std::string(unit.text_of(name));
}

std::uint32_t line_after(const Document& document, std::uint32_t offset) {
  std::uint32_t line = document.line_of(offset) + 1;
  return line < document.line_count() ? document.line_start(line) : document.size();
}

bool blank_line_between(const Document& document, std::uint32_t from, std::uint32_t to) {
  for (std::uint32_t line = document.line_of(from) + 1; line < document.line_of(to); ++line) {
    if (document.line_text(line).find_first_not_of(" \t\f\r") == std::string_view::npos) return true;
  }
  return false;
}

// Adds one top-level statement; false when the head has ended.
bool add_statement(Head& head, const Document& document, const Unit& unit, NodeId n, Range range) {
  Kind kind = unit[n].kind;
  if (kind == Kind::import_statement || kind == Kind::import_from_statement) {
    TopImport import{std::string(unit.text_of(n)), range, kind == Kind::import_statement, module_of_import(unit, n), 0};
    if (!head.imports.empty()) {
      const TopImport& last = head.imports.back();
      import.group = last.group + (blank_line_between(document, last.range.end, range.start) ? 1 : 0);
    }
    head.imports.push_back(std::move(import));
    return true;
  }
  bool docstring = false;
  if (kind == Kind::expression_statement && !head.has_preamble && head.imports.empty()) {
    NodeId inner = unit.first_child(n);
    docstring = inner != kNoNode && unit[inner].kind == Kind::string;
  }
  if (docstring || kind == Kind::future_import_statement) {
    head.has_preamble = true;
    head.preamble_end = line_after(document, range.end);
    head.first_code = document.size();
    return true;
  }
  head.first_code = document.line_start(document.line_of(range.start));
  return false;
}

Head head_of(const Analysis& analysis) {
  Head head;
  head.first_code = 0;
  for (std::size_t c = 0; c < analysis.chunks.size(); ++c) {
    const Unit& unit = *analysis.chunks[c]->units[0].data->unit;
    UnitPlace place = analysis.place(c, 0);
    if (unit.nodes.empty()) continue;
    for (NodeId n : children(unit, 0)) {
      if (unit[n].kind == Kind::comment) continue;
      Range range = place.to_document(Range{unit[n].start, unit[n].end});
      if (!add_statement(head, analysis.document, unit, n, range)) return head;
    }
  }
  return head;
}

enum class Section : std::uint8_t { standard, package, local };
Section section_of(const Analysis& analysis, std::string_view module) {
  if (module.empty() || module[0] == '.') return Section::local;
  std::string_view root = root_of(module);
  if (analysis.options->knowledge->is_standard_module(root)) return Section::standard;
  return root == root_of(analysis.index->module) ? Section::local : Section::package;
}

// The line above which something goes that belongs before a statement: above the comments that belong to it.
std::uint32_t above(const Document& document, std::uint32_t offset) {
  std::uint32_t line = document.line_of(offset), top = line;
  while (top > 0) {
    std::string_view text = document.line_text(top - 1);
    std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos || text[first] != '#') break;
    --top;
  }
  return document.line_start(top == 0 ? line : top);  // the file's own head comments stay on top
}

Edit at_end_of_line(const Document& document, std::uint32_t offset, const std::string& text, const std::string& eol) {
  std::uint32_t at = line_after(document, offset);
  bool open_end =
      at == document.size() && at > 0 && document.text(at - 1, at).find_first_of("\r\n") == std::string::npos;
  return {{at, at}, open_end ? eol + text : text};
}

// In the group of imports [first, last) that `module` belongs to.
Edit into_group(const Document& document, const std::vector<TopImport>& imports, std::size_t first, std::size_t last,
                std::string_view module, bool plain, const std::string& line, const std::string& eol) {
  bool mixed = false;  // sorted by module alone, plain and from-imports side by side
  for (std::size_t i = first; i + 1 < last; ++i) mixed |= !imports[i].plain && imports[i + 1].plain;
  for (std::size_t i = first; i < last; ++i) {
    const TopImport& other = imports[i];
    bool later = mixed || plain == other.plain ? other.module > module : plain;
    if (later) {
      std::uint32_t at = above(document, other.range.start);
      return {{at, at}, line};
    }
  }
  return at_end_of_line(document, imports[last - 1].range.end, line, eol);
}

// A name more in `from module import a, b` on one line: in order, else at the end.
std::optional<Edit> into_from_import(const TopImport& import, std::string_view name) {
  constexpr std::string_view kImport = " import ";
  std::string_view text = import.text;
  std::size_t names = text.find(kImport);
  if (import.plain || names == std::string_view::npos || text.find_first_of("(\\*#\n") != std::string_view::npos)
    return std::nullopt;
  for (std::size_t at = names + kImport.size(); at < text.size();) {
    std::size_t end = std::min(text.find(',', at), text.size());
    std::string_view other = text.substr(at, text.find_first_of(" ,", at) - at);
    if (other > name) {
      std::uint32_t offset = import.range.start + static_cast<std::uint32_t>(at);
      return Edit{{offset, offset}, std::string(name) + ", "};
    }
    at = std::min(text.find_first_not_of(" ,", end), text.size());
  }
  return Edit{{import.range.end, import.range.end}, ", " + std::string(name)};
}

Edit import_edit(const Analysis& analysis, const Head& head, const std::string& statement) {
  const Document& document = analysis.document;
  const std::string eol(document.line_ending());
  const std::string line = statement + eol;
  const bool plain = statement.starts_with("import ");
  std::string module = statement.substr(statement.find(' ') + 1);
  module = module.substr(0, module.find(' '));
  const auto& imports = head.imports;
  if (imports.empty()) {
    if (head.has_preamble)
      return at_end_of_line(document, head.preamble_end == 0 ? 0 : head.preamble_end - 1, eol + line, eol);
    std::uint32_t at = above(document, head.first_code);
    return {{at, at}, line + eol};
  }
  if (!plain) {
    for (const TopImport& other : imports) {
      if (other.module != module) continue;
      if (auto edit = into_from_import(other, std::string_view(statement).substr(statement.rfind(' ') + 1)))
        return *edit;
    }
  }
  Section section = section_of(analysis, module);
  std::size_t behind = imports.size();  // the last import of an earlier section
  for (std::size_t i = 0; i < imports.size(); ++i) {
    Section other = section_of(analysis, imports[i].module);
    if (other == section) {
      std::size_t first = i, last = i;
      while (first > 0 && imports[first - 1].group == imports[i].group) --first;
      while (last < imports.size() && imports[last].group == imports[i].group) ++last;
      return into_group(document, imports, first, last, module, plain, line, eol);
    }
    if (other < section) behind = i;
  }
  if (behind < imports.size()) return at_end_of_line(document, imports[behind].range.end, eol + line, eol);
  std::uint32_t at = above(document, imports.front().range.start);
  return {{at, at}, line + eol};
}

// `import logging` and `import logging.handlers` give the name the same meaning.
bool is_one_module(const UnitView& view, const Binding& b, std::size_t count) {
  std::size_t same = 0;
  for (const auto& chunk : view.analysis().chunks) {
    const Facts& facts = *chunk->units[0].data->facts;
    for (const Binding& other : facts.bindings) {
      same += other.name == b.name && other.kind == BindingKind::import && b.kind == BindingKind::import &&
              facts.scopes[other.scope].kind == ScopeKind::module &&
              root_of(facts.unit->text_of(other.value)) == b.name;
    }
  }
  return count == 1 || same == count;
}

// `import logging` loads logging.handlers only where a statement names that, too; a loop library's submodules come with
// it.
bool comes_along(const UnitView& view, std::string_view dotted, const std::string& path) {
  const std::string_view module = importable(dotted);
  if (module.size() <= path.size()) return true;
  for (const AsyncLibrary& library : view.knowledge().libraries()) {
    if (root_of(dotted) == library.name) return true;
  }
  for (const auto& chunk : view.analysis().chunks) {
    const Unit& unit = *chunk->units[0].data->unit;
    for (NodeId n : children(unit, 0)) {
      const Kind kind = unit[n].kind;
      if (kind != Kind::import_statement && kind != Kind::import_from_statement) continue;
      if ((module_of_import(unit, n) + ".").starts_with(std::string(module) + ".")) return true;
    }
  }
  return false;
}

}  // namespace

std::string_view importable(std::string_view dotted) {
  std::size_t end = dotted.rfind('.');
  for (std::size_t dot = dotted.find('.'); dot != std::string_view::npos; dot = dotted.find('.', dot + 1)) {
    if (dot + 1 < dotted.size() && dotted[dot + 1] >= 'A' && dotted[dot + 1] <= 'Z') return dotted.substr(0, dot);
  }
  return end == std::string_view::npos ? dotted : dotted.substr(0, end);
}

std::optional<std::string> imported_name(const UnitView& view, std::string_view dotted, NodeId node) {
  if (auto name = local_name(view, dotted, node)) return name;
  std::optional<std::string> found;
  for (const auto& chunk : view.analysis().chunks) {
    const Facts& facts = *chunk->units[0].data->facts;
    const Unit& unit = *facts.unit;
    for (const Binding& b : facts.bindings) {
      if (!is_import(b) || facts.scopes[b.scope].kind != ScopeKind::module) continue;
      if (unit[b.statement].parent != 0) continue;  // under an if or try: not surely there
      auto name = spelled(dotted, imported_path(unit, b), b.name);
      if (!name || !view.is_global_at(b.name, node)) continue;
      if (b.kind == BindingKind::import && !comes_along(view, dotted, imported_path(unit, b))) continue;
      const auto* globals = view.linker().index().tables->globals.find(b.name);
      if (globals == nullptr || !is_one_module(view, b, globals->size())) continue;
      if (!found || name->size() > found->size())
        found = std::move(name);  // asyncio.to_thread says more than to_thread
    }
  }
  return found;
}

std::vector<Edit> import_edits(const Analysis& analysis, std::vector<std::string> statements) {
  // Plain ones first, each kind in order.
  std::sort(statements.begin(), statements.end(), [](const std::string& a, const std::string& b) {
    bool from_a = a.starts_with("from "), from_b = b.starts_with("from ");
    return from_a != from_b ? from_b : a < b;
  });
  Head head = head_of(analysis);
  std::vector<Edit> edits;
  for (const std::string& statement : statements) {
    Edit edit = import_edit(analysis, head, statement);
    // Two at one place become one edit: a blank line around both, not between them.
    if (!edits.empty() && edits.back().range == edit.range) {
      std::string& text = edits.back().text;
      const std::string eol(analysis.document.line_ending());
      bool trailing = text.ends_with(eol + eol);
      bool leading = edit.text.starts_with(eol);
      if (trailing) text.erase(text.size() - eol.size());
      text += leading ? edit.text.substr(eol.size()) : edit.text;
    } else {
      edits.push_back(std::move(edit));
    }
  }
  return edits;
}

}  // namespace awaitd::analysis
