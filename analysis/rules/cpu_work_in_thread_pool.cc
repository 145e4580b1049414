// AWD204: work that keeps the interpreter to itself, handed to a worker thread: the event loop waits all the same.
#include "analysis/effects/burden.h"
#include "analysis/effects/names.h"
#include "analysis/fixes/pool.h"
#include "analysis/rules/chains.h"
#include "analysis/rules/cpu.h"
#include "analysis/rules/hand_over.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

constexpr double kLongMilliseconds = 100;  // the interpreter changes threads every 5 ms: shorter work is hardly felt

bool holds(const BlockingFact& fact) { return fact.gil == Gil::held && burden_of(fact) != Burden::none; }

std::string way(const UnitView& view) {
  std::string pool = pool_way(view);
  return pool.empty() ? "move it to another process" : pool;
}

Finding* check_external(const UnitView& view, Report& report, const HandOver& over, const Value& v) {
  const BlockingFact* fact = view.knowledge().blocking(v.name);
  if (fact == nullptr || !holds(*fact)) return nullptr;
  Finding& finding =
      report.add(over.callable, "`" + short_origin(view.knowledge(), v.name) +
                                    "` keeps Python's interpreter lock while it computes, so the event loop waits "
                                    "although it runs in a thread; " +
                                    way(view) + ".");
  finding.origin = v.name;
  finding.severity = burden_of(*fact) == Burden::heavy ? Severity::warning : Severity::info;
  return &finding;
}

Finding* check_function(const UnitView& view, Report& report, const HandOver& over, const Value& v) {
  FunctionKey key{v.module, v.unit, v.id};
  std::string name = short_name(view.linker(), key);
  const Reach& reach = view.effects().reach(key, Effect::burns_cpu);
  if (reach.reached && reach.fact->gil == Gil::held) {
    Finding& finding =
        report.add(over.callable, name + " keeps Python's interpreter lock while it computes (" +
                                      chain_text(view, key, Effect::burns_cpu) +
                                      "), so the event loop waits although it runs in a thread; " + way(view) + ".");
    finding.origin = reach.origin;
    finding.confidence = reach.doubts > 0 || v.probable ? Confidence::probable : Confidence::definite;
    finding.notes = chain_notes(view, key, Effect::burns_cpu);
    return &finding;
  }
  Estimate estimate = view.effects().estimates().handed(view.at(), over.use, key, over.skipped, {});
  if (estimate.milliseconds < kFeltMilliseconds || estimate.path.size() < 2) return nullptr;
  const Estimate::Step& last = estimate.path.back();
  const UnitData& data = *view.linker().unit({last.function.module, last.function.unit}).data;
  Finding& finding =
      report.add(over.callable, name + " computes for about " + about(estimate.milliseconds) + " in Python (a " +
                                    loop_name(*data.unit, data.uses().costs.loops[last.loop]) +
                                    "): threads share one interpreter lock, so it slows the event loop down all the "
                                    "while; " +
                                    way(view) + ".");
  finding.severity = estimate.milliseconds >= kLongMilliseconds ? Severity::warning : Severity::info;
  finding.confidence = estimate.probable || v.probable ? Confidence::probable : Confidence::definite;
  finding.notes = estimate_notes(view, estimate);
  return &finding;
}

void check(const UnitView& view, Report& report) {
  if (!view.any_on_loop() || view.options().free_threaded) return;
  for (const HandOver& over : hand_overs(view)) {
    if (over.to != HandOver::To::thread || !view.on_loop(over.call->function)) continue;
    Finding* finding = nullptr;
    for (const Value& v : view.values(over.callable).values) {
      bool plain =
          v.kind == ValueKind::function && !view.linker().signature(v).async && !view.linker().signature(v).generator;
      if (v.kind == ValueKind::external) finding = check_external(view, report, over, v);
      if (plain) finding = check_function(view, report, over, v);
      if (finding != nullptr) break;
    }
    if (finding == nullptr) continue;
    FixList probe(true);
    thread_to_pool(view, over, probe);
    finding->fixable = !probe.fixes.empty();
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const HandOver& over : hand_overs(view)) {
    if (view.document_range(over.callable) == finding.range) return thread_to_pool(view, over, fixes);
  }
}

}  // namespace

extern constinit const Rule cpu_work_in_thread_pool = {
    .code = "AWD204",
    .name = "cpu-work-in-thread-pool",
    .summary = "CPU-bound work that keeps the interpreter lock, handed to a thread",
    .severity = Severity::warning,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
