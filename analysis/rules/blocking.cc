#include "analysis/rules/blocking.h"

#include "analysis/rules/advice.h"

namespace awaitd::analysis {
namespace {

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
  if (!view.any_on_loop()) return events;
  const auto& uses = view.uses().uses;
  for (std::uint32_t u = 0; u < uses.size(); ++u) {
    const Use& use = uses[u];
    if (use.guarded || !view.on_loop(use.function)) continue;
    const ResolvedUse& resolved = view.effects().resolved(view.at(), u);
    if (resolved.fact == nullptr) continue;
    BlockingEvent event;
    event.by = use.kind;
    event.node = use.node;
    if (use.call != kNone) event.call = &view.facts().calls[use.call];
    event.fact = resolved.fact;
    event.origin = resolved.origin;
    event.function = use.function;
    event.once = use.once;
    event.confidence = resolved.fact_probable ? Confidence::probable : Confidence::definite;
    // One finding a place: `with connect() as c` and `for x in glob()` are reported at the call.
    bool same_place = !events.empty() && event.call != nullptr && events.back().node == event.call->node;
    if (same_place) events.pop_back();
    events.push_back(std::move(event));
  }
  return events;
}

std::string display_name(const UnitView& view, const BlockingEvent& event) {
  if (event.by == UseKind::iterate) return "the loop over `" + std::string(view.text(event.node)) + "`";
  if (event.by == UseKind::enter) return "`with " + std::string(view.text(event.node)) + "`";
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
    if (event.fact->kind != kind || !view.facts().functions[event.function].async) continue;
    Finding& finding = report.add(event.node, blocking_message(view, event));
    finding.origin = event.origin;
    finding.confidence = event.confidence;
    finding.severity = blocking_severity(view, event);
    finding.fixable = true;
  }
}

}  // namespace awaitd::analysis
