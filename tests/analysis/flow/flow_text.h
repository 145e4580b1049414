// Flows of functions in short texts, for tests.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "analysis/analysis_state.h"
#include "analysis/flow/flow.h"
#include "analysis/unit_view.h"

namespace awaitd::testing {

class FlowText {
 public:
  // The flow of the first function of the text.
  explicit FlowText(const std::string& text, int minor = 12);
  const analysis::Flow& flow() const { return view_->flow(1); }
  const analysis::UnitView& view() const { return *view_; }
  const analysis::Unit& unit() const { return view_->unit(); }
  std::string dump() const { return analysis::dump(flow(), unit()); }
  // Events on the way on which every condition holds and every loop runs once.
  std::vector<analysis::EventId> path() const;
  std::string trace() const;  // their text, a line an event
  // The first event of this text ("await f()").
  analysis::EventId event(const std::string& text) const;

 private:
  analysis::AnalysisPtr analysis_;
  std::unique_ptr<analysis::UnitView> view_;
};

}  // namespace awaitd::testing
