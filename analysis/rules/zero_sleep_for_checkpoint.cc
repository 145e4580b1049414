// AWD901: sleep(0) in trio and anyio, which have a checkpoint that says what is meant.
#include "analysis/effects/excuses.h"
#include "analysis/fixes/fix_list.h"
#include "analysis/rules/checkpoint_calls.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

bool is_zero(const UnitView& view, const Call& call, const CheckpointFact& fact) {
  const Argument* given = argument(view.facts(), call, fact.position, fact.keyword);
  if (given == nullptr || call.argument_count != 1) return false;
  std::string_view text = view.text(given->value);
  return text == "0" || text == "0.0";
}

void check(const UnitView& view, Report& report) {
  if (!has_checkpoints(view)) return;
  each_call_of(view, CheckpointFact::What::sleep, [&](const Call& call, const CheckpointFact& fact) {
    if (!is_zero(view, call, fact)) return;
    std::string checkpoint(checkpoint_name(CheckpointFact::What::checkpoint, fact.library));
    Finding& finding =
        report.add(call.node, "`" + std::string(view.text(call.node)) + "` does not sleep, it lets other tasks run: `" +
                                  checkpoint + "()` says so.");
    finding.origin = fact.name;
    finding.fixable = true;
  });
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  each_call_of(view, CheckpointFact::What::sleep, [&](const Call& call, const CheckpointFact& fact) {
    if (!(view.document_range(call.node) == finding.range)) return;
    EditBuilder edits(view, fixes.probe());
    std::string_view checkpoint = checkpoint_name(CheckpointFact::What::checkpoint, fact.library);
    auto name = edits.name_for(checkpoint, call.node);
    if (!name) return;
    edits.replace(call.node, *name + "()");
    fixes.add(edits.finish("Use " + std::string(checkpoint) + "()", Safety::safe), true);
  });
}

}  // namespace

extern constinit const Rule zero_sleep_for_checkpoint = {
    .code = "AWD901",
    .name = "zero-sleep-for-checkpoint",
    .summary = "`sleep(0)` where the library has a checkpoint (trio, anyio)",
    .severity = Severity::hint,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
