// AWD902: a sleep of more than a day in trio and anyio. It stands for "until cancelled", and one day it ends.
#include <cstdlib>

#include "analysis/effects/estimate.h"
#include "analysis/effects/excuses.h"
#include "analysis/rules/checkpoint_calls.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

constexpr double kDay = 24 * 60 * 60;

// The number that an argument certainly is; -1 if it is none.
double seconds(const UnitView& view, const Call& call, NodeId value) {
  if (view.text(value) == "math.inf" || view.text(value) == "inf") {
    ValueSet values = view.values(value);
    for (const Value& v : values.values) {
      if (v.kind == ValueKind::external && v.name == "math.inf") return kDay * 1e6;
    }
  }
  Kind kind = view.unit()[inside_parentheses(view.unit(), value)].kind;
  if (kind == Kind::float_) return std::strtod(std::string(view.text(value)).c_str(), nullptr);
  const Uses& uses = view.uses();
  for (const CallCost& cost : uses.costs.calls) {
    if (&view.facts().calls[cost.call] != &call) continue;
    for (std::uint32_t i = 0; i < cost.count; ++i) {
      const SizeArgument& a = uses.costs.arguments[cost.first + i];
      if (a.position <= 0) return view.effects().estimates().size(view.at(), call.function, a.value, {});
    }
  }
  return -1;
}

bool is_long(const UnitView& view, const Call& call, const CheckpointFact& fact) {
  const Argument* given = argument(view.facts(), call, fact.position, fact.keyword);
  return given != nullptr && call.argument_count == 1 && seconds(view, call, given->value) > kDay;
}

void check(const UnitView& view, Report& report) {
  if (!has_checkpoints(view)) return;
  each_call_of(view, CheckpointFact::What::sleep, [&](const Call& call, const CheckpointFact& fact) {
    if (!is_long(view, call, fact)) return;
    report_sleep(view, report, call, fact, CheckpointFact::What::forever,
                 "sleeps for more than a day, and then goes on", "sleeps until it is cancelled.");
  });
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  fix_sleep_by(view, finding, fixes, CheckpointFact::What::forever, Safety::suggested);
}

}  // namespace

extern constinit const Rule long_sleep_not_forever = {
    .code = "AWD902",
    .name = "long-sleep-not-forever",
    .summary = "A sleep of more than a day, where sleeping for ever is meant (trio, anyio)",
    .severity = Severity::info,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
