// Comments that silence findings: "# awaitd: ignore", "# awaitd: ignore[AWD101, blocking-sleep]", "# noqa",
// "# noqa: AWD101,ASYNC251" on any line of the statement; "# awaitd: ignore-file[...]", "# ruff: noqa[: codes]" and
// "# flake8: noqa[: codes]" for a file. A code of another linter counts when it means the same (equivalents.tsv).
// And findings that are left to another linter.
#include <algorithm>
#include <cctype>

#include "analysis/analysis_state.h"
#include "analysis/insight/mentions.h"
#include "analysis/knowledge/linters.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

bool word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_'; }

std::string_view skip_space(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
  return s;
}

// Codes up to the first thing that is none: "AWD101, S7488 because ..." gives two.
std::vector<std::string_view> read_codes(std::string_view s) {
  std::vector<std::string_view> codes;
  for (;;) {
    s = skip_space(s);
    std::size_t n = 0;
    while (n < s.size() && word(s[n])) ++n;
    if (n == 0) return codes;
    codes.push_back(s.substr(0, n));
    s = skip_space(s.substr(n));
    if (!s.empty() && s.front() == ',')
      s.remove_prefix(1);
    else if (codes.size() > 1 || s.empty() || !word(s.front()))
      return codes;
    else
      return codes;
  }
}

bool starts_with_nocase(std::string_view s, std::string_view prefix) {
  if (s.size() < prefix.size()) return false;
  for (std::size_t i = 0; i < prefix.size(); ++i) {
    if (std::tolower(static_cast<unsigned char>(s[i])) != prefix[i]) return false;
  }
  return true;
}

template <typename Codes>
bool names(const Codes& codes, const Rule& rule, const Knowledge& knowledge) {
  if (codes.empty()) return true;
  for (std::string_view code : codes) {
    const Rule* named = find_rule(code);
    if (named == &rule) return true;
    for (std::string_view same : knowledge.equivalents(rule.code)) {
      if (same == code) return true;
    }
    // A family or prefix: AWD1 silences AWD101, as Ruff's selectors do.
    if (code.size() >= 3 && rule.code.substr(0, code.size()) == code) return true;
  }
  return false;
}

// The comments of a line that speak of suppression.
template <typename Found>
void each_comment(std::string_view line, Found found) {
  for (std::size_t hash = line.find('#'); hash != std::string_view::npos; hash = line.find('#', hash + 1)) {
    found(skip_space(line.substr(hash + 1)));
  }
}

bool line_silences(std::string_view line, const Rule& rule, const Knowledge& knowledge) {
  bool silent = false;
  each_comment(line, [&](std::string_view comment) {
    if (starts_with_nocase(comment, "noqa")) {
      std::string_view rest = skip_space(comment.substr(4));
      if (!rest.empty() && rest.front() == ':') silent |= names(read_codes(rest.substr(1)), rule, knowledge);
      else silent |= comment.size() == 4 || !word(comment[4]);  // flake8 and Ruff: codes without a colon are prose, and all is silent
    }
    // `# type: ignore[unused-coroutine]`: only with codes; without them it is about types.
    for (std::string_view checker : {"type:", "pyright:", "ty:"}) {
      if (!starts_with_nocase(comment, checker)) continue;
      std::string_view rest = skip_space(comment.substr(checker.size()));
      bool coded = starts_with_nocase(rest, "ignore[");
      silent |= coded && names(read_codes(rest.substr(7)), rule, knowledge);
    }
    if (!starts_with_nocase(comment, "awaitd:")) return;
    std::string_view rest = skip_space(comment.substr(7));
    if (!starts_with_nocase(rest, "ignore") || starts_with_nocase(rest, "ignore-file")) return;
    rest = skip_space(rest.substr(6));
    silent |= rest.empty() || rest.front() != '[' || names(read_codes(rest.substr(1)), rule, knowledge);
  });
  return silent;
}

bool lines_silence(const Analysis& analysis, const Rule& rule, Range statement) {
  const Document& document = analysis.document;
  const std::uint32_t last = document.line_of(statement.end);
  for (std::uint32_t line = document.line_of(statement.start); line <= last; ++line) {
    if (line_silences(document.line_text(line), rule, *analysis.options->knowledge)) return true;
  }
  return false;
}

