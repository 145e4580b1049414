#include "analysis/fixes/silence.h"

#include <cctype>

#include "analysis/analysis_state.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

struct LineEnd {
  std::uint32_t start = 0, end = 0;      // the line without its break
  std::optional<std::uint32_t> comment;  // where its comment starts
};

// The line if a comment may stand at its end: not inside a string, not behind a backslash.
std::optional<LineEnd> line_for_comment(const Analysis& analysis, std::uint32_t line) {
  const Document& document = analysis.document;
  std::string_view text = document.line_text(line);
  LineEnd found;
  found.start = document.line_start(line);
  found.end = found.start + static_cast<std::uint32_t>(text.size());
  Analysis::Spot spot = analysis.spot(found.end);
  const UnitData& data = *analysis.chunks[spot.chunk]->units[spot.unit].data;
  for (const Comment& comment : data.facts->comments) {
    if (comment.start < spot.offset && spot.offset <= comment.end)
      found.comment = found.end - (spot.offset - comment.start);
  }
  if (found.comment) return found;
  for (const Node& node : data.unit->nodes) {
    if (node.kind == Kind::string && node.start < spot.offset && spot.offset < node.end) return std::nullopt;
  }
  if (!text.empty() && text.back() == '\\') return std::nullopt;
  return found;
}

bool word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

// Behind the last code of a list that starts at `at`: "E501, F401 because" -> behind F401.
std::size_t behind_codes(std::string_view text, std::size_t at) {
  std::size_t last = at;
  for (;;) {
    std::size_t start = at;
    while (start < text.size() && (text[start] == ' ' || text[start] == ',')) ++start;
    std::size_t end = start;
    while (end < text.size() && word(text[end])) ++end;
    bool code = end > start && std::isdigit(static_cast<unsigned char>(text[end - 1])) != 0;
    if (!code) return last;
    at = last = end;
  }
}

std::size_t find_nocase(std::string_view text, std::string_view what) {
  for (std::size_t at = 0; at + what.size() <= text.size(); ++at) {
    std::size_t n = 0;
    while (n < what.size() && std::tolower(static_cast<unsigned char>(text[at + n])) == what[n]) ++n;
    if (n == what.size()) return at;
  }
  return std::string_view::npos;
}

// Into a list of codes that is there already.
std::optional<Edit> join_list(std::string_view comment, std::uint32_t at, const std::string& code) {
  constexpr std::string_view kOurs = "awaitd: ignore[";
  std::size_t ours = comment.find(kOurs);
  std::size_t close = ours == std::string_view::npos ? ours : comment.find(']', ours);
  std::size_t into = std::string_view::npos;
  if (close != std::string_view::npos) {
    into = close;
  } else if (std::size_t noqa = find_nocase(comment, "noqa:"); noqa != std::string_view::npos) {
    into = behind_codes(comment, noqa + 5);
  }
  if (into == std::string_view::npos) return std::nullopt;
  std::uint32_t offset = at + static_cast<std::uint32_t>(into);
  return Edit{{offset, offset}, ", " + code};
}

Edit comment_edit(const Analysis& analysis, const LineEnd& line, const std::string& code) {
  std::string_view text = analysis.document.line_text(analysis.document.line_of(line.start));
  if (line.comment) {
    if (auto joined = join_list(text.substr(*line.comment - line.start), *line.comment, code)) return *joined;
  }
  std::size_t code_end = text.find_last_not_of(" \t\f");
  std::uint32_t from = line.start + static_cast<std::uint32_t>(code_end == std::string_view::npos ? 0 : code_end + 1);
  bool noqa = analysis.options->noqa_for_silence;
  return {{from, line.end}, noqa ? "  # noqa: " + code : "  # awaitd: ignore[" + code + "]"};
}

}  // namespace

std::optional<Fix> silence(const Analysis& analysis, const Finding& finding) {
  const Document& document = analysis.document;
  std::string code(finding.rule->code);
  // The finding's own line first, then the lines of its statement behind it.
  std::uint32_t last = document.line_of(finding.statement.end);
  for (std::uint32_t line = document.line_of(finding.range.start); line <= last; ++line) {
    auto place = line_for_comment(analysis, line);
    if (!place) continue;
    Fix fix;
    fix.title = "Silence " + code + " here";
    fix.files.push_back({"", {comment_edit(analysis, *place, code)}});
    return fix;
  }
  return std::nullopt;
}

}  // namespace awaitd::analysis
