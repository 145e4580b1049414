// AWD904: a constant where a point in time of the loop's clock is asked for. That clock starts anywhere, so the
// deadline has passed already or never comes.
#include "analysis/effects/excuses.h"
#include "analysis/rules/checkpoint_calls.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

bool is_number(const Unit& unit, NodeId node) {
  node = inside_parentheses(unit, node);
  Kind kind = unit[node].kind;
  if (kind == Kind::integer || kind == Kind::float_) return true;
  if (kind != Kind::binary_operator) return false;
  NodeId left = unit.child(node, Field::left), right = unit.child(node, Field::right);
  return left != kNoNode && right != kNoNode && is_number(unit, left) && is_number(unit, right);
}

void check(const UnitView& view, Report& report) {
  if (!has_checkpoints(view)) return;
  each_call_of(view, CheckpointFact::What::deadline, [&](const Call& call, const CheckpointFact& fact) {
    const Argument* given = argument(view.facts(), call, fact.position, fact.keyword);
    if (given == nullptr || !is_number(view.unit(), given->value)) return;
    std::string value(view.text(given->value));
    std::string clock = fact.library == "asyncio" ? "loop.time()" : std::string(fact.library) + ".current_time()";
    Finding& finding = report.add(
        given->value, "`" + value +
                          "` is a point in time of the event loop's clock, not a span: it has passed or is far "
                          "away; add it to `" +
                          clock + "`, or use the scope that takes a span.");
    finding.origin = fact.name;
  });
}

}  // namespace

extern constinit const Rule constant_absolute_deadline = {
    .code = "AWD904",
    .name = "constant-absolute-deadline",
    .summary = "A constant as a deadline, which is a point in time",
    .severity = Severity::warning,
    .check = check,
};

}  // namespace awaitd::analysis
