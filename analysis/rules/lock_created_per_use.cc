// AWD404: a lock that only one task can ever see keeps nobody out.
#include "analysis/rules/locks.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

const LockFact* made_lock(const UnitView& view, NodeId expression) {
  if (expression == kNoNode) return nullptr;
  const Call* call = view.facts().call_at(inside_parentheses(view.unit(), expression));
  if (call == nullptr) return nullptr;
  ValueSet callee = view.callee(*call);
  if (callee.values.size() != 1 || callee.unknown || callee.values[0].kind != ValueKind::external) return nullptr;
  return view.knowledge().lock(callee.values[0].name);
}

// The name is only ever entered, taken and given back, in this function alone.
bool stays(const UnitView& view, const Binding& b) {
  const Unit& unit = view.unit();
  const Facts& facts = view.facts();
  FunctionId function = facts.scopes[b.scope].function;
  for (NodeId n = 0; n < unit.nodes.size(); ++n) {
    if (unit[n].kind != Kind::identifier || n == b.target || unit.text_of(n) != b.name) continue;
    if (unit[n].field == Field::attribute || unit[n].field == Field::name) continue;
    if (facts.function_id_of(n) != function) return false;
    NodeId parent = unit[n].parent;
    if (unit[parent].kind == Kind::with_item || unit[parent].kind == Kind::as_pattern) continue;
    if (unit[parent].kind != Kind::attribute || unit[n].field != Field::object) return false;
    NodeId call = unit[parent].parent;
    if (unit[call].kind != Kind::call || unit[parent].field != Field::function) return false;
  }
  return true;
}

void check(const UnitView& view, Report& report) {
  const Facts& facts = view.facts();
  for (const WithItem& item : facts.with_items) {
    if (item.value == kNoNode || facts.functions[item.function].module || view.in_test(item.function)) continue;
    NodeId value = inside_parentheses(view.unit(), item.value);
    bool direct = view.unit()[value].kind == Kind::call;
    const LockFact* lock = nullptr;
    NodeId made = value;
    if (direct) {
      lock = made_lock(view, value);
    } else if (view.unit()[value].kind == Kind::identifier) {
      auto bound = facts.bindings_in(facts.functions[item.function].scope, view.text(value));
      if (bound.size() != 1) continue;
      const Binding& b = facts.bindings[bound[0]];
      if (b.kind != BindingKind::assign || b.index != -1 || !stays(view, b)) continue;
      made = b.value;
      lock = made_lock(view, made);
    }
    if (lock == nullptr || (lock->task && !item.async)) continue;
    std::string what = "`" + std::string(view.text(made)) + "`";
    std::string message = direct ? "Every run of `" + view.function_name(item.function) + "()` enters a new " + what +
                                       " that nobody else can hold, so it keeps nobody out"
                                 : "`" + std::string(view.text(value)) + "` is made anew in every run of `" +
                                       view.function_name(item.function) +
                                       "()` and nobody else sees it, so it keeps nobody out";
    Finding& finding = report.add(item.value, message + ". Make the lock once, beside what it guards.");
    finding.origin = lock->name;
    if (!direct) finding.notes.push_back({"", view.range(made), "a new lock for every run", -1});
  }
}

}  // namespace

extern constinit const Rule lock_created_per_use = {
    .code = "AWD404",
    .name = "lock-created-per-use",
    .summary = "A lock that nobody else can hold",
    .severity = Severity::error,
    .check = check,
};

}  // namespace awaitd::analysis
