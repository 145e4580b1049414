#include "analysis/insight/explain.h"

#include <algorithm>

#include "analysis/analysis_state.h"
#include "analysis/effects/names.h"
#include "analysis/effects/waits.h"
#include "analysis/insight/below.h"
#include "analysis/insight/call_edges.h"
#include "analysis/insight/colour.h"

namespace awaitd::analysis {
namespace {

// The document's own module first.
std::vector<AnalysisPtr> all_of(const AnalysisPtr& own, std::span<const AnalysisPtr> others) {
  std::vector<AnalysisPtr> all{own};
  for (const AnalysisPtr& other : others) {
    if (other && other != own) all.push_back(other);
  }
  return all;
}

std::string runs_text(const FunctionPlace& function, const Whereabouts& where) {
  const std::string name = shown_name(function);
  switch (where.runs) {
    case Runs::on_loop:
      if (function.async) return name + " is a coroutine function: it runs on the event loop.";
      if (where.way.size() < 2)
        return name + " runs on the event loop: `" + std::string(where.by) + "` calls it there.";
      return name + " runs on the event loop: " + way_text(where.way) +
             (where.by.empty() ? "." : ", called by `" + std::string(where.by) + "`.");
    case Runs::off_loop:
      return name + " runs off the event loop: nobody known calls it there.";
    case Runs::unknown:
      break;
  }
  return name + " is a plain function that nobody known calls: it runs where its callers do.";
}

// What it does to that thread; empty if nothing is known.
std::string below_text(const std::optional<Below>& below, Runs runs) {
  if (!below) return {};
  const std::string thread = runs == Runs::on_loop ? " the loop" : " its thread";
  return "It " + std::string(verb_of(below->effect)) + thread + ": " + below->chain + ".";
}

Hover make_hover(Range range, const std::vector<std::string>& lines) {
  Hover hover;
  hover.range = range;
  for (const std::string& line : lines) {
    if (line.empty()) continue;
    hover.markdown += (hover.markdown.empty() ? "" : "\n\n") + line;
    hover.plain += (hover.plain.empty() ? "" : "\n") + line;
  }
  std::erase(hover.plain, '`');
  return hover;
}

// What stands at an offset of one unit.
struct Spotted {
  Range range;
  std::optional<FunctionPlace> function;  // defined there, or called
  std::optional<Below> below;
  std::vector<std::string> outside;  // what is known of an outside call
  Runs around = Runs::unknown;       // of an outside call: where it stands
};

std::string role_text(const ContextFact& fact) {
  switch (fact.role) {
    case Role::offload:
      return "runs what it is handed in a worker thread.";
    case Role::process:
      return "runs what it is handed in another process.";
    case Role::schedule:
    case Role::schedule_sync:
      return fact.async_on_loop ? "has what it is handed run on the event loop." : "";
    case Role::reentry:
      return "takes what it is handed from a worker thread back to the event loop.";
    case Role::entry:
    case Role::wrapper:
      break;
  }
  return {};
}

std::string waits_text(const WaitPlace& place) {
  if (place.given != Given::no || place.scoped) return {};
  if (place.fact->bound == Bound::unbounded) return place.fact->strength == '-' ? "" : "It has no timeout by default.";
  return place.fact->usual.empty() ? "" : "Its timeout by default: " + std::string(place.fact->usual) + ".";
}

// Of several ways ("asyncio.sleep / trio.sleep") that of the library the module is written for, else the first.
std::string_view way_for(const UnitView& view, std::string_view ways) {
  constexpr std::string_view kBetween = " / ";
  const std::string_view first = ways.substr(0, ways.find(kBetween));
  while (!ways.empty()) {
    const std::size_t end = ways.find(kBetween);
    const std::string_view way = ways.substr(0, end);
    if (way.starts_with(view.library().name)) return way;
    ways = end == std::string_view::npos ? std::string_view() : ways.substr(end + kBetween.size());
  }
  return first;
}

// A call of something outside the project.
void add_outside(const UnitView& view, std::uint32_t u, Spotted& out) {
  const Use& use = view.uses().uses[u];
  const ResolvedUse& resolved = view.effects().resolved(view.at(), u);
  if (resolved.fact != nullptr && effect_of(*resolved.fact, use)) {
    std::string line = "`" + short_origin(view.knowledge(), resolved.origin) + "` ";
    line += verb_of(*effect_of(*resolved.fact, use));
    line += view.on_loop(use.function) ? " the event loop" : " the thread it runs on";
    if (!resolved.fact->replacement.empty())
      line += "; the async way: `" + std::string(way_for(view, resolved.fact->replacement)) + "`";
    out.outside.push_back(line + ".");
  }
  for (const Value& v : view.values(view.facts().calls[use.call].callee).values) {
    const ContextFact* fact = v.kind == ValueKind::external ? view.knowledge().context(v.name) : nullptr;
    const std::string role = fact == nullptr || fact->decorator || fact->base_class ? "" : role_text(*fact);
    if (!role.empty()) out.outside.push_back("`" + short_origin(view.knowledge(), v.name) + "` " + role);
  }
  for (const WaitPlace& place : view.effects().waits().unit(view.at()).places) {
    if (place.call == use.call) out.outside.push_back(waits_text(place));
  }
  std::erase(out.outside, "");
  out.around = view.on_loop(use.function) ? Runs::on_loop : Runs::unknown;
}

std::optional<Spotted> spotted(const Analysis& analysis, std::uint32_t offset) {
  const Analysis::Spot spot = analysis.spot(offset);
  const std::lock_guard lock(analysis.link->mutex);
  analysis.link->use(analysis.index);
  Effects& effects = analysis.link->effects;
  const UnitView view(analysis, spot.chunk, spot.unit, effects);
  const auto covers = [&](const Range& range) { return range.start <= offset && offset <= range.end; };
  for (FunctionId f = 0; f < view.facts().functions.size(); ++f) {
    if (view.facts().functions[f].name == kNoNode) continue;
    const FunctionKey key{0, view.at().unit, f};
    FunctionPlace place = function_place(effects.linker(), key);
    if (!covers(place.name)) continue;
    const Range range = place.name;
    return Spotted{range, std::move(place), below(effects, key), {}, {}};
  }
  std::optional<Spotted> found;
  each_call(effects, view.at().unit, [&](const CallEdge& edge) {
    if (found || !covers(edge.range)) return;
    found = Spotted{edge.range, function_place(effects.linker(), edge.callee), below(effects, edge.callee), {}, {}};
  });
  if (found) return found;
  for (std::uint32_t u = 0; u < view.uses().uses.size(); ++u) {
    const Use& use = view.uses().uses[u];
    if (use.kind != UseKind::call || use.call == kNone || use.node == kNoNode) continue;
    if (!covers(view.document_range(use.node))) continue;
    Spotted out{view.document_range(use.node), {}, {}, {}, {}};
    add_outside(view, u, out);
    if (!out.outside.empty()) return out;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Hover> explain(const AnalysisPtr& analysis, std::uint32_t offset, std::span<const AnalysisPtr> modules) {
  const auto spot = spotted(*analysis, offset);
  if (!spot) return std::nullopt;
  if (!spot->function) return make_hover(spot->range, spot->outside);
  const Whereabouts where = where_it_runs(all_of(analysis, modules), *spot->function);
  return make_hover(spot->range, {runs_text(*spot->function, where), below_text(spot->below, where.runs)});
}

std::string summary(const AnalysisPtr& analysis, const FunctionPlace& function, std::span<const AnalysisPtr> modules) {
  const Whereabouts where = where_it_runs(all_of(analysis, modules), function);
  std::string text(where.runs == Runs::unknown ? "no caller known" : words_of(where.runs));
  if (where.way.size() > 1) text += ": " + way_text(where.way);
  const auto spot = spotted(*analysis, function.name.start);
  if (spot && spot->below) {
    const unsigned calls = spot->below->calls;
    text += std::string("; ") + std::string(verb_of(spot->below->effect)) +
            (where.runs == Runs::on_loop ? " it" : " its thread");
    if (calls > 0) text += " " + std::to_string(calls) + (calls == 1 ? " call down" : " calls down");
  }
  std::erase(text, '`');
  return text;
}

}  // namespace awaitd::analysis
