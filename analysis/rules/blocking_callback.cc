// AWD111: a plain function that the event loop itself calls - a callback, a Protocol method - and that blocks.
#include "analysis/effects/names.h"
#include "analysis/fixes/fix_list.h"
#include "analysis/rules/advice.h"
#include "analysis/rules/blocking.h"
#include "analysis/rules/chains.h"
#include "analysis/rules/rule.h"
#include "analysis/rules/start_up.h"

namespace awaitd::analysis {
namespace {

std::string callee_name(std::string_view origin) { return "`" + std::string(origin.substr(origin.rfind('.') + 1)) + "()`"; }

// The blocking call in a method that the loop calls.
void check_methods(const UnitView& view, Report& report) {
  for (const BlockingEvent& event : view.blocking()) {
    const ContextFact* by = view.called_by_loop(event.function);
    if (by == nullptr || event.fact->kind == BlockingKind::cpu) continue;  // those are AWD201's
    Finding& finding = report.add(event.node, display_name(view, event) + " blocks the event loop: `" +
                                                  view.function_name(event.function) + "()` is called by the loop (" +
                                                  std::string(by->name) + "); hand the work to a thread or a task.");
    finding.origin = event.origin;
    finding.confidence = event.confidence;
    finding.severity = blocking_severity(view, event);
    soften(view, event.function, event.node, finding);
  }
}

// How the receiver of call_soon(f, *args) hands f to a thread itself; empty where the callback is called again and again
// (until somebody takes the data) or gets an argument from the loop.
std::string_view own_offload(const UnitView& view, const ContextFact& fact) {
  std::string_view owner = fact.name.substr(0, fact.name.rfind('.'));
  if (fact.note.starts_with("level-triggered")) return {};
  for (const ContextFact& other : view.knowledge().context_facts()) {
    bool sibling = other.name.size() > owner.size() && other.name.starts_with(owner) && other.name.rfind('.') == owner.size();
    if (sibling && other.role == Role::offload && other.position == 1) return other.name.substr(owner.size() + 1);
  }
  return {};
}

// loop.call_soon(work, x) -> loop.call_soon(loop.run_in_executor, None, work, x)
void offload_callback(const UnitView& view, const Use& use, const Handed& handed, const ContextFact& fact, FixList& fixes) {
  const Unit& unit = view.unit();
  std::string_view method = own_offload(view, fact);
  const Call& call = view.facts().calls[use.call];
  if (method.empty() || handed.position < 0 || call.callee == kNoNode || unit[call.callee].kind != Kind::attribute) return;
  NodeId receiver = unit.child(call.callee, Field::object);
  Kind kind = receiver == kNoNode ? Kind::call : unit[receiver].kind;
  if (kind != Kind::identifier && kind != Kind::attribute) return;
  EditBuilder edits(view, fixes.probe());
  edits.insert(unit[handed.node].start, std::string(view.text(receiver)) + "." + std::string(method) + ", None, ");
  fixes.add(edits.finish("Run the callback in a worker thread with " + std::string(method), Safety::suggested), true);
}

bool is_handed_at(const Handed& handed, const ContextFact& fact) {
  if (!handed.keyword.empty()) return handed.keyword == fact.keyword;
  return fact.position == every_position || handed.position == fact.position;
}

// os.read(fd) in what add_reader(fd, ...) calls: the descriptor is ready, and this is the way that is recommended instead.
bool is_ready(const UnitView& view, const Use& use, const ContextFact& fact, const FunctionKey& key, const Reach& reach) {
  const std::string_view method = fact.name.substr(fact.name.rfind('.') + 1);
  const Argument* watched = use.call == kNone ? nullptr : view.facts().positional(view.facts().calls[use.call], 0);
  if (watched == nullptr || reach.distance != 0 || reach.fact == nullptr || key.module != 0 || key.unit != view.at().unit) return false;
  if (reach.fact->replacement.find(method) == std::string_view::npos) return false;
  const Use& reading = view.uses().uses[reach.use];
  const Argument* read = reading.call == kNone ? nullptr : view.facts().positional(view.facts().calls[reading.call], 0);
  return read != nullptr && view.text(read->value) == view.text(watched->value);
}

Finding* check_handed(const UnitView& view, Report& report, const Use& use, const Handed& handed, const ContextFact& fact) {
  for (const Value& v : view.linker().values(view.uses().terms, handed.value, view.at()).values) {
    std::string start;
    if (v.kind == ValueKind::external) {
      const BlockingFact* blocking = view.knowledge().blocking(v.name);
      auto effect = blocking == nullptr ? std::nullopt : effect_of(*blocking);
      if (effect != Effect::blocks) continue;
      start = "`" + short_origin(view.knowledge(), v.name) + "` blocks the event loop";
      Finding& finding = report.add(handed.node, start + ": " + callee_name(fact.name) + " runs it on the loop; use a thread.");
      finding.origin = v.name;
      return &finding;
    }
    if (v.kind != ValueKind::function || view.linker().signature(v).async) continue;
    FunctionKey key{v.module, v.unit, v.id};
    const Reach& reach = view.effects().reach(key, Effect::blocks);
    if (!reach.reached || is_ready(view, use, fact, key, reach)) continue;
    Finding& finding = report.add(handed.node, short_name(view.linker(), key) + " blocks the event loop with `" +
                                                   short_origin(view.knowledge(), reach.origin) + "`: " +
                                                   callee_name(fact.name) +
                                                   " runs it on the loop, not in a thread; hand the slow part to a thread.");
    finding.origin = reach.origin;
    finding.confidence = reach.doubts > 0 || v.probable ? Confidence::probable : Confidence::definite;
    finding.notes = chain_notes(view, key, Effect::blocks);
    return &finding;
  }
  return nullptr;
}

// Every callable that is handed to something which runs it on the loop: visit(use, handed, fact).
template <typename Visit>
void each_callback(const UnitView& view, Visit&& visit) {
  const auto& uses = view.uses();
  for (const Use& use : uses.uses) {
    if (use.kind != UseKind::call || use.handed_count == 0) continue;
    for (const Value& v : view.linker().values(uses.terms, use.target, view.at()).values) {
      if (v.kind != ValueKind::external) continue;
      const ContextFact* fact = view.knowledge().context(v.name);
      if (fact == nullptr || fact->role != Role::schedule_sync || !fact->sync_on_loop) continue;
      for (std::uint32_t h = 0; h < use.handed_count; ++h) {
        const Handed& handed = uses.handed[use.first_handed + h];
        if (is_handed_at(handed, *fact)) visit(use, handed, *fact);
      }
    }
  }
}

// Most units hand nothing to a loop, and need not be understood to know that.
bool may_schedule(const UnitView& view) {
  for (const Call& call : view.facts().calls) {
    if (call.callee == kNoNode || call.argument_count == 0) continue;
    std::string_view name = view.text(call.callee);
    name = name.substr(name.rfind('.') == std::string_view::npos ? 0 : name.rfind('.') + 1);
    if (view.knowledge().names_scheduler(name)) return true;
  }
  return false;
}

void check(const UnitView& view, Report& report) {
  check_methods(view, report);
  if (!may_schedule(view)) return;
  each_callback(view, [&](const Use& use, const Handed& handed, const ContextFact& fact) {
    Finding* finding = check_handed(view, report, use, handed, fact);
    if (finding == nullptr) return;
    FixList probe(true);
    offload_callback(view, use, handed, fact, probe);
    finding->fixable = !probe.fixes.empty();
  });
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  each_callback(view, [&](const Use& use, const Handed& handed, const ContextFact& fact) {
    if (view.document_range(handed.node) == finding.range && fixes.fixes.empty()) offload_callback(view, use, handed, fact, fixes);
  });
}

}  // namespace

extern constinit const Rule blocking_callback = {
    .code = "AWD111",
    .name = "blocking-callback",
    .summary = "A callback or protocol method that blocks the loop that calls it",
    .severity = Severity::warning,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
