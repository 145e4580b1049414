// AWD110: a call, attribute, loop or with block in code on the loop that reaches a blocking call through sync functions
// of the project. One finding a place, with the nearest chain.
#include "analysis/effects/names.h"
#include "analysis/effects/setup.h"
#include "analysis/fixes/helper_fixes.h"
#include "analysis/rules/chains.h"
#include "analysis/rules/rule.h"
#include "analysis/rules/start_up.h"

namespace awaitd::analysis {
namespace {

std::string message(const UnitView& view, const Use& use, const ReachedBy& by, Effect effect) {
  std::string what = short_name(view.linker(), by.function);
  std::string origin = "`" + short_origin(view.knowledge(), by.reach->origin) + "`";
  std::string text;
  if (use.kind == UseKind::read || use.kind == UseKind::write) text = "The property `" + std::string(use.name) + "`";
  else if (use.kind == UseKind::consume) text = "Reading " + what;
  else if (use.kind == UseKind::iterate) text = "This loop over " + what;
  else if (use.kind == UseKind::enter) text = "Entering " + what;
  else text = what;
  text += " blocks the event loop";
  if (by.reach->distance == 0) text += ": it calls " + origin;
  else text += ": " + chain_text(view, by.function, effect, by.reach.get());
  std::string thread = "`" + std::string(view.library().offload) + "()`";
  if (use.kind == UseKind::call) return text + "; run it in a worker thread with " + thread + ".";
  return text + "; do that part in a function run with " + thread + ".";
}

void check(const UnitView& view, Report& report) {
  if (!view.any_on_loop()) return;
  const auto& uses = view.uses().uses;
  for (std::uint32_t u = 0; u < uses.size(); ++u) {
    const Use& use = uses[u];
    if (!view.on_loop(use.function) || !view.effects().runs(view.at(), use)) continue;
    if (view.effects().resolved(view.at(), u).targets.empty()) continue;
    Effect effect = Effect::blocks;
    ReachedBy by = nearest(view, u, effect);
    if (by.reach == nullptr) by = nearest(view, u, effect = Effect::blocks_a_bit);
    if (by.reach == nullptr) continue;
    Finding& finding = report.add(use.node, message(view, use, by, effect));
    finding.origin = by.reach->origin;
    finding.confidence = by.probable ? Confidence::probable : Confidence::definite;
    bool small = effect == Effect::blocks_a_bit || use.once || is_setup(view.linker(), by.function, *by.reach) ||
                 view.in_test(use.function);
    finding.severity = small ? Severity::info : Severity::warning;
    soften(view, use.function, use.node, finding);
    finding.notes = chain_notes(view, by.function, effect, by.reach.get());
    finding.fixable = use.kind == UseKind::call && can_run_in_thread(view, view.facts().calls[use.call]);
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const Use& use : view.uses().uses) {
    if (use.kind != UseKind::call || !(view.document_range(use.node) == finding.range)) continue;
    return run_in_thread(view, view.facts().calls[use.call], fixes);
  }
}

}  // namespace

extern constinit const Rule blocking_through_helper = {
    .code = "AWD110",
    .name = "blocking-through-helper",
    .summary = "A function of the project that blocks, called on the event loop",
    .severity = Severity::warning,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
