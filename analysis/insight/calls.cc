#include "analysis/insight/calls.h"

#include <algorithm>
#include <map>

#include "analysis/analysis_state.h"
#include "analysis/insight/call_edges.h"

namespace awaitd::analysis {
namespace {

bool covers(const Range& range, std::uint32_t offset) { return range.start <= offset && offset <= range.end; }

// Collects edges by the function at their other end, in the order met.
class Grouped {
 public:
  void add(const FunctionPlace& other, CallPlace place) {
    const auto [known, fresh] = index_.emplace(other.id, calls_.size());
    if (fresh) calls_.push_back({other, {}});
    auto& places = calls_[known->second].places;
    const bool twice = std::any_of(places.begin(), places.end(),
                                   [&](const CallPlace& p) { return p.range == place.range && p.way == place.way; });
    if (!twice) places.push_back(place);
  }
  std::vector<Calls> take() { return std::move(calls_); }

 private:
  std::map<FunctionName, std::size_t> index_;
  std::vector<Calls> calls_;
};

void add_incoming(Effects& effects, std::uint32_t unit, const FunctionName& callee, Grouped& out) {
  const Linker& linker = effects.linker();
  each_call(effects, unit, [&](const CallEdge& edge) {
    // Names are costly: the last part is compared first.
    const Signature& s =
        linker.unit({edge.callee.module, edge.callee.unit}).data->exports->functions[edge.callee.function];
    if (!callee.name.ends_with(s.name) || linker.index(edge.callee.module).path != callee.path) return;
    if (function_place(linker, edge.callee).id != callee) return;
    out.add(function_place(linker, edge.caller), {edge.range, edge.way});
  });
}

void add_outgoing(Effects& effects, std::uint32_t unit, const FunctionName& caller, Grouped& out) {
  const Linker& linker = effects.linker();
  if (!has_function(linker, unit, caller)) return;
  each_call(effects, unit, [&](const CallEdge& edge) {
    if (function_place(linker, edge.caller).id != caller) return;
    out.add(function_place(linker, edge.callee), {edge.range, edge.way});
  });
}

template <typename Each>
void each_unit_of_interest(const ModuleIndex& index, const FunctionName& callee, Each each) {
  const std::string_view mentioned = mentioned_name(callee);
  const std::vector<std::uint32_t> hashes = {mention_hash(mentioned)};
  for (std::uint32_t u = 0; u < index.units.size(); ++u) {
    if (mentioned.empty() || index.units[u].mentions_any(hashes)) each(u);
  }
}

// One unit of an analysis at a time under the lock.
template <typename Work>
auto locked(const Analysis& analysis, Work work) {
  const std::lock_guard lock(analysis.link->mutex);
  analysis.link->use(analysis.index);
  return work(analysis.link->effects);
}

}  // namespace

std::string_view mentioned_name(const FunctionName& function) {
  std::string_view name = function.name;
  name = name.substr(name.rfind('.') + 1);
  return name.starts_with("__") ? std::string_view() : name;
}

std::vector<FunctionPlace> functions(const Analysis& analysis) {
  std::vector<FunctionPlace> found;
  locked(analysis, [&](Effects& effects) {
    for (std::uint32_t u = 0; u < analysis.index->units.size(); ++u) {
      const Facts& facts = *analysis.index->units[u].data->facts;
      for (FunctionId f = 0; f < facts.functions.size(); ++f) {
        if (facts.functions[f].name != kNoNode) found.push_back(function_place(effects.linker(), {0, u, f}));
      }
    }
  });
  return found;
}

std::vector<FunctionPlace> functions_at(const Analysis& analysis, std::uint32_t offset) {
  const Analysis::Spot spot = analysis.spot(offset);
  const std::uint32_t unit = analysis.first_unit[spot.chunk] + static_cast<std::uint32_t>(spot.unit);
  return locked(analysis, [&](Effects& effects) {
    const Facts& facts = *analysis.index->units[unit].data->facts;
    std::vector<FunctionPlace> found;
    for (FunctionId f = 0; f < facts.functions.size(); ++f) {
      if (facts.functions[f].name == kNoNode) continue;
      FunctionPlace place = function_place(effects.linker(), {0, unit, f});
      if (covers(place.name, offset)) return std::vector{std::move(place)};
    }
    each_call(effects, unit, [&](const CallEdge& edge) {
      if (!covers(edge.range, offset)) return;
      FunctionPlace place = function_place(effects.linker(), edge.callee);
      const bool known = std::any_of(found.begin(), found.end(), [&](const auto& one) { return one.id == place.id; });
      if (!known) found.push_back(std::move(place));
    });
    return found;
  });
}

std::vector<Calls> outgoing_calls(const Analysis& analysis, const FunctionName& caller) {
  Grouped out;
  for (std::uint32_t u = 0; u < analysis.index->units.size(); ++u) {
    locked(analysis, [&](Effects& effects) { add_outgoing(effects, u, caller, out); });
  }
  return out.take();
}

std::vector<Calls> outgoing_calls(const ModulePtr& module, const Options& options, const FunctionName& caller) {
  Grouped out;
  LinkState link(module, options);
  for (std::uint32_t u = 0; u < module->units.size(); ++u) add_outgoing(link.effects, u, caller, out);
  return out.take();
}

std::vector<Calls> incoming_calls(const Analysis& analysis, const FunctionName& callee) {
  Grouped out;
  each_unit_of_interest(*analysis.index, callee, [&](std::uint32_t unit) {
    locked(analysis, [&](Effects& effects) { add_incoming(effects, unit, callee, out); });
  });
  return out.take();
}

std::vector<Calls> incoming_calls(const ModulePtr& module, const Options& options, const FunctionName& callee) {
  Grouped out;
  LinkState link(module, options);
  each_unit_of_interest(*module, callee, [&](std::uint32_t unit) { add_incoming(link.effects, unit, callee, out); });
  return out.take();
}

}  // namespace awaitd::analysis
