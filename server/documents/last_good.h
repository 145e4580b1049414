// Keeps the findings of a statement that is broken at the moment, moved with the text, so that nothing flickers while
// somebody types (architecture 4). Once settled nothing is kept: then what is shown equals a fresh open (invariant 3).
// A value of the strand.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "analysis/engine.h"

namespace awaitd::server {

struct TextEdit {
  std::uint32_t start = 0, end = 0;  // bytes replaced
  std::uint32_t inserted = 0;        // bytes in their place
};

// Where a range is after an edit; nothing if its text is gone.
std::optional<analysis::Range> moved(analysis::Range range, const TextEdit& edit);

class LastGood {
 public:
  void edited(const TextEdit& edit);
  // The findings to show for `now`, an analysis of the text after all edits: its own, and unless settled those of the
  // last one that stand in statements that do not parse now. Sorted by position.
  std::vector<analysis::Finding> update(const analysis::AnalysisPtr& now, bool settled);
  // What the next update() replaces; whoever holds it decides when it is freed.
  const analysis::AnalysisPtr& base() const { return base_; }
  bool keeps_any() const { return !kept_.empty(); }

 private:
  std::optional<analysis::Finding> carried(const analysis::Finding& finding) const;

  analysis::AnalysisPtr base_;           // what was shown last, beside kept_
  std::vector<analysis::Finding> kept_;  // in the text of base_
  std::vector<TextEdit> since_;          // from the text of base_ to the newest
};

}  // namespace awaitd::server
