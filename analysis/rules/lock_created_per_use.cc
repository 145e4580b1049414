// AWD404: a lock that only one task can ever see keeps nobody out.
#include "analysis/fixes/extract.h"
#include "analysis/fixes/lock_home.h"
#include "analysis/rules/fixable.h"
#include "analysis/rules/locks.h"
#include "analysis/rules/rule.h"
#include "analysis/rules/shared_state.h"

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

struct MadeHere {
  const WithItem* item = nullptr;
  const LockFact* lock = nullptr;
  NodeId made = kNoNode;  // the call
  bool direct = false;    // it stands in the with statement itself
};

std::vector<MadeHere> made_per_use(const UnitView& view) {
  std::vector<MadeHere> found;
  const Facts& facts = view.facts();
  for (const WithItem& item : facts.with_items) {
    if (item.value == kNoNode || facts.functions[item.function].module || view.in_test(item.function)) continue;
    NodeId value = inside_parentheses(view.unit(), item.value);
    MadeHere here{&item, nullptr, value, view.unit()[value].kind == Kind::call};
    if (!here.direct) {
      if (view.unit()[value].kind != Kind::identifier) continue;
      auto bound = facts.bindings_in(facts.functions[item.function].scope, view.text(value));
      if (bound.size() != 1) continue;
      const Binding& b = facts.bindings[bound[0]];
      if (b.kind != BindingKind::assign || b.index != -1 || !stays(view, b)) continue;
      here.made = b.value;
    }
    here.lock = made_lock(view, here.made);
    if (here.lock != nullptr && (!here.lock->task || item.async)) found.push_back(here);
  }
  return found;
}

// What is handed to the lock when it is made ("5"), if it does not depend on the call of the function.
std::optional<std::string_view> constant_arguments(const UnitView& view, NodeId made) {
  const Call* call = view.facts().call_at(inside_parentheses(view.unit(), made));
  if (call == nullptr) return std::nullopt;
  for (const Argument& a : view.facts().arguments_of(*call)) {
    if (a.stars != 0 || !is_constant(view.unit(), a.value)) return std::nullopt;
  }
  std::string_view text = view.text(call->arguments);
  return text.size() < 2 ? std::nullopt : std::optional(text.substr(1, text.size() - 2));
}

bool has_object(const UnitView& view) {
  if (view.linker().unit(view.at()).cls == kNone) return false;
  for (const Decorator& d : view.facts().decorators) {
    std::string_view text = d.function == 1 ? view.text(d.expression) : std::string_view();
    if (text == "staticmethod" || text == "classmethod") return false;
  }
  return true;
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const MadeHere& here : made_per_use(view)) {
    if (view.document_range(here.item->value) != finding.range) continue;
    if (here.item->function != 1) return;
    const bool early = here.lock->task && view.library().offload_since > 0;
    if (early && view.options().target < PythonVersion{3, 10}) return;  // it would take the loop of the moment
    auto arguments = constant_arguments(view, here.made);
    if (!arguments) return;
    const std::string own = "_" + view.function_name(1) + "_lock";
    EditBuilder edits(view, fixes.probe());
    for (const std::string& name : {std::string("_lock"), own}) {
      auto home = has_object(view) ? lock_in_init(view, name) : std::nullopt;
      if (!home || home->unit == view.at().unit) continue;
      edits.replace(here.direct ? here.item->value : here.made, home->target);
      auto made = make_lock(view, *home, here.lock->name, *arguments, fixes.probe());
      return fixes.add(both(edits.finish("Make the lock once, in __init__", Safety::suggested), std::move(made)), true);
    }
    auto name = free_name(view, own);
    auto lock = edits.name_for(here.lock->name, here.made);
    if (!name || !lock) return;
    edits.replace(here.direct ? here.item->value : here.made, *name);
    edits.define(*name + " = " + *lock + "(" + std::string(*arguments) + ")");
    return fixes.add(edits.finish("Make the lock once, at module level", Safety::suggested), true);
  }
}

void check(const UnitView& view, Report& report) {
  for (const MadeHere& here : made_per_use(view)) {
    const std::string what = "`" + std::string(view.text(here.made)) + "`";
    const std::string function = "`" + view.function_name(here.item->function) + "()`";
    std::string message = here.direct
                              ? "Every run of " + function + " enters a new " + what +
                                    " that nobody else can hold, so it keeps nobody out"
                              : "`" + std::string(view.text(here.item->value)) + "` is made anew in every run of " +
                                    function + " and nobody else sees it, so it keeps nobody out";
    Finding& finding = report.add(here.item->value, message + ". Make the lock once, beside what it guards.");
    finding.origin = here.lock->name;
    finding.notes.push_back(
        {"", view.range(here.made),
         "each run of " + function + " makes its own lock here: two of them hold two, and both go on", -1});
    mark_fixable(view, finding, fix);
  }
}

}  // namespace

extern constinit const Rule lock_created_per_use = {
    .code = "AWD404",
    .name = "lock-created-per-use",
    .summary = "A lock that nobody else can hold",
    .severity = Severity::error,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
