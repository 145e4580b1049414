// fixes_for() and fix_all(): the rule's own fixes, then "silence".
#include <algorithm>

#include "analysis/analysis_state.h"
#include "analysis/fixes/fix_list.h"
#include "analysis/fixes/silence.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

void apply(std::string& text, std::vector<Edit> edits) {
  for (auto it = edits.rbegin(); it != edits.rend(); ++it) {
    text.replace(it->range.start, it->range.end - it->range.start, it->text);
  }
}

// One edit that covers what differs between two texts.
std::vector<Edit> difference(const std::string& before, const std::string& after) {
  if (before == after) return {};
  std::size_t front = 0, back = 0;
  std::size_t most = std::min(before.size(), after.size());
  while (front < most && before[front] == after[front]) ++front;
  while (back < most - front && before[before.size() - 1 - back] == after[after.size() - 1 - back]) ++back;
  // Not in the middle of a character.
  while (front > 0 && (before[front] & 0xC0) == 0x80) --front;
  while (back > 0 && (before[before.size() - back] & 0xC0) == 0x80) --back;
  Range range{static_cast<std::uint32_t>(front), static_cast<std::uint32_t>(before.size() - back)};
  return {{range, after.substr(front, after.size() - back - front)}};
}

}  // namespace

std::vector<Fix> fixes_for(const Analysis& analysis, const Finding& finding) {
  FixList list;
  if (finding.rule->fix != nullptr) {
    Analysis::Spot spot = analysis.spot(finding.range.start);
    std::lock_guard lock(analysis.link->mutex);
    analysis.link->use(analysis.index);
    UnitView view(analysis, spot.chunk, spot.unit, analysis.link->effects);
    finding.rule->fix(view, finding, list);
  }
  if (auto fix = silence(analysis, finding)) list.add(std::move(fix));
  return std::move(list.fixes);
}

std::vector<Edit> fix_all(const Analysis& analysis, Parser& parser) {
  constexpr int kMaxRounds = 200;
  std::string original = analysis.document.text();
  std::string text = original;
  AnalysisPtr current;
  const Analysis* now = &analysis;
  for (int round = 0; round < kMaxRounds; ++round) {
    const Fix* chosen = nullptr;
    std::vector<Fix> fixes;
    for (const Finding& finding : now->findings) {
      if (finding.confidence != Confidence::definite) continue;
      fixes = fixes_for(*now, finding);
      if (!fixes.empty() && fixes.front().safety == Safety::safe && fixes.front().files.size() == 1) {
        chosen = &fixes.front();
        break;
      }
    }
    if (chosen == nullptr) break;
    apply(text, chosen->files.front().edits);
    current = analyse(Document(text), analysis.file, current, analysis.options, parser, {});
    now = current.get();
  }
  return difference(original, text);
}

}  // namespace awaitd::analysis
