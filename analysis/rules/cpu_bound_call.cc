// AWD201: a call that computes for long enough to be felt, in code that runs on the event loop. Where its work lets go
// of the interpreter a thread is enough; where it does not, only another process is.
#include "analysis/effects/burden.h"
#include "analysis/fixes/blocking_fixes.h"
#include "analysis/fixes/events.h"
#include "analysis/fixes/pool.h"
#include "analysis/knowledge/rates.h"
#include "analysis/rules/advice.h"
#include "analysis/rules/blocking.h"
#include "analysis/rules/cpu.h"

namespace awaitd::analysis {
namespace {

bool needs_process(const UnitView& view, const BlockingFact& fact) {
  return keeps_interpreter(fact) && !view.options().free_threaded && !pool_way(view).empty();
}

std::string_view how_long(const BlockingFact& fact) {
  if (fact.usual == "100+") return " for a tenth of a second or more while it computes";
  if (fact.usual == "10-100") return " for tens of milliseconds while it computes";
  if (fact.usual == "1-10") return " for some milliseconds while it computes";
  return " while it computes, the longer the larger its input is";
}

// What the call takes by the size of the argument that decides, where that is known; -1 if it is not.
double known_milliseconds(const UnitView& view, const BlockingEvent& event) {
  auto rate = event.call == nullptr ? std::nullopt : rate_of(event.origin);
  if (!rate) return -1;
  const Uses& uses = view.uses();
  for (const CallCost& cost : uses.costs.calls) {
    if (&view.facts().calls[cost.call] != event.call || !cost.complete) continue;
    for (std::uint32_t i = 0; i < cost.count; ++i) {
      const SizeArgument& a = uses.costs.arguments[cost.first + i];
      bool same = a.position >= 0 ? a.position == rate->position : a.keyword == rate->keyword;
      if (!same) continue;
      double size = view.effects().estimates().size(view.at(), cost.function, rate->length ? a.length : a.value, {});
      return size < 0 ? -1 : size * rate->milliseconds;
    }
  }
  return -1;
}

std::string message(const UnitView& view, const BlockingEvent& event, double known) {
  const BlockingFact& fact = *event.fact;
  bool direct = fact.fix == FixKind::direct || fact.fix == FixKind::direct_api;
  std::string way = needs_process(view, fact) ? pool_way(view) : direct ? way_out(view, event) : thread_way(view, "it");
  return display_name(view, event) + " stops every task on the event loop" +
         (known < 0 ? std::string(how_long(fact)) : " for about " + about(known) + " while it computes") + "; " + way +
         ".";
}

bool is_literal(Kind kind) {
  return kind == Kind::string || kind == Kind::concatenated_string || kind == Kind::integer || kind == Kind::float_ ||
         kind == Kind::list || kind == Kind::tuple || kind == Kind::dictionary || kind == Kind::set ||
         kind == Kind::none;
}

// What depends on the input is nothing where the input stands here in full.
bool small_input(const UnitView& view, const BlockingEvent& event) {
  if (event.call == nullptr || event.fact->usual != "input") return false;
  const Argument* first = view.facts().positional(*event.call, 0);
  return first != nullptr && is_literal(view.unit()[inside_parentheses(view.unit(), first->value)].kind);
}

void check(const UnitView& view, Report& report) {
  for (const BlockingEvent& event : view.blocking()) {
    Burden burden = burden_of(*event.fact);
    bool test = view.in_test(event.function);
    const double known = event.fact->kind == BlockingKind::cpu ? known_milliseconds(view, event) : -1;
    if (known >= 0) burden = known >= kFeltMilliseconds ? Burden::heavy : Burden::none;
    if (burden == Burden::none || (known < 0 && small_input(view, event)) || (test && burden == Burden::some)) continue;
    Finding& finding = report.add(event.node, message(view, event, known));
    finding.origin = event.origin;
    finding.confidence = event.confidence;
    bool felt = burden == Burden::heavy && !event.once && !test;
    finding.severity = felt ? Severity::warning : Severity::info;
    FixList probe(true);
    if (event.call != nullptr) run_in_pool(view, *event.call, true, probe);
    finding.fixable = (needs_process(view, *event.fact) && !probe.fixes.empty()) || can_fix(view, event);
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  const BlockingEvent* event = event_at(view, finding.range);
  if (event == nullptr) return;
  if (event->call != nullptr && needs_process(view, *event->fact)) run_in_pool(view, *event->call, true, fixes);
  fix_event(view, *event, fixes);
}

}  // namespace

extern constinit const Rule cpu_bound_call = {
    .code = "AWD201",
    .name = "cpu-bound-call",
    .summary = "A call that computes for long, in code that runs on the event loop",
    .severity = Severity::warning,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
