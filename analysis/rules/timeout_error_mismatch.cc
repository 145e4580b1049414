// AWD605: a handler for the TimeoutError of another kind: asyncio's and that of concurrent.futures are classes of their
// own before Python 3.11, and other names of the built-in one from then on.
#include <algorithm>

#include "analysis/fixes/async_way.h"
#include "analysis/fixes/fix_list.h"
#include "analysis/flow/exceptions.h"
#include "analysis/rules/timeouts.h"
#include "analysis/rules/waited_inside.h"

namespace awaitd::analysis {
namespace {

struct Handler {
  NodeId clause = kNoNode;
  NodeId name = kNoNode;                // the class as it is written
  const ExceptionFact* is = nullptr;    // the class of all, or one that became another name of it
  bool alone = false;                   // the only class of its clause
  const TimeoutScope* scope = nullptr;  // what raises another one; null: only an alias
};

bool is_alias(const UnitView& view, const ExceptionFact& fact) {
  return fact.alias && view.options().target.minor >= fact.since;
}

// A class with other names, or one of these.
const ExceptionFact* class_of(const UnitView& view, NodeId node) {
  Kind kind = view.unit()[node].kind;
  if (kind != Kind::identifier && kind != Kind::attribute) return nullptr;
  ValueSet values = view.values(node);
  if (values.unknown || values.values.size() != 1) return nullptr;
  const ExceptionFact* fact = view.knowledge().exception(values.values[0].name);
  if (fact == nullptr || fact->alias) return fact;
  const auto all = view.knowledge().exceptions();
  bool has_aliases = std::any_of(all.begin(), all.end(),
                                 [&](const ExceptionFact& other) { return other.alias && other.base == fact->name; });
  return has_aliases ? fact : nullptr;
}

template <typename Each>
void for_each_class(const UnitView& view, NodeId statement, Each&& each) {
  const Unit& unit = view.unit();
  for (NodeId clause : children(unit, statement)) {
    if (unit[clause].kind != Kind::except_clause) continue;
    NodeId value = unit.child(clause, Field::value);
    if (value != kNoNode && unit[value].kind == Kind::as_pattern) value = unit.first_child(value);
    if (value == kNoNode) continue;
    if (unit[value].kind != Kind::tuple) {
      each(clause, value, true);
      continue;
    }
    for (NodeId element : children(unit, value)) each(clause, element, false);
  }
}

// Something in the body that raises, when its time is up, a class that is not yet what it became: it stands there, or
// what it gave is awaited there.
const TimeoutScope* raises_in(const UnitView& view, NodeId body) {
  const Unit& unit = view.unit();
  for (const TimeoutScope& scope : view.effects().waits().timeout_scopes(view.at())) {
    if (scope.fact == nullptr || !scope.fact->raises) continue;
    const ExceptionFact* raised = view.knowledge().exception(scope.fact->exception);
    if (raised == nullptr || !raised->alias || is_alias(view, *raised)) continue;
    const bool inside = body <= scope.node && scope.node < body + unit[body].size;
    const bool waits =
        !inside && scope.fact->form == ScopeFact::Form::call &&
        waited_inside(view, unit[scope.node].parent, {unit[body].start, unit[body].end}) == WaitedFor::yes;
    if (inside || waits) return &scope;
  }
  return nullptr;
}

const ExceptionFact& raised_by(const UnitView& view, const TimeoutScope& scope) {
  return *view.knowledge().exception(scope.fact->exception);
}

// The handlers of one try statement.
void find_handlers(const UnitView& view, NodeId statement, NodeId body, std::vector<Handler>& found) {
  std::vector<Handler> here;
  for_each_class(view, statement, [&](NodeId clause, NodeId name, bool alone) {
    if (const ExceptionFact* is = class_of(view, name)) here.push_back({clause, name, is, alone});
  });
  if (here.empty()) return;
  const TimeoutScope* scope = raises_in(view, body);
  const ExceptionFact* raised = scope == nullptr ? nullptr : &raised_by(view, *scope);
  const bool caught = std::any_of(here.begin(), here.end(), [&](const Handler& h) { return h.is == raised; });
  for (Handler& h : here) {
    const bool other = raised != nullptr && !caught && exception_class(view, h.is->name) == raised->base;
    if (!is_alias(view, *h.is) && !other) continue;
    if (!is_alias(view, *h.is)) h.scope = scope;
    found.push_back(h);
  }
}

std::vector<Handler> handlers(const UnitView& view) {
  std::vector<Handler> found;
  if (!view.options().target_stated || !view.any_on_loop()) return found;
  const Unit& unit = view.unit();
  for (NodeId n = 0; n < unit.nodes.size(); ++n) {
    NodeId body = unit[n].kind == Kind::try_statement ? unit.child(n, Field::body) : kNoNode;
    if (body != kNoNode) find_handlers(view, n, body, found);
  }
  return found;
}

// The built-in name of the class of all: TimeoutError.
std::string own_name(const UnitView& view, const Handler& handler) {
  return std::string(last_of(exception_class(view, handler.is->name)));
}

std::optional<Fix> repair(const UnitView& view, const Handler& handler, bool probe) {
  EditBuilder edits(view, probe);
  if (handler.scope == nullptr) {
    const std::string own = own_name(view, handler);
    if (!view.is_global_at(own, handler.name) || !handler.alone) return std::nullopt;
    if (view.linker().index().tables->globals.contains(own)) return std::nullopt;
    edits.replace(handler.name, own);
    return edits.finish("Use the built-in " + own, Safety::safe);
  }
  const std::string raised(raised_by(view, *handler.scope).name);
  auto name = edits.name_for(raised, handler.name);
  if (!name) return std::nullopt;
  std::string text(view.text(handler.name));
  edits.replace(handler.name, handler.alone ? "(" + text + ", " + *name + ")" : text + ", " + *name);
  return edits.finish("Catch " + raised + ", too", Safety::safe);
}

std::string message(const UnitView& view, const Handler& handler) {
  std::string name = "`" + std::string(view.text(handler.name)) + "`";
  if (handler.scope == nullptr) {
    return name + " is another name of the built-in `" + own_name(view, handler) + "` from Python 3." +
           std::to_string(handler.is->since) + " on; use that.";
  }
  const ExceptionFact& raised = raised_by(view, *handler.scope);
  const std::string thrown = "`" + std::string(raised.name) + "`";
  return "`" + std::string(handler.scope->fact->name) + "()` raises " + thrown + ", which is no " + name +
         " before Python 3." + std::to_string(raised.since) + ": this handler does not see it; catch " + thrown + ".";
}

void check(const UnitView& view, Report& report) {
  for (const Handler& handler : handlers(view)) {
    Finding& finding = report.add(handler.name, message(view, handler));
    finding.origin = handler.is->name;
    if (handler.scope == nullptr) finding.severity = Severity::hint;
    finding.fixable = repair(view, handler, true).has_value();
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const Handler& handler : handlers(view)) {
    if (view.document_range(handler.name) == finding.range)
      return fixes.add(repair(view, handler, fixes.probe()), true);
  }
}

}  // namespace

extern constinit const Rule timeout_error_mismatch = {
    .code = "AWD605",
    .name = "timeout-error-mismatch",
    .summary = "A handler for a TimeoutError of another kind",
    .severity = Severity::warning,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
