// AWD806: a coroutine returned where its result is meant: from an async def, whose caller's await gives a coroutine, or
// out of a try or with block of a plain function, which has ended when the coroutine runs.
#include <algorithm>

#include "analysis/rules/coroutine_advice.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

// `async def run(self) -> Any: return other.run()`: another name for the same thing, to be awaited like it.
bool forwards(const Signature& s, const CoroutineEvent& event) {
  return event.origin.substr(event.origin.rfind('.') + 1) == s.name;
}

// `-> Any` says no more than no annotation at all.
bool says_any(const UnitView& view, TermId annotated) {
  const Terms& terms = view.exports().terms;
  if (terms[annotated].kind != TermKind::instance) return false;
  const ValueSet type = view.linker().values(terms, terms[annotated].a, view.at());
  return type.values.size() == 1 && type.values.front().kind == ValueKind::external &&
         type.values.front().name == "typing.Any";
}

// An annotation that says that a coroutine is what comes out.
bool returns_awaitable(const UnitView& view, const CoroutineEvent& event) {
  const Signature& s = view.exports().functions[event.function];
  if (s.annotated == 0 || (says_any(view, s.annotated) && forwards(s, event))) return false;
  ValueSet values = view.linker().values(view.exports().terms, s.annotated, view.at());
  if (values.unknown) return true;
  for (const Value& v : values.values) {
    if (v.kind == ValueKind::coroutine) return true;
    // Any, a type variable, a protocol of typing: nothing that rules a coroutine out.
    if (v.kind == ValueKind::instance && !v.name.starts_with("builtins.")) return true;
    if (v.kind == ValueKind::instance && v.name == "builtins.object") return true;
  }
  return false;
}

struct Around {
  NodeId node = kNoNode;  // the try or with statement
  bool with = false;
};

// The innermost try body (with handlers or a finally) or with block of the same function around a node.
Around guarded_by(const Unit& unit, NodeId node) {
  NodeId child = node;
  for (NodeId n = unit[node].parent; n != kNoNode; child = n, n = unit[n].parent) {
    Kind kind = unit[n].kind;
    if (kind == Kind::function_definition || kind == Kind::lambda) break;
    if (unit[child].field != Field::body) continue;
    if (kind == Kind::with_statement) return {n, true};
    if (kind == Kind::try_statement) return {n, false};
  }
  return {};
}

void report_plain(const UnitView& view, Report& report, const CoroutineEvent& event) {
  Around around = guarded_by(view.unit(), event.node);
  if (around.node == kNoNode) return;
  std::string message = written_call(view, event.node) + " only makes a coroutine: when its code runs, ";
  message += around.with ? "the `with` block around this return has ended"
                         : "the `try` around this return has ended and handles nothing";
  message += "; make `" + view.function_name(event.function) + "` an `async def` and await it here.";
  Finding& finding = report.add(event.node, std::move(message));
  finding.origin = event.origin;
  finding.severity = Severity::warning;
}

// `x = f()` with nothing after it but `return x`.
bool only_returned(const UnitView& view, const CoroutineEvent& event) {
  if (event.use.use == ResultUse::returned) return true;
  if (event.use.use != ResultUse::named || !view.facts().functions[event.function].async) return false;
  NameUses uses = uses_of_binding(view.facts(), event.use.binding);
  return uses.all && !uses.nodes.empty() && std::all_of(uses.nodes.begin(), uses.nodes.end(), [&](NodeId node) {
           return use_of_result(view.facts(), node).use == ResultUse::returned;
         });
}

// `await (await f())`, `inner = await f()` and then `await inner`: what this awaited call gives is awaited as well.
bool awaits_result(const UnitView& view, const Call& call) {
  const NodeId wait = view.unit()[outside_parentheses(view.unit(), call.node)].parent;
  if (wait == kNoNode || view.unit()[wait].kind != Kind::await) return false;
  const UseOfResult use = use_of_result(view.facts(), wait);
  if (use.use == ResultUse::awaited) return true;
  if (use.use != ResultUse::named) return false;
  const NameUses uses = uses_of_binding(view.facts(), use.binding);
  return std::any_of(uses.nodes.begin(), uses.nodes.end(),
                     [&](NodeId node) { return use_of_result(view.facts(), node).use == ResultUse::awaited; });
}

// A caller in this module knows that a coroutine comes out, and awaits that, too.
bool is_awaited_twice(const UnitView& view, FunctionId function) {
  const NodeId name = view.facts().functions[function].name;
  if (name == kNoNode) return false;
  bool found = false;
  view.each_unit_that_mentions({view.text(name)}, [&](const UnitView& other) {
    for (const Call& call : other.facts().calls) {
      if (found || !call.awaited || call.callee == kNoNode || !awaits_result(other, call)) continue;
      const ValueSet callee = other.callee(call);
      for (const Value& v : callee.values) {
        found |= v.kind == ValueKind::function && v.module == 0 && v.unit == view.at().unit && v.id == function;
      }
    }
  });
  return found;
}

void check(const UnitView& view, Report& report) {
  for (const CoroutineEvent& event : view.coroutines()) {
    if (event.lazy_object || !only_returned(view, event)) continue;
    const Function& fn = view.facts().functions[event.function];
    if (!fn.async) {
      if (!fn.generator && !fn.lambda) report_plain(view, report, event);
      continue;
    }
    if (fn.generator || returns_awaitable(view, event) || is_awaited_twice(view, event.function)) continue;
    std::string message = "Awaiting `" + view.function_name(event.function) + "()` gives the coroutine of " +
                          written_call(view, event.node) + ", not its result; " + await_advice(view, event) + ".";
    Finding& finding = report.add(event.node, std::move(message));
    finding.origin = event.origin;
    finding.fixable = can_await(view, event.node);
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  const CoroutineEvent* event = coroutine_event_at(view, finding.range);
  if (event != nullptr) fix_by_await(view, *event, Safety::safe, fixes);
}

}  // namespace

extern constinit const Rule unawaited_return = {
    .code = "AWD806",
    .name = "unawaited-return",
    .summary = "A coroutine returned where its result is meant",
    .severity = Severity::error,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
