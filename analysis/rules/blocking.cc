#include "analysis/rules/blocking.h"

#include <algorithm>

#include "analysis/rules/advice.h"
#include "analysis/rules/conditions.h"

namespace awaitd::analysis {
namespace {

// The fact behind a set of values: definite only when nothing else is possible.
struct Match {
  const BlockingFact* fact = nullptr;
  std::string origin;
  bool definite = true;
};

Match match(const UnitView& view, const ValueSet& values, ValueKind kind, std::string_view suffix) {
  Match found;
  found.definite = !values.unknown;
  for (const Value& v : values.values) {
    if (v.kind == ValueKind::none) continue;
    const BlockingFact* fact = nullptr;
    std::string origin = v.name + std::string(suffix);
    if (v.kind == kind) fact = view.knowledge().blocking(origin);
    if (fact == nullptr) {
      found.definite = false;
      continue;
    }
    found.definite &= !v.probable;
    if (found.fact == nullptr) {
      found.fact = fact;
      found.origin = std::move(origin);
    }
  }
  return found;
}

void add(const UnitView& view, std::vector<BlockingEvent>& out, Match found, BlockingEvent event) {
  if (found.fact == nullptr || !view.on_loop(event.function)) return;
  event.fact = found.fact;
  event.origin = std::move(found.origin);
  event.confidence = found.definite ? Confidence::definite : Confidence::probable;
  if (event.call != nullptr && excused(view, *event.call, *found.fact)) return;
  out.push_back(std::move(event));
}

std::string_view waits_for(BlockingKind kind) {
  switch (kind) {
    case BlockingKind::http: return " until the server answers";
    case BlockingKind::database: return " until the database answers";
    case BlockingKind::file_io: return " while the disk works";
    case BlockingKind::subprocess: return " until the process is done";
    case BlockingKind::network: return " while the network answers";
    case BlockingKind::console: return " until somebody types an answer";
    case BlockingKind::wait: return " until another thread or process lets go";
    default: return "";
  }
}

}  // namespace

std::vector<BlockingEvent> blocking_events(const UnitView& view) {
  std::vector<BlockingEvent> events;
  const Facts& facts = view.facts();
  for (const Call& call : facts.calls) {
    // An awaited call that seems to block was not understood: what is awaited is no sync function.
    if (call.awaited || call.callee == kNoNode || !view.on_loop(call.function)) continue;
    BlockingEvent event;
    event.by = BlockingEvent::By::call;
    event.node = call.callee;
    event.call = &call;
    event.function = call.function;
    add(view, events, match(view, view.callee(call), ValueKind::external, ""), event);
  }
  for (const Loop& loop : facts.loops) {
    if (loop.async || loop.iterable == kNoNode || !view.on_loop(loop.function)) continue;
    BlockingEvent event;
    event.by = BlockingEvent::By::iteration;
    event.node = loop.iterable;
    event.function = loop.function;
    add(view, events, match(view, view.values(loop.iterable), ValueKind::instance, ".__iter__"), event);
  }
  for (const WithItem& item : facts.with_items) {
    if (item.async || item.value == kNoNode || !view.on_loop(item.function)) continue;
    BlockingEvent event;
    event.by = BlockingEvent::By::entry;
    event.node = item.value;
    event.function = item.function;
    ValueSet values = view.values(item.value);
    Match found = match(view, values, ValueKind::instance, ".__enter__");
    if (found.fact == nullptr) found = match(view, values, ValueKind::instance, ".__exit__");
    add(view, events, std::move(found), event);
  }
  std::sort(events.begin(), events.end(), [](const auto& a, const auto& b) { return a.node < b.node; });
  // One finding a place: `with connect() as c` and `for x in glob()` are reported at the call.
  events.erase(std::unique(events.begin(), events.end(),
                           [&](const auto& a, const auto& b) {
                             const Unit& u = view.unit();
                             return b.by == BlockingEvent::By::call && b.call->node == a.node && u[a.node].start == u[b.node].start;
                           }),
               events.end());
  return events;
}

std::string display_name(const UnitView& view, const BlockingEvent& event) {
  if (event.by == BlockingEvent::By::iteration) return "the loop over `" + std::string(view.text(event.node)) + "`";
  if (event.by == BlockingEvent::By::entry) return "`with " + std::string(view.text(event.node)) + "`";
  std::string_view origin = event.origin;
  std::string_view written = view.text(event.node);
  // A class method is named by its class, a function by its origin: what the reader would look up.
  constexpr std::string_view kBuiltins = "builtins.";
  if (origin.starts_with(kBuiltins)) origin.remove_prefix(kBuiltins.size());
  if (written == origin || view.knowledge().is_class(origin.substr(0, origin.rfind('.')))) {
    std::size_t method = origin.rfind('.');
    std::size_t cls = method == std::string_view::npos || method == 0 ? method : origin.rfind('.', method - 1);
    if (written != origin && cls != std::string_view::npos) origin.remove_prefix(cls + 1);
  }
  return "`" + std::string(origin) + "()`";
}

std::string blocking_message(const UnitView& view, const BlockingEvent& event) {
  std::string name = display_name(view, event);
  std::string message = name + " blocks the event loop" + std::string(waits_for(event.fact->kind)) +
                        ", and every other task waits with it; ";
  std::string way = way_out(view, event);
  return message + way + ".";
}

void report_blocking(const UnitView& view, Report& report, BlockingKind kind) {
  for (const BlockingEvent& event : view.blocking()) {
    if (event.fact->kind != kind) continue;
    Finding& finding = report.add(event.node, blocking_message(view, event));
    finding.origin = event.origin;
    finding.confidence = event.confidence;
    finding.severity = blocking_severity(view, event);
    finding.fixable = true;
  }
}

}  // namespace awaitd::analysis
