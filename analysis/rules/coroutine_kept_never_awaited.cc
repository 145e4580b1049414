// AWD802: a coroutine that is given a name, and the name is never used.
#include <optional>

#include "analysis/rules/coroutine_advice.h"
#include "analysis/rules/needed_values.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

bool forgotten(const UnitView& view, const CoroutineEvent& event) {
  if (event.use.use != ResultUse::named || event.future) return false;
  NameUses uses = uses_of_binding(view.facts(), event.use.binding);
  return uses.all && uses.nodes.empty();
}

// True if code of this module awaits such an attribute or hands it on to somebody who may.
bool is_taken_up(const UnitView& view, std::string_view attribute) {
  bool found = false;
  view.each_unit_that_mentions({attribute}, [&](const UnitView& other) {
    const Unit& unit = other.unit();
    for (NodeId n = 0; n < unit.nodes.size() && !found; ++n) {
      if (unit[n].kind != Kind::attribute) continue;
      NodeId name = unit.child(n, Field::attribute);
      if (name == kNoNode || unit.text_of(name) != attribute) continue;
      ResultUse use = use_of_result(other.facts(), n).use;
      found = use == ResultUse::awaited || use == ResultUse::argument || use == ResultUse::element;
    }
  });
  return found;
}

// True if everything else that the attribute holds is plain, and something more than None.
bool is_plain_otherwise(const UnitView& view, NodeId target) {
  ValueSet rest;
  for (const Value& v : view.values(target).values) {
    if (v.kind != ValueKind::coroutine) rest.values.edit().push_back(v);
  }
  return is_plain_type(view, rest);
}

// `self._source = self._get_source()`, where `_source` is a string everywhere else.
void check_attributes(const UnitView& view, Report& report) {
  for (const AttributeStore& store : view.facts().attribute_stores) {
    if (store.how.value == kNoNode || store.how.index != -1 || store.how.kind != BindingKind::assign) continue;
    const Call* call = view.facts().call_at(inside_parentheses(view.unit(), store.how.value));
    if (call == nullptr || call->awaited || call->callee == kNoNode) continue;
    std::optional<Made> made = coroutine_made(view, *call);
    if (!made || made->lazy_object || !is_plain_otherwise(view, store.how.target) || is_taken_up(view, store.attribute))
      continue;
    Finding& finding = report.add(call->node, "`" + std::string(view.text(store.how.target)) + "` gets the coroutine of " +
                                                  written_call(view, call->node) +
                                                  " here and plain values elsewhere, and nobody awaits it: its code never "
                                                  "runs; await it before it is stored.");
    finding.origin = made->origin;
    finding.fixable = can_await(view, call->node);
  }
}

void check(const UnitView& view, Report& report) {
  check_attributes(view, report);
  for (const CoroutineEvent& event : view.coroutines()) {
    if (!forgotten(view, event)) continue;
    std::string name = "`" + std::string(view.facts().bindings[event.use.binding].name) + "`";
    std::string message = name + " holds the coroutine of " + written_call(view, event.node) +
                          ", and nobody awaits it: its code never runs; ";
    report_lost(view, report, event, message);
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const Call& call : view.facts().calls) {
    if (view.document_range(call.node) != finding.range || coroutine_event_at(view, finding.range) != nullptr) continue;
    if (!can_await(view, call.node)) return;
    EditBuilder edits(view, fixes.probe());
    edits.insert(view.unit()[call.node].start, "await ");
    return fixes.add(edits.finish("Await it", Safety::suggested), true);
  }
  fix_lost(view, finding, Safety::suggested, fixes);
}

}  // namespace

extern constinit const Rule coroutine_kept_never_awaited = {
    .code = "AWD802",
    .name = "coroutine-kept-never-awaited",
    .summary = "A coroutine given a name that is never used: it never runs",
    .severity = Severity::error,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
