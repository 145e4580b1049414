// AWD705: a task for each element of something that may be of any length: sockets, memory and the other side give out.
#include <algorithm>

#include "analysis/fixes/limit.h"
#include "analysis/knowledge/words.h"
#include "analysis/rules/fixable.h"
#include "analysis/rules/loop_calls.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

bool starts_tasks(const LoopCall& call) { return spawn_of(call) != nullptr || call.as(LoopRole::gather) != nullptr; }

// A file or something like it: what is read from outside.
bool is_stream(const UnitView& view, NodeId node) {
  const ValueSet values = view.values(node);
  return std::any_of(values.values.begin(), values.values.end(), [&](const Value& v) {
    return v.kind == ValueKind::instance && view.knowledge().fact(v.name + ".__iter__") != nullptr;
  });
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
      if (binding.kind == BindingKind::with && is_stream(view, node)) return true;
    }
    return false;
  }
  return false;
}

// A lock or semaphore of tasks is held somewhere in the function.
bool takes_turns(const UnitView& view, FunctionId function) {
  for (const WithItem& item : view.facts().with_items) {
    if (!item.async || item.function != function) continue;
    for (const Value& v : view.values(item.value).values) {
      const LockFact* lock = v.kind == ValueKind::instance ? view.knowledge().lock(v.name) : nullptr;
      if (lock != nullptr && lock->task) return true;
    }
  }
  return false;
}

// Something in these nodes is called a limit; what comments say does not count.
bool names_limit(const Unit& unit, NodeId from, NodeId to) {
  for (NodeId n = from; n < to; ++n) {
    if (unit[n].kind == Kind::identifier && holds_word_for("limits", unit.text_of(n))) return true;
  }
  return false;
}

// The coroutine, or this function, waits for its turn: a semaphore, a limiter, a queue of fixed length.
bool is_limited(const UnitView& view, const LoopCall& call) {
  const FunctionId own = call.call->function;
  const NodeId function = view.facts().functions[own].node;
  if (names_limit(view.unit(), function, function + view.unit()[function].size) || takes_turns(view, own)) return true;
  for (const Argument& a : view.facts().arguments_of(*call.call)) {
    for (NodeId n = a.value; n < a.value + view.unit()[a.value].size; ++n) {
      const Call* inner = view.facts().call_at(n);
      if (inner == nullptr || inner->callee == kNoNode) continue;
      for (const Value& v : view.callee(*inner).values) {
        if (v.kind != ValueKind::function) continue;
        view.look_at({v.module, v.unit});
        const UnitData& data = *view.linker().unit({v.module, v.unit}).data;
        if (names_limit(*data.unit, 0, static_cast<NodeId>(data.unit->nodes.size()))) return true;
        if (v.module == 0 && takes_turns(UnitView(view, v.unit), v.id)) return true;
      }
    }
  }
  return false;
}

bool is_comprehension(Kind kind) {
  return kind == Kind::list_comprehension || kind == Kind::generator_expression || kind == Kind::set_comprehension;
}

// A for loop that starts a task in each round and goes on at once.
NodeId loop_of(const UnitView& view, const LoopCall& call) {
  const Unit& unit = view.unit();
  for (NodeId n = unit[call.call->node].parent; n != kNoNode; n = unit[n].parent) {
    const Kind kind = unit[n].kind;
    if (kind == Kind::function_definition || kind == Kind::lambda || kind == Kind::while_statement ||
        is_comprehension(kind))
      return kNoNode;
    if (kind != Kind::for_statement) continue;
    for (NodeId inside = n; inside < n + unit[n].size; ++inside) {
      const Kind what = unit[inside].kind;
      if (what == Kind::await || what == Kind::kw_async || what == Kind::break_statement ||
          what == Kind::return_statement)
        return kNoNode;
    }
    return n;
  }
  return kNoNode;
}

// What makes the awaitables: gather(*[f(x) for x in xs]), [create_task(f(x)) for x in xs], for x in xs: create_task().
NodeId maker_of(const UnitView& view, const LoopCall& call) {
  const Unit& unit = view.unit();
  for (const Argument& a : view.facts().arguments_of(*call.call)) {
    NodeId value = inside_parentheses(unit, a.value);
    if (a.stars == 1 && is_comprehension(unit[value].kind)) return value;
  }
  NodeId parent = unit[outside_parentheses(unit, call.call->node)].parent;
  if (parent != kNoNode && is_comprehension(unit[parent].kind) && unit[call.call->node].field == Field::body)
    return parent;
  return spawn_of(call) != nullptr ? loop_of(view, call) : kNoNode;
}

NodeId iterable_of(const Unit& unit, NodeId maker) {
  if (unit[maker].kind == Kind::for_statement) return unit.child(maker, Field::right);
  const NodeId clause = unit.child(maker, Kind::for_in_clause);
  return clause == kNoNode ? kNoNode : unit.child(clause, Field::right);
}

// The comprehension or loop whose elements become tasks without a limit; nothing if the call is fine.
NodeId fan_out(const UnitView& view, const LoopCall& call) {
  if (!starts_tasks(call) || !call.definite) return kNoNode;
  const NodeId maker = maker_of(view, call);
  const NodeId iterable = maker == kNoNode ? kNoNode : iterable_of(view.unit(), maker);
  const bool any = iterable != kNoNode && of_any_length(view, iterable) && !is_limited(view, call);
  return any ? maker : kNoNode;
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const LoopCall& call : view.loop_calls()) {
    if (call.call->callee == kNoNode || !(view.document_range(call.call->callee) == finding.range)) continue;
    const NodeId maker = fan_out(view, call);
    if (maker != kNoNode) return fixes.add(limit_fan_out(view, call, maker, fixes.probe()), true);
  }
}

void check(const UnitView& view, Report& report) {
  for (const LoopCall& call : view.loop_calls()) {
    const NodeId maker = fan_out(view, call);
    if (maker == kNoNode) continue;
    std::string_view text = view.text(iterable_of(view.unit(), maker));
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