Directive directive_of(std::string_view codes) {
  Directive out;
  for (std::string_view code : read_codes(codes)) out.codes.emplace_back(code);
  return out;
}

// Another linter of the project says it: the setting overlap = "defer".
bool reported_elsewhere(const Options& options, const Finding& finding) {
  if (options.elsewhere.empty()) return false;
  const auto codes = options.knowledge->equivalents(finding.rule->code);
  return std::any_of(codes.begin(), codes.end(), [&](std::string_view code) {
    return options.elsewhere.count(code) != 0 && linter_sees(code, finding.origin);
  });
}

void directive(std::string_view comment, std::vector<Directive>& out) {
  if (starts_with_nocase(comment, "ruff:") || starts_with_nocase(comment, "flake8:")) {
    std::string_view rest = skip_space(comment.substr(comment.find(':') + 1));
    if (!starts_with_nocase(rest, "noqa")) return;
    rest = skip_space(rest.substr(4));
    out.push_back(directive_of(!rest.empty() && rest.front() == ':' ? rest.substr(1) : std::string_view()));
  } else if (starts_with_nocase(comment, "awaitd:")) {
    std::string_view rest = skip_space(comment.substr(7));
    if (!starts_with_nocase(rest, "ignore-file")) return;
    rest = skip_space(rest.substr(11));
    out.push_back(directive_of(!rest.empty() && rest.front() == '[' ? rest.substr(1) : std::string_view()));
  }
}

}  // namespace

std::vector<Directive> file_directives(const Chunk& chunk) {
  std::vector<Directive> found;
  std::string_view text = chunk.text;
  // Only comments on lines of their own count for the file.
  for (std::size_t at = text.find('#'); at != std::string_view::npos; at = text.find('#', at + 1)) {
    std::size_t line = at;
    while (line > 0 && (text[line - 1] == ' ' || text[line - 1] == '\t')) --line;
    if (line > 0 && text[line - 1] != '\n' && text[line - 1] != '\r') continue;
    std::size_t end = text.find_first_of("\r\n", at);
    directive(skip_space(text.substr(at + 1, end == std::string_view::npos ? end : end - at - 1)), found);
  }
  return found;
}

bool suppressed(const Analysis& analysis, const Finding& finding, const std::vector<Directive>& directives) {
  const Knowledge& knowledge = *analysis.options->knowledge;
  if (reported_elsewhere(*analysis.options, finding)) return true;
  for (const Directive& d : directives) {
    if (names(d.codes, *finding.rule, knowledge)) return true;
  }
  return lines_silence(analysis, *finding.rule, finding.statement);
}

bool silenced_by_comment(const Analysis& analysis, const Rule& rule, Range statement) {
  for (const auto& chunk : analysis.chunks) {
    for (const Directive& d : chunk->directives) {
      if (names(d.codes, rule, *analysis.options->knowledge)) return true;
    }
  }
  return lines_silence(analysis, rule, statement);
}

std::vector<RuleMention> rule_mentions(const Analysis& analysis) {
  std::vector<RuleMention> found;
  for (std::size_t c = 0; c < analysis.chunks.size(); ++c) {
    for (std::size_t u = 0; u < analysis.chunks[c]->units.size(); ++u) {
      const UnitData& data = *analysis.chunks[c]->units[u].data;
      const UnitPlace place = analysis.place(c, u);
      const std::string_view text = data.unit->text;
      for (const Comment& comment : data.facts->comments) {
        const std::string_view words = text.substr(comment.start, comment.end - comment.start);
        if (words.find("noqa") == std::string_view::npos && words.find("awaitd:") == std::string_view::npos) continue;
        for (std::size_t at = words.find_first_of(":["); at != std::string_view::npos;
             at = words.find_first_of(":[", at + 1)) {
          for (std::string_view code : read_codes(words.substr(at + 1))) {
            const auto start = static_cast<std::uint32_t>(code.data() - text.data());
            const Range range{start, start + static_cast<std::uint32_t>(code.size())};
            if (const Rule* rule = find_rule(code)) found.push_back({place.to_document(range), rule});
          }
        }
      }
    }
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.range.start < b.range.start; });
  return found;
}

}  // namespace awaitd::analysis
