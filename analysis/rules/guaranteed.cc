#include "analysis/rules/guaranteed.h"

#include <algorithm>

#include "analysis/flow/queries.h"
#include "analysis/knowledge/checkpoints.h"

namespace awaitd::analysis {
namespace {

constexpr Paths kNormal{false, false};

bool is_checkpoint(const Event& event) { return event.suspends && event.kind != EventKind::yield; }

bool says_something(const Unit& unit, NodeId body) {
  for (NodeId n : children(unit, body)) {
    Kind kind = unit[n].kind;
    if (kind == Kind::comment || kind == Kind::pass_statement || kind == Kind::raise_statement) continue;
    NodeId inner = kind == Kind::expression_statement ? unit.first_child(n) : kNoNode;
    bool text = inner != kNoNode && (unit[inner].kind == Kind::string || unit[inner].kind == Kind::ellipsis);
    if (!text) return true;
  }
  return false;
}

Unchecked gather(const Flow& flow, const Reached& reached) {
  Unchecked out;
  bool returned = false;
  for (EventId e = 0; e < flow.events.size(); ++e) {
    if (!reached.events[e]) continue;
    const Event& event = flow.events[e];
    if (event.kind == EventKind::return_) returned = true;
    if (event.kind == EventKind::return_ || event.kind == EventKind::yield) out.places.push_back(event.node);
  }
  out.end = reached.exit() && !returned;
  std::sort(out.places.begin(), out.places.end());
  out.places.erase(std::unique(out.places.begin(), out.places.end()), out.places.end());
  return out;
}

bool ends(const Event& event) { return event.suspends || event.kind == EventKind::yield; }

}  // namespace

bool promises_checkpoints(const UnitView& view, FunctionId function) {
  const Function& fn = view.facts().functions[function];
  if (!fn.async || fn.body == kNoNode || !says_something(view.unit(), fn.body)) return false;
  return !checkpoint_name(CheckpointFact::What::checkpoint, view.library().name).empty();
}

Unchecked unchecked_from_start(const Flow& flow) {
  Reached reached = explore_block(flow, Flow::entry, kNormal, [](const Event& event, EventId) { return ends(event); });
  for (EventId e = 0; e < flow.events.size(); ++e) {
    if (reached.events[e] && is_checkpoint(flow.events[e])) reached.events[e] = false;
  }
  return gather(flow, reached);
}

Unchecked unchecked_from(const Flow& flow, EventId event) {
  Reached reached = explore_from(flow, event, kNormal, [](const Event& e, EventId) { return ends(e); });
  return gather(flow, reached);
}

bool passes(const Flow& flow, EventId from, const std::vector<EventId>& to) {
  Reached reached = explore_from(flow, from, kNormal, [](const Event& e, EventId) { return is_checkpoint(e); });
  return std::any_of(to.begin(), to.end(), [&](EventId e) { return reached.events[e]; });
}

bool unchecked_round(const Flow& flow, EventId event) {
  if (is_checkpoint(flow.events[event])) return false;
  Reached reached = explore_from(flow, event, kNormal, [](const Event& e, EventId) { return is_checkpoint(e); });
  return reached.at(flow.block_of_event[event]);
}

}  // namespace awaitd::analysis
