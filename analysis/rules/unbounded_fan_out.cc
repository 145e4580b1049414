// AWD705: a task for each element of something that may be of any length: sockets, memory and the other side give out.
#include "analysis/fixes/limit.h"
#include "analysis/knowledge/words.h"
#include "analysis/rules/fixable.h"
#include "analysis/rules/loop_calls.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

bool starts_tasks(const LoopCall& call) {
  return call.as(LoopRole::spawn) != nullptr || call.as(LoopRole::gather) != nullptr;
}

// What the caller or the other side decides the length of: a parameter, what an await or a file gave. A literal, a
// range and a constant of the module are somebody's choice.
bool of_any_length(const UnitView& view, NodeId iterable) {
  const Unit& unit = view.unit();
  NodeId node = inside_parentheses(unit, iterable);
  if (unit[node].kind == Kind::await) return true;
  if (unit[node].kind == Kind::call) {  // enumerate(names), set(names), data.items()
    const Call* call = view.facts().call_at(node);
    if (call == nullptr) return false;
    const Argument* first = view.facts().positional(*call, 0);
    return first != nullptr && call->argument_count == 1 && of_any_length(view, first->value);
  }
  if (unit[node].kind != Kind::identifier) return false;
  const Facts& facts = view.facts();
  for (ScopeId s = facts.scope_of[node]; s != kNone; s = facts.scopes[s].parent) {
    if (facts.scopes[s].kind != ScopeKind::function) continue;
    for (std::uint32_t b : facts.bindings_in(s, unit.text_of(node))) {
      const Binding& binding = facts.bindings[b];
      if (binding.kind == BindingKind::parameter) return true;
      if (binding.kind == BindingKind::assign && binding.value != kNoNode && unit[binding.value].kind == Kind::await)
        return true;
    }
    return false;
  }
  return false;
}

// The coroutine, or this function, waits for its turn: a semaphore, a limiter, a queue of fixed length.
bool is_limited(const UnitView& view, const LoopCall& call) {
  if (holds_word_for("limits", view.text(view.facts().functions[call.call->function].node))) return true;
  for (const Argument& a : view.facts().arguments_of(*call.call)) {
    for (NodeId n = a.value; n < a.value + view.unit()[a.value].size; ++n) {
      const Call* inner = view.facts().call_at(n);
      if (inner == nullptr || inner->callee == kNoNode) continue;
      for (const Value& v : view.callee(*inner).values) {
        if (v.kind != ValueKind::function) continue;
        view.look_at({v.module, v.unit});
        const UnitData& data = *view.linker().unit({v.module, v.unit}).data;
        if (holds_word_for("limits", data.unit->text)) return true;
      }
    }
  }
  return false;
}

// The comprehension that makes the awaitables: gather(*[f(x) for x in xs]), [create_task(f(x)) for x in xs].
NodeId comprehension_of(const UnitView& view, const LoopCall& call) {
  const Unit& unit = view.unit();
  const auto is_comprehension = [&](NodeId n) {
    Kind kind = unit[n].kind;
    return kind == Kind::list_comprehension || kind == Kind::generator_expression || kind == Kind::set_comprehension;
  };
  for (const Argument& a : view.facts().arguments_of(*call.call)) {
    NodeId value = inside_parentheses(unit, a.value);
    if (a.stars == 1 && is_comprehension(value)) return value;
  }
  NodeId parent = unit[outside_parentheses(unit, call.call->node)].parent;
  if (parent != kNoNode && is_comprehension(parent) && unit[call.call->node].field == Field::body) return parent;
  return kNoNode;
}

// The comprehension whose elements become tasks without a limit; nothing if the call is fine.
NodeId fan_out(const UnitView& view, const LoopCall& call) {
  if (!starts_tasks(call) || !call.definite) return kNoNode;
  const NodeId comprehension = comprehension_of(view, call);
  if (comprehension == kNoNode) return kNoNode;
  const NodeId clause = view.unit().child(comprehension, Kind::for_in_clause);
  const NodeId iterable = clause == kNoNode ? kNoNode : view.unit().child(clause, Field::right);
  const bool any = iterable != kNoNode && of_any_length(view, iterable) && !is_limited(view, call);
  return any ? comprehension : kNoNode;
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const LoopCall& call : view.loop_calls()) {
    if (call.call->callee == kNoNode || !(view.document_range(call.call->callee) == finding.range)) continue;
    const NodeId comprehension = fan_out(view, call);
    if (comprehension != kNoNode) return fixes.add(limit_fan_out(view, call, comprehension, fixes.probe()), true);
  }
}

void check(const UnitView& view, Report& report) {
  for (const LoopCall& call : view.loop_calls()) {
    const NodeId comprehension = fan_out(view, call);
    if (comprehension == kNoNode) continue;
    std::string_view text =
        view.text(view.unit().child(view.unit().child(comprehension, Kind::for_in_clause), Field::right));
    std::string what = text.size() <= 40 ? "`" + std::string(text) + "`" : "it";
    Finding& finding =
        report.add(call.call->callee, "One task for each element of " + what +
                                          ", however many there are: connections, files and the other side "
                                          "may give out; limit them with `asyncio.Semaphore`.");
    finding.origin = call.origin;
    mark_fixable(view, finding, fix);
  }
}

}  // namespace

extern constinit const Rule unbounded_fan_out = {
    .code = "AWD705",
    .name = "unbounded-fan-out",
    .summary = "A task for each element of something of any length",
    .severity = Severity::hint,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
