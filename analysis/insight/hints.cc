#include "analysis/insight/hints.h"

#include <algorithm>

#include "analysis/analysis_state.h"
#include "analysis/effects/waits.h"
#include "analysis/insight/below.h"
#include "analysis/insight/mentions.h"
#include "analysis/rules/chains.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

bool overlap(const Range& a, const Range& b) { return a.start <= b.end && b.start <= a.end; }

Range range_of(const UnitPlace& place) {
  const auto size = static_cast<std::uint32_t>(place.placed->unit->text.size());
  return {place.to_document(0u), place.to_document(size)};
}

// Behind which call a use is shown.
std::uint32_t behind(const UnitView& view, const Use& use) {
  const NodeId node = use.call == kNone ? use.node : view.facts().calls[use.call].node;
  return view.document_range(node).end;
}

// The rule that reports what a hint tells: a comment that silences it silences the hint too.
std::string_view rule_of(Effect effect) {
  if (effect == Effect::needs_no_loop) return "run-in-running-loop-through-helper";
  return effect == Effect::burns_cpu ? "cpu-bound-through-helper" : "blocking-through-helper";
}

bool silenced(const UnitView& view, NodeId node, std::string_view rule) {
  const Rule* const found = find_rule(rule);
  return found != nullptr &&
         silenced_by_comment(view.analysis(), *found, view.place().to_document(view.statement_range(node)));
}

void add_blocking(const UnitView& view, const Range& range, std::vector<CallHint>& out) {
  if (!view.any_on_loop()) return;
  const auto& uses = view.uses().uses;
  for (std::uint32_t u = 0; u < uses.size(); ++u) {
    if (uses[u].guarded || uses[u].node == kNoNode || !view.on_loop(uses[u].function)) continue;
    if (!overlap(view.document_range(uses[u].node), range)) continue;
    for (const Effect effect : {Effect::blocks, Effect::needs_no_loop, Effect::burns_cpu}) {
      const ReachedBy by = nearest(view, u, effect);
      if (by.reach == nullptr || silenced(view, uses[u].node, rule_of(effect))) continue;
      const unsigned calls = by.reach->distance + 1U;
      out.push_back({behind(view, uses[u]),
                     std::string(verb_of(effect)) + " the loop " + std::to_string(calls) +
                         (calls == 1 ? " call down" : " calls down"),
                     chain_text(view, by.function, effect)});
      break;
    }
  }
}

// A call that has no timeout of its own, of its client or around it; of a client whose calls have rows these tell.
bool takes_default(const WaitPlace& place) {
  if (place.fact->kind == WaitKind::carrier || place.fact->kind == WaitKind::value) return false;
  return place.given == Given::no && !place.scoped && !place.handed && !place.probable &&
         (place.client == ByClient::not_asked || place.client == ByClient::unbounded);
}

void add_timeouts(const UnitView& view, const Range& range, std::vector<CallHint>& out) {
  for (const WaitPlace& place : view.effects().waits().unit(view.at()).places) {
    if (place.call >= view.facts().calls.size() || !takes_default(place)) continue;
    const bool unbounded = place.fact->bound == Bound::unbounded;
    if (unbounded ? place.fact->strength == '-' : place.fact->usual.empty()) continue;
    const Range call = view.document_range(view.facts().calls[place.call].node);
    if (!overlap(call, range) || silenced(view, view.facts().calls[place.call].node, "no-timeout-on-external-call"))
      continue;
    out.push_back({call.end, unbounded ? "no timeout" : "timeout: " + std::string(place.fact->usual),
                   "`" + place.origin + "` " + (unbounded ? "waits without end" : "has this timeout") +
                       " when nobody gives one"});
  }
}

}  // namespace

std::vector<CallHint> call_hints(const Analysis& analysis, Range range) {
  std::vector<CallHint> out;
  for (std::size_t c = 0; c < analysis.chunks.size(); ++c) {
    for (std::size_t u = 0; u < analysis.chunks[c]->units.size(); ++u) {
      if (!overlap(range_of(analysis.place(c, u)), range)) continue;
      const std::lock_guard lock(analysis.link->mutex);
      analysis.link->use(analysis.index);
      const UnitView view(analysis, c, u, analysis.link->effects);
      add_blocking(view, range, out);
      add_timeouts(view, range, out);
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const CallHint& a, const CallHint& b) { return a.offset < b.offset; });
  return out;
}

}  // namespace awaitd::analysis
