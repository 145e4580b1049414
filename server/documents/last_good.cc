#include "server/documents/last_good.h"

#include <algorithm>

namespace awaitd::server {

using analysis::Finding;
using analysis::Range;

namespace {

// After so many edits without an analysis in between nothing is worth carrying over.
constexpr std::size_t kMaxEdits = 4096;

bool touches(Range a, Range b) { return a.start <= b.end && b.start <= a.end; }

}  // namespace

std::optional<Range> moved(Range range, const TextEdit& edit) {
  const std::uint32_t shift = edit.inserted - (edit.end - edit.start);  // wraps, and so does the addition below
  if (edit.end <= range.start) return Range{range.start + shift, range.end + shift};
  if (edit.start >= range.end) return range;
  const std::uint32_t start = edit.start <= range.start ? edit.start + edit.inserted : range.start;
  const std::uint32_t end = edit.end <= range.end ? range.end + shift : edit.start;
  if (start >= end) return std::nullopt;
  return Range{start, end};
}

void LastGood::edited(const TextEdit& edit) {
  if (!base_) return;
  since_.push_back(edit);
  if (since_.size() <= kMaxEdits) return;
  base_ = nullptr;
  kept_.clear();
  since_.clear();
}

std::optional<Finding> LastGood::carried(const Finding& finding) const {
  Range range = finding.range;
  Range statement = finding.statement;
  for (const TextEdit& edit : since_) {
    const auto new_range = moved(range, edit);
    if (!new_range) return std::nullopt;
    range = *new_range;
    statement = moved(statement, edit).value_or(range);
  }
  Finding out = finding;
  out.range = range;
  out.statement = statement;
  std::erase_if(out.notes, [&](analysis::Note& note) {
    if (!note.file.empty()) return false;
    for (const TextEdit& edit : since_) {
      const auto new_range = moved(note.range, edit);
      if (!new_range) return true;
      note.range = *new_range;
    }
    return false;
  });
  return out;
}

std::vector<Finding> LastGood::update(const analysis::AnalysisPtr& now, bool settled) {
  const auto exact = analysis::findings(*now);
  std::vector<Finding> shown(exact.begin(), exact.end());
  const auto broken = analysis::broken(*now);
  std::vector<Finding> kept;
  if (base_ && base_ != now && !settled && !broken.empty()) {
    const auto keep = [&](const Finding& old) {
      const auto finding = carried(old);
      if (!finding) return;
      const bool in_broken = std::any_of(broken.begin(), broken.end(), [&](Range range) {
        return touches(range, finding->range) || touches(range, finding->statement);
      });
      const bool known = std::any_of(exact.begin(), exact.end(), [&](const Finding& other) {
        return other.rule == finding->rule && touches(other.range, finding->range);
      });
      if (in_broken && !known) kept.push_back(*finding);
    };
    for (const Finding& finding : analysis::findings(*base_)) keep(finding);
    for (const Finding& finding : kept_) keep(finding);
  } else if (base_ == now && !settled) {
    kept = kept_;
  }
  base_ = now;
  kept_ = std::move(kept);
  since_.clear();
  shown.insert(shown.end(), kept_.begin(), kept_.end());
  std::stable_sort(shown.begin(), shown.end(), [](const Finding& a, const Finding& b) {
    return a.range.start != b.range.start ? a.range.start < b.range.start : a.range.end < b.range.end;
  });
  return shown;
}

}  // namespace awaitd::server
