// What a hover says: on a finding what happens at run time, the chain, the best fix and the page; on a call in async
// code what is known of it.
#include <algorithm>

#include "analysis/analysis_state.h"
#include "analysis/insight/explain.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

// A section of a rule's page without its heading: "Why it matters".
std::string section(std::string_view page, std::string_view heading) {
  std::string mark = "\n## " + std::string(heading) + "\n";
  std::size_t at = page.find(mark);
  if (at == std::string_view::npos) return {};
  at += mark.size();
  std::size_t end = page.find("\n## ", at);
  std::string_view body = page.substr(at, end == std::string_view::npos ? end : end - at);
  std::size_t code = body.find("\n```");
  if (code != std::string_view::npos) body = body.substr(0, code);
  while (!body.empty() && (body.front() == '\n' || body.front() == ' ')) body.remove_prefix(1);
  while (!body.empty() && (body.back() == '\n' || body.back() == ' ')) body.remove_suffix(1);
  return std::string(body);
}

// told: the client shows the message itself; explained: why the rule matters stands there already.
Hover finding_hover(const Analysis& analysis, const Finding& finding, bool told, bool explained) {
  Hover hover;
  hover.range = finding.range;
  const Rule& rule = *finding.rule;
  std::string title = std::string(rule.code) + " " + std::string(rule.name);
  hover.markdown = "**" + title + "**" + (finding.confidence == Confidence::probable ? " (probable)" : "");
  hover.plain = title + (finding.confidence == Confidence::probable ? " (probable)" : "");
  if (!told) {
    hover.markdown += "\n\n" + finding.message;
    hover.plain += "\n" + finding.message;
    for (const Note& note : finding.notes) {
      hover.markdown += "\n- " + note.text;
      hover.plain += "\n- " + note.text;
    }
  }
  std::string why = explained ? std::string() : section(rule_page(rule), "Why it matters");
  if (!why.empty()) {
    hover.markdown += "\n\n" + why;
    hover.plain += "\n\n" + why;
  }
  std::vector<Fix> fixes = fixes_for(analysis, finding);
  if (fixes.size() > 1) {
    hover.markdown += "\n\nQuick fix: " + fixes.front().title;
    hover.plain += "\n\nQuick fix: " + fixes.front().title;
  }
  return hover;
}

std::optional<Hover> hover_at(const Analysis& analysis, std::uint32_t offset, bool told) {
  std::optional<Hover> result;
  std::vector<const Rule*> explained;
  for (const Finding& finding : analysis.findings) {
    if (finding.range.start > offset || offset > finding.range.end) continue;
    const bool again = std::find(explained.begin(), explained.end(), finding.rule) != explained.end();
    explained.push_back(finding.rule);
    Hover one = finding_hover(analysis, finding, told, again);
    if (!result) {
      result = std::move(one);
    } else {
      result->markdown += "\n\n---\n\n" + one.markdown;
      result->plain += "\n\n" + one.plain;
    }
  }
  return result;
}

}  // namespace

std::optional<Hover> hover(const Analysis& analysis, std::uint32_t offset) { return hover_at(analysis, offset, false); }

std::optional<Hover> hover_below_message(const Analysis& analysis, std::uint32_t offset) {
  return hover_at(analysis, offset, true);
}

}  // namespace awaitd::analysis
