// AWD804: `await` before something that cannot be awaited: a plain function's None, a list, a known sync method.
#include <algorithm>

#include "analysis/fixes/fix_list.h"
#include "analysis/flow/exceptions.h"
#include "analysis/knowledge/coroutines.h"
#include "analysis/rules/awaitables.h"
#include "analysis/rules/coroutine_values.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

// What blocks must not stand on the loop without its await either.
enum class Verdict : std::uint8_t { unsure, plain, blocking, sleeping };

// Whatever is declared: some return of the body gives one.
bool returns_coroutine(const UnitView& view, const Value& function) {
  const Signature& s = view.linker().signature(function);
  if (s.annotated == 0 || s.returned == 0) return false;
  const At at{function.module, function.unit};
  const ValueSet returned = view.linker().values(view.linker().unit(at).data->exports->terms, s.returned, at);
  return std::any_of(returned.values.begin(), returned.values.end(),
                     [](const Value& v) { return v.kind == ValueKind::coroutine; });
}

Verdict verdict_of(const UnitView& view, const Value& v) {
  if (v.probable) return Verdict::unsure;
  if (v.kind == ValueKind::external) {
    std::optional<CallFact> fact = call_fact(v.name);
    if (fact && fact->gives != Gives::plain) return Verdict::unsure;
    const BlockingFact* blocking = view.knowledge().blocking(v.name);
    const bool exact = blocking != nullptr && blocking->name == v.name;
    const bool stalls = exact && blocking->kind != BlockingKind::cpu;
    if (exact && blocking->kind == BlockingKind::sleep) return Verdict::sleeping;
    if (!fact) return Verdict::unsure;
    return stalls ? Verdict::blocking : Verdict::plain;
  }
  if (v.kind != ValueKind::function) return Verdict::unsure;
  CallGives made = gives(view, v);
  if ((made != CallGives::value && made != CallGives::generator) || is_stub(view, v)) return Verdict::unsure;
  if (returns_coroutine(view, v)) return Verdict::unsure;
  const bool method = v.inner != nullptr;
  return method && has_async_namesake(view, v) ? Verdict::unsure : Verdict::plain;
}

// Whether a call gives nothing that could be awaited, and how that is known.
Verdict verdict_of(const UnitView& view, const Call& call) {
  ValueSet callee = view.callee(call);
  if (callee.unknown || callee.values.empty()) return Verdict::unsure;
  Verdict all = Verdict::unsure;
  bool project = false;
  for (const Value& v : callee.values) {
    Verdict one = verdict_of(view, v);
    if (one == Verdict::unsure) return one;
    all = one;
    project |= v.kind == ValueKind::function;
  }
  if (project && !surely_not_awaitable(view, view.values(call.node))) return Verdict::unsure;
  return all;
}

bool is_display(Kind kind) {
  return kind == Kind::list || kind == Kind::tuple || kind == Kind::set || kind == Kind::dictionary ||
         kind == Kind::list_comprehension || kind == Kind::set_comprehension ||
         kind == Kind::dictionary_comprehension || kind == Kind::generator_expression;
}

std::string result_of(const UnitView& view, const Call& call) {
  ValueSet values = view.values(call.node);
  if (values.values.size() != 1 || values.unknown) return "";
  const Value& v = values.values.front();
  if (v.kind == ValueKind::none) return " and gives `None`";
  if (v.kind == ValueKind::generator) return " and gives a generator";
  std::size_t dot = v.name.rfind('.');
  const bool itself = std::string_view(v.name).substr(dot + 1) == view.text(call.callee);  // not a class
  return v.kind == ValueKind::instance && v.name.starts_with("builtins.") && !itself
             ? " and gives `" + v.name.substr(dot + 1) + "`"
             : "";
}

void check(const UnitView& view, Report& report) {
  const Facts& facts = view.facts();
  for (const Return& a : facts.awaits) {
    if (a.value == kNoNode) continue;
    NodeId value = inside_parentheses(view.unit(), a.value);
    if (is_display(view.unit()[value].kind)) {
      report.add(a.node,
                 "A " +
                     std::string(view.unit()[value].kind == Kind::generator_expression ? "generator" : "collection") +
                     " cannot be awaited; await its coroutines together with `asyncio.gather(*...)`.");
      continue;
    }
    const Call* call = facts.call_at(value);
    if (call == nullptr) continue;
    Verdict verdict = verdict_of(view, *call);
    if (verdict == Verdict::unsure || wanted(view, a.node, "builtins.TypeError")) continue;
    std::string message = "`" + std::string(view.text(call->callee)) + "()` is not async" + result_of(view, *call) +
                          ": awaiting that raises a `TypeError`; ";
    message += verdict == Verdict::sleeping   ? "use the event loop library's own."
               : verdict == Verdict::blocking ? "it blocks, so run it in a worker thread or use an async twin."
                                              : "call it without `await`.";
    Finding& finding = report.add(a.node, std::move(message));
    for (const Value& v : view.callee(*call).values) finding.origin = v.name;
    finding.fixable = verdict == Verdict::plain;
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const Return& a : view.facts().awaits) {
    if (a.value == kNoNode || !(view.document_range(a.node) == finding.range)) continue;
    const Call* call = view.facts().call_at(inside_parentheses(view.unit(), a.value));
    if (call == nullptr || verdict_of(view, *call) != Verdict::plain) return;
    EditBuilder edits(view, fixes.probe());
    edits.replace(a.node, std::string(view.text(a.value)));
    fixes.add(edits.finish("Remove the await", Safety::safe), true);
  }
}

}  // namespace

extern constinit const Rule await_of_non_awaitable = {
    .code = "AWD804",
    .name = "await-of-non-awaitable",
    .summary = "An await of something that cannot be awaited",
    .severity = Severity::error,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
