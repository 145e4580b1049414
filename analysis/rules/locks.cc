#include "analysis/rules/locks.h"

namespace awaitd::analysis {

const LockFact* lock_of(const UnitView& view, NodeId expression, bool& definite) {
  ValueSet values = view.values(expression);
  definite = !values.unknown;
  const LockFact* found = nullptr;
  for (const Value& v : values.values) {
    if (v.kind == ValueKind::none) continue;
    const LockFact* lock = v.kind == ValueKind::instance ? view.knowledge().lock(v.name) : nullptr;
    if (lock == nullptr || (found != nullptr && lock->task != found->task)) {
      definite = false;
      continue;
    }
    definite &= !v.probable;
    if (found == nullptr) found = lock;
  }
  return found;
}

std::string lock_key(const UnitView& view, NodeId expression) {
  std::string text(view.text(expression));
  const Unit& unit = view.unit();
  if (unit[expression].kind != Kind::attribute) return text;
  NodeId object = unit.child(expression, Field::object);
  std::uint32_t cls = view.linker().unit(view.at()).cls;
  if (object == kNoNode || cls == kNone || view.text(object) != "self") return text;
  return view.linker().index().tables->classes[cls].qualname + text.substr(text.find('.'));
}

namespace {

NodeId method_call(const UnitView& view, const Call& call, std::string_view name) {
  const Unit& unit = view.unit();
  if (call.callee == kNoNode || unit[call.callee].kind != Kind::attribute) return kNoNode;
  NodeId method = unit.child(call.callee, Field::attribute);
  if (method == kNoNode || unit.text_of(method) != name) return kNoNode;
  return unit.child(call.callee, Field::object);
}

// The end of what surely runs on after a statement: its function, or the innermost block around it that leaves it.
std::uint32_t runs_on_to(const Unit& unit, NodeId node) {
  for (NodeId n = unit[node].parent; n != kNoNode; n = unit[n].parent) {
    if (unit[n].kind != Kind::block && unit[n].kind != Kind::module) continue;
    NodeId last = kNoNode;
    for (NodeId statement : children(unit, n)) {
      if (unit[statement].kind != Kind::comment) last = statement;
    }
    Kind kind = last == kNoNode ? Kind::comment : unit[last].kind;
    bool leaves = kind == Kind::return_statement || kind == Kind::raise_statement;
    Kind around = unit[n].parent == kNoNode ? Kind::module : unit[unit[n].parent].kind;
    if (leaves || around == Kind::function_definition || around == Kind::module) return unit[n].end;
  }
  return unit[0].end;
}

// lock.acquire() as a statement, up to the release() of the same expression, or the end of the function.
void acquired(const UnitView& view, std::vector<LockScope>& out) {
  const Unit& unit = view.unit();
  const Facts& facts = view.facts();
  for (const Call& call : facts.calls) {
    NodeId object = method_call(view, call, "acquire");
    if (object == kNoNode || (!call.statement && !call.awaited)) continue;
    LockScope scope;
    scope.lock = lock_of(view, object, scope.definite);
    if (scope.lock == nullptr) continue;
    scope.expression = object;
    scope.function = call.function;
    scope.async = scope.lock->task;
    scope.from = unit[call.node].end;
    scope.to = runs_on_to(unit, call.node);
    for (const Call& other : facts.calls) {
      NodeId released = method_call(view, other, "release");
      if (released == kNoNode || other.function != call.function || unit[other.node].start < scope.from) continue;
      if (unit.text_of(released) != unit.text_of(object)) continue;
      scope.to = unit[other.node].start;
      break;
    }
    out.push_back(scope);
  }
}

}  // namespace

std::vector<LockScope> lock_scopes(const UnitView& view) {
  std::vector<LockScope> scopes;
  const Unit& unit = view.unit();
  for (const WithItem& item : view.facts().with_items) {
    if (item.value == kNoNode) continue;
    LockScope scope;
    scope.lock = lock_of(view, item.value, scope.definite);
    if (scope.lock == nullptr) continue;
    scope.expression = item.value;
    scope.body = unit.child(item.statement, Field::body);
    scope.function = item.function;
    scope.async = item.async;
    scope.from = unit[item.value].end;  // the items after it are entered under the lock
    scope.to = unit[item.statement].end;
    scopes.push_back(scope);
  }
  acquired(view, scopes);
  return scopes;
}

}  // namespace awaitd::analysis
