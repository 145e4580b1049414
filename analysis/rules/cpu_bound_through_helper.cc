// AWD203: a call in code on the event loop of a project function that computes for long: it reaches a call that AWD201
// knows, or loops whose estimate, with the sizes it is handed here, is worth a word.
#include "analysis/effects/burden.h"
#include "analysis/fixes/helper_fixes.h"
#include "analysis/fixes/pool.h"
#include "analysis/rules/advice.h"
#include "analysis/rules/chains.h"
#include "analysis/rules/cpu.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

std::string pool_or_thread(const UnitView& view) {
  std::string way = view.options().free_threaded ? std::string() : pool_way(view);
  return way.empty() ? thread_way(view, "it") : way;
}

bool wants_pool(const UnitView& view, const BlockingFact* fact) {
  if (view.options().free_threaded || pool_way(view).empty()) return false;
  return fact == nullptr || keeps_interpreter(*fact);
}

Finding& report_call(const UnitView& view, Report& report, const Use& use, const ReachedBy& by, Effect effect) {
  const BlockingFact& fact = *by.reach->fact;
  std::string what = short_name(view.linker(), by.function);
  std::string way = wants_pool(view, &fact) ? pool_or_thread(view) : thread_way(view, "it");
  Finding& finding =
      report.add(use.node, what + " keeps every other task on the event loop waiting while it computes: " +
                               chain_text(view, by.function, effect) + "; " + way + ".");
  finding.origin = by.reach->origin;
  finding.confidence = by.probable ? Confidence::probable : Confidence::definite;
  finding.severity =
      effect != Effect::burns_cpu || use.once || view.in_test(use.function) ? Severity::info : Severity::warning;
  finding.notes = chain_notes(view, by.function, effect);
  return finding;
}

Finding& report_loop(const UnitView& view, Report& report, const Use& use, const Estimate& estimate) {
  const Estimate::Step& last = estimate.path.back();
  const UnitData& data = *view.linker().unit({last.function.module, last.function.unit}).data;
  std::string what = short_name(view.linker(), estimate.path[1].function);
  std::string chain = estimate.path.size() > 2 ? estimate_chain(view, estimate) : "it";
  std::string text = what + " keeps every other task on the event loop waiting for about " +
                     about(estimate.milliseconds) + ": " + chain + " runs a " +
                     loop_name(*data.unit, data.uses().costs.loops[last.loop]) + " " + with_commas(estimate.rounds) +
                     " times; " + pool_or_thread(view) + ".";
  Finding& finding = report.add(use.node, std::move(text));
  finding.confidence = estimate.probable ? Confidence::probable : Confidence::definite;
  finding.severity = view.in_test(use.function) ? Severity::info : Severity::warning;
  finding.notes = estimate_notes(view, estimate);
  return finding;
}

void add_fixes(const UnitView& view, const Call& call, FixList& fixes) {
  const auto& uses = view.uses().uses;
  for (std::uint32_t u = 0; u < uses.size(); ++u) {
    if (uses[u].kind != UseKind::call || uses[u].call == kNone || &view.facts().calls[uses[u].call] != &call) continue;
    ReachedBy by = nearest(view, u, Effect::burns_cpu);
    bool loop = by.reach == nullptr && estimate_of(view, u).milliseconds >= kFeltMilliseconds;
    if (by.reach == nullptr && !loop) by = nearest(view, u, Effect::burns_cpu_a_bit);
    const BlockingFact* fact = by.reach == nullptr ? nullptr : by.reach->fact;
    if (wants_pool(view, fact)) run_in_pool(view, call, true, fixes);
    bool thread = fact == nullptr ? view.options().free_threaded : fact->gil != Gil::held && !wants_pool(view, fact);
    if (thread && !fixes.enough()) run_in_thread(view, call, fixes);
  }
}

void check(const UnitView& view, Report& report) {
  if (!view.any_on_loop()) return;
  const auto& uses = view.uses().uses;
  for (std::uint32_t u = 0; u < uses.size(); ++u) {
    const Use& use = uses[u];
    if (use.guarded || use.awaited || !view.on_loop(use.function)) continue;
    if (view.effects().resolved(view.at(), u).targets.empty()) continue;
    // What blocks as well is told once, by AWD110.
    if (nearest(view, u, Effect::blocks).reach != nullptr) continue;
    ReachedBy by = nearest(view, u, Effect::burns_cpu);
    Finding* finding = nullptr;
    if (by.reach != nullptr) {
      finding = &report_call(view, report, use, by, Effect::burns_cpu);
    } else {
      Estimate estimate = use.kind == UseKind::call ? estimate_of(view, u) : Estimate();
      if (estimate.milliseconds >= kFeltMilliseconds && estimate.path.size() > 1)
        finding = &report_loop(view, report, use, estimate);
    }
    if (finding == nullptr && !view.in_test(use.function)) {
      by = nearest(view, u, Effect::burns_cpu_a_bit);
      if (by.reach != nullptr) finding = &report_call(view, report, use, by, Effect::burns_cpu_a_bit);
    }
    if (finding == nullptr || use.kind != UseKind::call) continue;
    FixList probe(true);
    add_fixes(view, view.facts().calls[use.call], probe);
    finding->fixable = !probe.fixes.empty();
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const Use& use : view.uses().uses) {
    if (use.kind != UseKind::call || !(view.document_range(use.node) == finding.range)) continue;
    return add_fixes(view, view.facts().calls[use.call], fixes);
  }
}

}  // namespace

extern constinit const Rule cpu_bound_through_helper = {
    .code = "AWD203",
    .name = "cpu-bound-through-helper",
    .summary = "A function of the project that computes for long, called on the event loop",
    .severity = Severity::warning,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
