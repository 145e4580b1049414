// AWD604: a timeout around code that never suspends. A timeout fires at a suspension point; without one it is only
// text.
#include "analysis/fixes/dedent.h"
#include "analysis/rules/timeouts.h"

namespace awaitd::analysis {
namespace {

struct Manager {
  const TimeoutScope* scope = nullptr;
  NodeId statement = kNoNode;
};

bool suspends(const UnitView& view, const TimeoutScope& scope) {
  const Facts& facts = view.facts();
  const Unit& unit = view.unit();
  auto inside = [&](NodeId node, FunctionId function) {
    return function == scope.function && unit[node].start >= scope.from && unit[node].end <= scope.to;
  };
  for (const Return& a : facts.awaits) {
    if (inside(a.node, a.function)) return true;
  }
  for (const Return& y : facts.yields) {
    if (inside(y.node, y.function)) return true;
  }
  for (const Loop& loop : facts.loops) {
    if (loop.async && inside(loop.node, loop.function)) return true;
  }
  for (const WithItem& item : facts.with_items) {
    if (item.async && item.value != kNoNode && inside(item.value, item.function)) return true;
  }
  return false;
}

std::vector<Manager> empty_scopes(const UnitView& view) {
  std::vector<Manager> found;
  if (view.facts().with_items.empty()) return found;
  for (const TimeoutScope& scope : view.effects().waits().timeout_scopes(view.at())) {
    if (!scope.with || !scope.made_here || !view.facts().functions[scope.function].async) continue;
    NodeId statement = view.unit().ancestor(scope.node, Kind::with_statement);
    if (statement == kNoNode || suspends(view, scope)) continue;
    found.push_back({&scope, statement});
  }
  return found;
}

std::optional<Fix> remove_scope(const UnitView& view, const Manager& manager, bool probe) {
  const Unit& unit = view.unit();
  NodeId clause = unit.child(manager.statement, Kind::with_clause);
  int items = 0;
  for (const WithItem& item : view.facts().with_items) {
    if (item.statement != manager.statement) continue;
    ++items;
    if (item.target != kNoNode) return std::nullopt;  // its name may be used
  }
  if (clause == kNoNode || items != 1) return std::nullopt;
  EditBuilder edits(view, probe);
  if (!replace_by_body(edits, view, manager.statement)) return std::nullopt;
  return edits.finish("Remove the timeout", Safety::suggested);
}

void check(const UnitView& view, Report& report) {
  for (const Manager& manager : empty_scopes(view)) {
    std::string_view text = view.text(manager.scope->node);
    std::string name = text.size() > 50 ? std::string(manager.scope->fact->name) + "()" : std::string(text);
    Finding& finding = report.add(
        manager.scope->node, "`" + name +
                                 "` bounds nothing: a timeout fires where the code suspends, and nothing in this block "
                                 "does; remove it, or put the await that may take long into it.");
    finding.origin = manager.scope->fact->name;
    finding.fixable = remove_scope(view, manager, true).has_value();
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const Manager& manager : empty_scopes(view)) {
    if (view.document_range(manager.scope->node) == finding.range)
      return fixes.add(remove_scope(view, manager, fixes.probe()));
  }
}

}  // namespace

extern constinit const Rule timeout_scope_without_checkpoint = {
    .code = "AWD604",
    .name = "timeout-scope-without-checkpoint",
    .summary = "A timeout around code that never suspends",
    .severity = Severity::warning,
    .mark = Mark::unnecessary,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
