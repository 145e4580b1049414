// AWD408: threading.local holds one value for the whole event loop, not one a task.
#include <set>

#include "analysis/fixes/context_variable.h"
#include "analysis/knowledge/entries.h"
#include "analysis/rules/fixable.h"
#include "analysis/rules/rule.h"
#include "analysis/unit_view.h"

namespace awaitd::analysis {
namespace {

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  const Unit& unit = view.unit();
  for (NodeId n = 0; n < unit.nodes.size(); ++n) {
    if (unit[n].kind != Kind::attribute || view.document_range(n) != finding.range) continue;
    fixes.add(as_context_variable(view, n, fixes.probe()), true);
    return;
  }
}

void check(const UnitView& view, Report& report) {
  const Facts& facts = view.facts();
  const auto& imported = view.linker().index().tables->imported;
  bool threads = false;
  for (const std::string& module : imported) threads |= module == "threading";
  if (!threads) return;
  const Unit& unit = view.unit();
  std::set<std::pair<FunctionId, std::string_view>> told;
  for (NodeId n = 0; n < unit.nodes.size(); ++n) {
    if (unit[n].kind != Kind::attribute) continue;
    FunctionId f = facts.function_id_of(n);
    if (!facts.functions[f].async) continue;
    NodeId object = unit.child(n, Field::object);
    if (object == kNoNode || (unit[object].kind != Kind::identifier && unit[object].kind != Kind::attribute)) continue;
    bool local = false;
    for (const Value& v : view.values(object).values)
      local |= v.kind == ValueKind::instance && has_role(v.name, "local");
    if (!local || !told.insert({f, view.text(n)}).second) continue;
    Finding& finding = report.add(
        n, "`" + std::string(view.text(n)) +
               "` is one value for all tasks of the loop, since they share one thread: what `" + view.function_name(f) +
               "()` stores there, other requests see. Use a `contextvars.ContextVar`.");
    finding.origin = "threading.local";
    for (const Return& await : facts.awaits) {
      if (await.function != f || await.node < n) continue;
      finding.notes.push_back({"", view.range(await.node),
                               "`" + view.function_name(f) + "()` is suspended here: another task sets `" +
                                   std::string(view.text(n)) + "` in the same thread",
                               -1});
      break;
    }
    mark_fixable(view, finding, fix);
  }
}

}  // namespace

extern constinit const Rule thread_local_in_async = {
    .code = "AWD408",
    .name = "thread-local-in-async",
    .summary = "A thread-local value in async code",
    .severity = Severity::info,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
