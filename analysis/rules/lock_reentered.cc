// AWD406: a task waits for a lock that it holds itself, directly or through what it calls; and two locks that are taken
// in both orders.
#include <algorithm>
#include <set>

#include "analysis/fixes/dedent.h"
#include "analysis/knowledge/entries.h"
#include "analysis/rules/fixable.h"
#include "analysis/rules/locks.h"
#include "analysis/rules/rule.h"
#include "analysis/rules/waited_inside.h"

namespace awaitd::analysis {
namespace {

constexpr int kMaxSteps = 5;

struct Step {
  std::uint32_t unit = 0;
  Range range;
  std::string text;
};

// A key that means one lock for all objects that can meet here: of self, or global.
std::string shared_key(const UnitView& view, NodeId lock) {
  const Unit& unit = view.unit();
  NodeId root = lock;
  while (unit[root].kind == Kind::attribute && unit.child(root, Field::object) != kNoNode)
    root = unit.child(root, Field::object);
  if (unit[root].kind != Kind::identifier) return {};
  std::string key = lock_key(view, lock);
  if (root == lock) return view.is_global_at(view.text(root), root) ? "::" + key : std::string();
  return view.text(root) == "self" ? key : std::string();
}

bool is_exclusive(const LockScope& scope) {
  return scope.lock->task && scope.definite && has_role(scope.lock->name, "exclusive");
}

struct Held {
  LockScope scope;
  std::string key;
};
std::vector<Held> exclusive_scopes(const UnitView& view) {
  std::vector<Held> out;
  for (LockScope& scope : lock_scopes(view)) {
    if (!is_exclusive(scope)) continue;
    std::string key = shared_key(view, scope.expression);
    if (!key.empty()) out.push_back({scope, std::move(key)});
  }
  return out;
}

// What a call runs before the part of the function around it ends.
struct Target {
  std::uint32_t unit = 0;
  NodeId at = kNoNode;   // what names it
  bool in_time = false;  // nobody waits longer than a time limit
};

// Methods of the same object and functions of the module that a part waits for: awaited, plain, gathered, as tasks.
std::optional<Target> target_of(const UnitView& view, const Call& call, const Range& part) {
  const Unit& unit = view.unit();
  const NodeId started = started_inside(view, call, part);
  const NodeId named = started != kNoNode ? started : call.callee;
  if (named == kNoNode) return std::nullopt;
  if (unit[named].kind == Kind::attribute) {
    NodeId object = unit.child(named, Field::object);
    if (object == kNoNode || view.text(object) != "self") return std::nullopt;
  } else if (unit[named].kind != Kind::identifier) {
    return std::nullopt;
  }
  ValueSet values = started != kNoNode ? view.values(started) : view.callee(call);
  if (values.values.size() != 1 || values.unknown) return std::nullopt;
  const Value& v = values.values[0];
  if (v.kind != ValueKind::function || v.module != 0 || v.id != 1) return std::nullopt;
  if (!view.linker().signature(v).async)
    return call.awaited ? std::nullopt : std::optional(Target{v.unit, named, false});
  const WaitedFor waited = started != kNoNode ? WaitedFor::yes : waited_inside(view, call.node, part);
  if (waited == WaitedFor::no) return std::nullopt;
  return Target{v.unit, named, waited == WaitedFor::in_time};
}

bool in(const LockScope& scope, const UnitView& view, NodeId node, FunctionId function) {
  return function == scope.function && view.unit()[node].start >= scope.from && view.unit()[node].end <= scope.to;
}

// The way from a unit's function to a place that takes the lock.
bool way_to(const UnitView& view, const std::string& key, int steps, std::set<std::uint32_t>& seen,
            std::vector<Step>& way) {
  if (steps > kMaxSteps || !seen.insert(view.at().unit).second) return false;
  for (const Held& h : exclusive_scopes(view)) {
    if (h.key != key || h.scope.function != 1) continue;
    way.push_back(
        {view.at().unit, view.range(h.scope.expression),
         "`" + view.function_name(1) + "()` waits for `" + std::string(view.text(h.scope.expression)) + "` here"});
    return true;
  }
  for (const Call& call : view.facts().calls) {
    if (call.function != 1) continue;
    const NodeId body = view.facts().functions[1].node;
    auto next = target_of(view, call, {view.unit()[body].start, view.unit()[body].end});
    if (!next || next->in_time) continue;
    UnitView other(view, next->unit);
    way.push_back({view.at().unit, view.range(next->at),
                   "`" + view.function_name(1) + "()` calls `" + other.function_name(1) + "()`"});
    if (way_to(other, key, steps + 1, seen, way)) return true;
    way.pop_back();
  }
  return false;
}

void add_notes(const UnitView& view, const std::vector<Step>& way, Finding& finding) {
  for (const Step& step : way) {
    Note note;
    note.unit = static_cast<int>(step.unit);
    note.range = step.range;
    note.text = step.text;
    if (step.unit == view.at().unit) note.unit = -1;
    finding.notes.push_back(std::move(note));
  }
}

void through_calls(const UnitView& view, const Held& held, Report& report) {
  std::string lock = "`" + std::string(view.text(held.scope.expression)) + "`";
  for (const Call& call : view.facts().calls) {
    if (!in(held.scope, view, call.node, call.function)) continue;
    auto next = target_of(view, call, {held.scope.from, held.scope.to});
    if (!next) continue;
    UnitView other(view, next->unit);
    std::set<std::uint32_t> seen;
    std::vector<Step> way;
    if (!way_to(other, held.key, 0, seen, way)) continue;
    std::string chain = "`" + other.function_name(1) + "()`";
    std::string message =
        "`" + view.function_name(held.scope.function) + "()` holds " + lock + " and calls " + chain + ", which " +
        (way.size() > 1 ? "in the end " : "") + "waits for the same lock: it is not reentrant, so " +
        (next->in_time ? "this can only end when the time is up" : "the task waits for itself for ever") +
        ". Call a helper that expects the lock to be held.";
    Finding& finding = report.add(next->at, std::move(message));
    finding.origin = held.scope.lock->name;
    if (next->in_time) finding.severity = Severity::warning;
    if (way.size() > 2) {  // each step may be one that this way in does not take
      finding.severity = Severity::warning;
      finding.confidence = Confidence::probable;
    }
    finding.notes.push_back({"", view.range(held.scope.expression), lock + " is taken here", -1});
    add_notes(view, way, finding);
  }
}

// with a: with b: here, and with b: with a: elsewhere.
void inversions(const UnitView& view, const std::vector<Held>& scopes, Report& report) {
  for (const Held& outer : scopes) {
    for (const Held& inner : scopes) {
      if (outer.key == inner.key || !in(outer.scope, view, inner.scope.expression, inner.scope.function)) continue;
      std::optional<Step> other_way;
      const std::string_view name = view.text(outer.scope.expression);
      view.each_unit_that_mentions({name.substr(name.rfind('.') + 1)}, [&](const UnitView& other) {
        if (other_way || other.unit().text.find("async with") == std::string::npos) return;
        std::vector<Held> theirs = exclusive_scopes(other);
        for (const Held& a : theirs) {
          for (const Held& b : theirs) {
            if (a.key == inner.key && b.key == outer.key && in(a.scope, other, b.scope.expression, b.scope.function))
              other_way = Step{other.at().unit, other.range(b.scope.expression),
                               "`" + other.function_name(b.scope.function) + "()` takes them the other way round"};
          }
        }
      });
      if (!other_way) continue;
      std::string first = "`" + std::string(view.text(outer.scope.expression)) + "`",
                  second = "`" + std::string(view.text(inner.scope.expression)) + "`";
      Finding& finding =
          report.add(inner.scope.expression, "`" + view.function_name(inner.scope.function) + "()` takes " + second +
                                                 " while it holds " + first +
                                                 ", and other code takes them the other way round: two tasks can wait "
                                                 "for each other for ever. Take them in one order everywhere.");
      finding.severity = Severity::warning;
      finding.origin = inner.scope.lock->name;
      add_notes(view, {*other_way}, finding);
    }
  }
}

// The inner of two with statements over one lock; the only item of its statement.
void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  const std::vector<Held> scopes = exclusive_scopes(view);
  for (const Held& again : scopes) {
    if (view.document_range(again.scope.expression) != finding.range || again.scope.body == kNoNode) continue;
    const bool held = std::any_of(scopes.begin(), scopes.end(), [&](const Held& h) {
      return h.key == again.key && h.scope.expression != again.scope.expression &&
             in(h.scope, view, again.scope.expression, again.scope.function);
    });
    const NodeId statement = view.facts().statement_of(again.scope.expression);
    const auto& items = view.facts().with_items;
    if (!held ||
        std::count_if(items.begin(), items.end(), [&](const WithItem& i) { return i.statement == statement; }) != 1)
      return;
    EditBuilder edits(view, fixes.probe());
    if (replace_by_body(edits, view, statement)) fixes.add(edits.finish("Take the lock once", Safety::suggested), true);
    return;
  }
}

void check(const UnitView& view, Report& report) {
  bool any = false;
  for (const WithItem& item : view.facts().with_items) any |= item.async;
  for (const Call& call : view.facts().calls) any |= call.awaited && call.statement;
  if (!any || view.unit().skeleton) return;
  std::vector<Held> scopes = exclusive_scopes(view);
  for (const Held& held : scopes) {
    if (view.in_test(held.scope.function)) continue;
    for (const Held& again : scopes) {
      if (again.key != held.key || again.scope.expression == held.scope.expression) continue;
      if (!in(held.scope, view, again.scope.expression, again.scope.function)) continue;
      std::string lock = "`" + std::string(view.text(again.scope.expression)) + "`";
      Finding& finding =
          report.add(again.scope.expression, lock +
                                                 " is already held here by the same task: it is not reentrant, so the "
                                                 "task waits for itself for ever. Take it once.");
      finding.origin = again.scope.lock->name;
      finding.notes.push_back({"", view.range(held.scope.expression), lock + " is taken here", -1});
      mark_fixable(view, finding, fix);
    }
    through_calls(view, held, report);
  }
  if (scopes.size() > 1) inversions(view, scopes, report);
}

}  // namespace

extern constinit const Rule lock_reentered = {
    .code = "AWD406",
    .name = "lock-reentered",
    .summary = "A task that waits for a lock it holds",
    .severity = Severity::error,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
