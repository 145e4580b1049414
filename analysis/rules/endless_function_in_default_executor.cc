// AWD206: a function that never ends, given to the default executor: asyncio.run() waits for that executor at its end.
#include <algorithm>

#include "analysis/effects/names.h"
#include "analysis/fixes/fix_list.h"
#include "analysis/rules/endless.h"
#include "analysis/rules/loop_calls.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

bool is_handed_at(const Handed& handed, const LoopFact& fact) {
  return handed.keyword.empty() ? handed.position == fact.position : handed.keyword == fact.keyword;
}

// run_in_executor(None, ...): another executor is somebody's decision.
bool is_default(const UnitView& view, const LoopCall& call, const LoopFact& fact) {
  if (fact.position == 0) return true;
  const Argument* executor = view.facts().positional(*call.call, 0);
  return executor != nullptr && view.unit()[executor->value].kind == Kind::none;
}

std::string endless_name(const UnitView& view, const ValueSet& values) {
  if (values.unknown || values.values.size() != 1) return {};
  const Value& v = values.values.front();
  if (v.kind == ValueKind::external && view.knowledge().loop_fact(v.name, LoopRole::endless) != nullptr)
    return "`" + short_origin(view.knowledge(), v.name) + "`";
  if (v.kind != ValueKind::function || v.probable) return {};
  view.look_at({v.module, v.unit});
  if (!never_ends(view.linker(), v)) return {};
  return short_name(view.linker(), {v.module, v.unit, v.id});
}

// A thread that ends with the program, where nobody waits for the call: it would wait for ever.
std::optional<Fix> own_thread(const UnitView& view, const LoopCall& call, const LoopFact& fact, bool probe) {
  if (!call.call->statement || fact.position < 0) return std::nullopt;
  std::string function, rest;
  int position = 0;
  for (const Argument& a : view.facts().arguments_of(*call.call)) {
    if (!a.name.empty() || a.stars != 0) return std::nullopt;
    if (position == fact.position) function = view.text(a.value);
    if (position > fact.position) rest += (rest.empty() ? "" : " ") + std::string(view.text(a.value)) + ",";
    ++position;
  }
  EditBuilder edits(view, probe);
  const auto thread = edits.name_for("threading.Thread", call.call->node);
  if (!thread || function.empty()) return std::nullopt;
  if (std::count(rest.begin(), rest.end(), ',') > 1) rest.pop_back();
  edits.replace(call.call->node, *thread + "(target=" + function + (rest.empty() ? "" : ", args=(" + rest + ")") +
                                     ", daemon=True).start()");
  return edits.finish("Give it a daemon thread of its own", Safety::suggested);
}

void check(const UnitView& view, Report& report) {
  const Uses& uses = view.uses();
  for (const LoopCall& call : view.loop_calls()) {
    const LoopFact* fact = call.as(LoopRole::default_pool);
    if (fact == nullptr || !is_default(view, call, *fact)) continue;
    const Use& use = uses.uses[call.use];
    for (std::uint32_t h = use.first_handed; h < use.first_handed + use.handed_count; ++h) {
      if (!is_handed_at(uses.handed[h], *fact)) continue;
      std::string name = endless_name(view, view.linker().values(uses.terms, uses.handed[h].value, view.at()));
      if (name.empty()) continue;
      Finding& finding =
          report.add(uses.handed[h].node,
                     name +
                         " never ends: the program hangs at its exit, where `asyncio.run()` waits for the default "
                         "executor, and the worker is missing to everybody else; give it a daemon thread.");
      finding.origin = call.origin;
      finding.confidence = call.definite ? Confidence::definite : Confidence::probable;
      finding.fixable = own_thread(view, call, *fact, true).has_value();
    }
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const LoopCall& call : view.loop_calls()) {
    const LoopFact* fact = call.as(LoopRole::default_pool);
    const Range range = view.document_range(call.call->node);
    if (fact == nullptr || finding.range.start < range.start || finding.range.end > range.end) continue;
    return fixes.add(own_thread(view, call, *fact, fixes.probe()), true);
  }
}

}  // namespace

extern constinit const Rule endless_function_in_default_executor = {
    .code = "AWD206",
    .name = "endless-function-in-default-executor",
    .summary = "A function that never ends in the event loop's default executor",
    .severity = Severity::warning,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
