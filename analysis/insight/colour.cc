#include "analysis/insight/colour.h"

#include <algorithm>
#include <deque>
#include <map>

#include "analysis/analysis_state.h"
#include "analysis/insight/call_edges.h"

namespace awaitd::analysis {
namespace {

constexpr std::size_t kMost = 60;  // functions looked at on the way up

// The base class or decorator that makes the loop call it, if one of the modules holds the function.
const ContextFact* called_by_loop(std::span<const AnalysisPtr> modules, const FunctionName& name) {
  const std::vector<std::uint32_t> hashes = {mention_hash(name.name.substr(name.name.rfind('.') + 1))};
  for (const AnalysisPtr& analysis : modules) {
    if (analysis->index->path != name.path) continue;
    const std::lock_guard lock(analysis->link->mutex);
    analysis->link->use(analysis->index);
    for (std::size_t c = 0; c < analysis->chunks.size(); ++c) {
      for (std::size_t u = 1; u < analysis->chunks[c]->units.size(); ++u) {
        const std::uint32_t unit = analysis->first_unit[c] + static_cast<std::uint32_t>(u);
        if (!analysis->index->units[unit].mentions_any(hashes)) continue;
        Effects& effects = analysis->link->effects;
        if (function_place(effects.linker(), {0, unit, 1}).id != name) continue;
        return UnitView(*analysis, c, u, effects).called_by_loop(1);
      }
    }
  }
  return nullptr;
}

class Search {
 public:
  Search(std::span<const AnalysisPtr> modules, const FunctionPlace& function) : modules_(modules) {
    seen_.emplace(function.id, Step{function, nullptr});
    todo_.push_back(&seen_.begin()->second);
  }

  Whereabouts run() {
    while (!todo_.empty() && seen_.size() <= kMost) {
      const Step* now = todo_.front();
      todo_.pop_front();
      if (now->function.async) return found(*now, {});
      if (const ContextFact* fact = called_by_loop(modules_, now->function.id)) return found(*now, fact->name);
      if (const Step* loop = ask_callers(*now)) return found(*loop, {});
    }
    Whereabouts out;
    if (off_ && todo_.empty()) out.runs = Runs::off_loop;
    return out;
  }

 private:
  struct Step {
    FunctionPlace function;
    const Step* below;
  };

  Whereabouts found(const Step& step, std::string_view by) const {
    Whereabouts out{Runs::on_loop, {}, by};
    for (const Step* s = &step; s != nullptr; s = s->below) out.way.push_back(s->function);
    return out;
  }

  // A caller that hands it to the loop, if there is one; the others are asked themselves later.
  const Step* ask_callers(const Step& callee) {
    for (const AnalysisPtr& analysis : modules_) {
      for (const Calls& calls : incoming_calls(*analysis, callee.function.id)) {
        for (const CallPlace& place : calls.places) {
          const bool module_level = calls.other.id.name.empty();
          if (place.way == Way::elsewhere || (place.way == Way::here && module_level)) off_ = true;
          if (place.way == Way::elsewhere || (module_level && place.way == Way::here)) continue;
          const auto [at, fresh] = seen_.emplace(calls.other.id, Step{calls.other, &callee});
          if (place.way == Way::loop) return &at->second;
          if (fresh) todo_.push_back(&at->second);
        }
      }
    }
    return nullptr;
  }

  std::span<const AnalysisPtr> modules_;
  std::map<FunctionName, Step> seen_;
  std::deque<const Step*> todo_;
  bool off_ = false;
};

}  // namespace

Whereabouts where_it_runs(std::span<const AnalysisPtr> modules, const FunctionPlace& function) {
  return Search(modules, function).run();
}

std::string_view words_of(Runs runs) {
  switch (runs) {
    case Runs::on_loop:
      return "on the loop";
    case Runs::off_loop:
      return "off the loop";
    case Runs::unknown:
      break;
  }
  return "unknown";
}

std::string shown_name(const FunctionPlace& function) {
  return function.id.name.empty() ? "the module" : "`" + function.id.name + "()`";
}

std::string way_text(const std::vector<FunctionPlace>& way) {
  constexpr std::size_t kShown = 5;
  std::string text;
  for (std::size_t i = 0; i < way.size(); ++i) {
    if (way.size() > kShown && i == 2) text += " -> ...";
    if (way.size() > kShown && i >= 2 && i + 2 < way.size()) continue;
    text += (text.empty() ? "" : " -> ") + shown_name(way[i]);
  }
  return text;
}

}  // namespace awaitd::analysis
