#include "analysis/rules/advice.h"

#include <algorithm>

namespace awaitd::analysis {
namespace {

std::string_view root(std::string_view way) {
  if (way.starts_with("await ")) way.remove_prefix(6);
  return way.substr(0, way.find_first_of(".( "));
}

bool is_hand_over(std::string_view way) {
  return way.find("to_thread") != std::string_view::npos || way.find("process pool") != std::string_view::npos ||
         way.find("keep") == 0 || way == "same" || way == "-";
}

}  // namespace

std::vector<std::string_view> async_ways(const UnitView& view, const BlockingFact& fact) {
  std::vector<std::string_view> ways;
  std::string_view rest = fact.replacement;
  const AsyncLibrary& library = view.library();
  while (!rest.empty()) {
    std::size_t bar = rest.find(" / ");
    std::string_view way = rest.substr(0, bar);
    rest = bar == std::string_view::npos ? std::string_view() : rest.substr(bar + 3);
    if (is_hand_over(way)) continue;
    // Another event loop's own function is no way out of this one's.
    bool foreign = false;
    for (const AsyncLibrary& other : view.knowledge().libraries()) foreign |= other.name == root(way) && &other != &library;
    if (foreign && !library.runs_on.empty()) foreign = root(way) != library.runs_on;
    if (!foreign) ways.push_back(way);
  }
  std::stable_partition(ways.begin(), ways.end(), [&](std::string_view way) { return root(way) == library.name; });
  return ways;
}

std::string way_out(const UnitView& view, const BlockingEvent& event) {
  const BlockingFact& fact = *event.fact;
  auto ways = async_ways(view, fact);
  std::string thread = "run it in a worker thread with `" + std::string(view.library().offload) + "()`";
  bool threadable = fact.offload == Offload::yes || fact.offload == Offload::own_object;
  if (!ways.empty()) {
    std::string text = "use `" + std::string(ways.front()) + "`";
    if (threadable && fact.kind != BlockingKind::sleep) text += " or " + thread;
    return text;
  }
  if (threadable) return thread;
  if (fact.offload == Offload::same_thread) return "move the whole use of it into one function and run that in a worker thread";
  return "keep it out of async code";
}

Severity blocking_severity(const UnitView& view, const BlockingEvent& event) {
  if (event.fact->kind == BlockingKind::console && event.fact->strength == Strength::small) return Severity::hint;
  if (event.fact->strength == Strength::small) return Severity::info;
  return view.in_test(event.function) ? Severity::info : Severity::warning;
}

}  // namespace awaitd::analysis
