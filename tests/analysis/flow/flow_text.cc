#include "tests/analysis/flow/flow_text.h"

#include <gtest/gtest.h>

namespace awaitd::testing {

using namespace analysis;

FlowText::FlowText(const std::string& text, int minor) {
  auto options = std::make_shared<Options>();
  options->target.minor = minor;
  Parser parser;
  analysis_ = analyse(Document(text), SourceFile("main"), nullptr, options, parser, {});
  for (std::size_t chunk = 0; chunk < analysis_->chunks.size(); ++chunk) {
    for (std::size_t unit = 0; unit < analysis_->chunks[chunk]->units.size(); ++unit) {
      if (analysis_->chunks[chunk]->units[unit].data->facts->functions.size() < 2 || view_ != nullptr) continue;
      view_ = std::make_unique<UnitView>(*analysis_, chunk, unit, analysis_->link->effects);
    }
  }
  if (view_ == nullptr) ADD_FAILURE() << "no function in\n" << text;
}

std::vector<EventId> FlowText::path() const {
  const Flow& f = flow();
  std::vector<EventId> events;
  std::vector<int> visits(f.blocks.size());
  for (BlockId b = Flow::entry; b == Flow::entry || b > Flow::cancelled;) {
    for (EventId e = f.blocks[b].first; e < f.blocks[b].last; ++e) events.push_back(e);
    EdgeKind wanted = ++visits[b] == 1 ? EdgeKind::yes : EdgeKind::no;
    BlockId next = Flow::exit;
    for (const Edge& edge : f.successors(b)) {
      if (edge.early || (edge.kind != EdgeKind::next && edge.kind != wanted)) continue;
      next = edge.to;
      break;
    }
    b = visits[b] > 2 ? Flow::exit : next;
  }
  return events;
}

std::string FlowText::trace() const {
  std::string out;
  for (EventId e : path()) out += describe(flow().events[e], unit()) + "\n";
  return out;
}

EventId FlowText::event(const std::string& text) const {
  for (EventId e = 0; e < flow().events.size(); ++e) {
    if (flow().block_of(e).reachable && describe(flow().events[e], unit()).starts_with(text)) return e;
  }
  ADD_FAILURE() << "no event " << text << " in\n" << dump();
  return 0;
}

}  // namespace awaitd::testing
