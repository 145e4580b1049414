// AWD506: a coroutine function where somebody calls a plain function: the coroutine it returns is never awaited.
#include "analysis/effects/names.h"
#include "analysis/fixes/await_instead.h"
#include "analysis/fixes/callback_task.h"
#include "analysis/rules/handed.h"
#include "analysis/rules/loop_calls.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

// A coroutine function, or a lambda that returns a coroutine, and nothing else. Gives its name.
std::string coroutine_function(const UnitView& view, const ValueSet& values) {
  std::string name;
  if (values.unknown || values.values.empty()) return {};
  for (const Value& v : values.values) {
    if (v.kind != ValueKind::function || v.probable) return {};
    const Signature& s = view.linker().signature(v);
    if (s.generator) return {};
    if (!s.async) {
      if (!s.lambda) return {};
      const At at{v.module, v.unit};
      ValueSet returned = view.linker().values(view.linker().unit(at).data->exports->terms, s.returned, at);
      if (returned.unknown || returned.values.size() != 1 || returned.values[0].kind != ValueKind::coroutine) return {};
      name = "the lambda";
      continue;
    }
    name = short_name(view.linker(), {v.module, v.unit, v.id});
  }
  return name;
}

std::string consequence(const LoopFact& fact, std::string_view receiver, std::string_view name) {
  std::string by(receiver);
  std::string text =
      "`" + by + "` calls " + std::string(name) + " and gets a coroutine that nobody awaits, so its body never runs; ";
  if (fact.advice == "await") return text + "await it on the loop instead.";
  if (fact.advice == "task") return text + "pass a plain function that starts a task and keeps it.";
  if (fact.advice == "value")
    return "`" + by + "` takes the coroutine of " + std::string(name) +
           " for its result, which is neither true nor comparable in a meaningful way; await the values first.";
  return text + "pass a plain function, or run it with `asyncio.run()`.";
}

bool is_handed_at(const Handed& handed, const LoopFact& fact) {
  return handed.keyword.empty() ? handed.position == fact.position : handed.keyword == fact.keyword;
}

struct Misused {
  const LoopCall* call = nullptr;
  const Handed* handed = nullptr;
  const LoopFact* fact = nullptr;
  std::string name;
};

std::vector<Misused> misused(const UnitView& view) {
  std::vector<Misused> found;
  const Uses& uses = view.uses();
  for (const LoopCall& call : view.loop_calls()) {
    const LoopFact* fact = call.as(LoopRole::plain_callback);
    if (fact == nullptr) continue;
    const Use& use = uses.uses[call.use];
    for (std::uint32_t h = use.first_handed; h < use.first_handed + use.handed_count; ++h) {
      if (!is_handed_at(uses.handed[h], *fact)) continue;
      std::string name = coroutine_function(view, view.linker().values(uses.terms, uses.handed[h].value, view.at()));
      if (!name.empty()) found.push_back({&call, &uses.handed[h], fact, std::move(name)});
    }
  }
  return found;
}

void check(const UnitView& view, Report& report) {
  for (const Misused& m : misused(view)) {
    const Unit& unit = view.unit();
    NodeId attribute = unit.child(m.call->call->callee, Field::attribute);
    std::string receiver = std::string(view.text(attribute == kNoNode ? m.call->call->callee : attribute)) + "()";
    Finding& finding = report.add(m.handed->node, consequence(*m.fact, receiver, m.name));
    finding.origin = m.call->origin;
    finding.confidence = m.call->definite ? Confidence::definite : Confidence::probable;
    finding.fixable = m.fact->advice == "await"
                          ? can_call_instead(view, *m.call->call, m.handed->node)
                          : in_a_plain_function(view, *m.call, *m.fact, m.handed->node, true).has_value();
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const Misused& m : misused(view)) {
    if (!(view.document_range(m.handed->node) == finding.range)) continue;
    if (m.fact->advice == "await") return call_instead(view, *m.call->call, m.handed->node, fixes);
    return fixes.add(in_a_plain_function(view, *m.call, *m.fact, m.handed->node, fixes.probe()), true);
  }
}

}  // namespace

extern constinit const Rule coroutine_function_as_callback = {
    .code = "AWD506",
    .name = "coroutine-function-as-callback",
    .summary = "A coroutine function given to something that calls a plain function",
    .severity = Severity::error,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
