// AWD602: a timeout that is there by default and switched off, or a scope without a number.
#include "analysis/fixes/timeout_fixes.h"
#include "analysis/rules/timeouts.h"

namespace awaitd::analysis {
namespace {

// The argument as it is written, with its keyword.
NodeId written_argument(const UnitView& view, const WaitPlace& place) {
  const Argument* given = timeout_argument(view.facts(), view.facts().calls[place.call], *place.fact);
  if (given == nullptr) return kNoNode;
  NodeId parent = view.unit()[given->value].parent;
  return parent != kNoNode && view.unit()[parent].kind == Kind::keyword_argument ? parent : given->value;
}

// A stream lasts as long as it lasts: its client may well have no timeout.
bool serves_streams(const UnitView& view, const WaitPlace& place) {
  const TimeoutFact& fact = *place.fact;
  if (fact.kind == WaitKind::stream || fact.kind == WaitKind::receive || fact.kind == WaitKind::reply) return true;
  if (fact.kind == WaitKind::value || fact.kind == WaitKind::request) {
    // Read piece by piece.
    for (const Loop& loop : view.facts().loops) {
      if (loop.async && loop.function == place.function) return true;
    }
  }
  if (fact.kind != WaitKind::client && fact.kind != WaitKind::carrier) return false;
  view.look_around();
  for (std::uint32_t u = 0; u < view.linker().index().units.size(); ++u) {
    for (const WaitPlace& other : view.effects().waits().unit({0, u}).places) {
      bool made_here = other.maker == view.at() && other.maker_call == place.call;
      if (made_here && (other.fact->kind == WaitKind::stream || other.given == Given::number)) return true;
    }
  }
  return false;
}

// `asyncio.timeout(None) as t` is set later.
bool set_later(const UnitView& view, const WaitPlace& place) {
  const Unit& unit = view.unit();
  NodeId call = view.facts().calls[place.call].node;
  for (const WithItem& item : view.facts().with_items) {
    if (item.value == call) return item.target != kNoNode;
  }
  NodeId parent = unit[outside_parentheses(unit, call)].parent;
  return parent != kNoNode && unit[parent].kind != Kind::await;
}

bool counts(const UnitView& view, const WaitPlace& place) {
  const TimeoutFact& fact = *place.fact;
  if (place.given != Given::off || fact.bound == Bound::unbounded || place.scoped) return false;
  if (fact.kind == WaitKind::wrapper) {
    const ScopeFact* scope = view.knowledge().timeout_scope(place.origin);
    bool manager = scope != nullptr && scope->form == ScopeFact::Form::with;
    return !(manager && set_later(view, place));
  }
  return !serves_streams(view, place);
}

// `wait_for(task, None)`: what is awaited is the program's own, as far as one can see.
bool bounds_own_work(const UnitView& view, const WaitPlace& place) {
  if (place.fact->kind != WaitKind::wrapper) return false;
  const Unit& unit = view.unit();
  NodeId call = view.facts().calls[place.call].node;
  NodeId with = unit.ancestor(call, Kind::with_statement);
  NodeId around = with != kNoNode && unit.ancestor(call, Kind::with_clause) != kNoNode ? with : call;
  for (const WaitPlace& other : view.effects().waits().unit(view.at()).places) {
    bool inside = around < other.node && other.node < around + unit[around].size;
    if (inside && other.fact->strength != '-') return false;
  }
  return true;
}

std::string message(const UnitView& view, const WaitPlace& place, NodeId argument) {
  std::string text(view.text(argument)), name = call_name(view, place);
  const TimeoutFact& fact = *place.fact;
  if (fact.kind == WaitKind::wrapper) {
    return name + " with `" + text +
           "` bounds nothing: the wait lasts as long as it lasts; give a number of seconds, or leave it out.";
  }
  std::string start = "`" + text + "` in " + name + " switches the timeout off";
  if (!fact.usual.empty() && fact.kind != WaitKind::value) start += " (by default " + std::string(fact.usual) + ")";
  return start + ": a server that accepts and then stays silent is waited for until the program ends; give a number.";
}

void check(const UnitView& view, Report& report) {
  view.look(view.effects().waits().unit(view.at()).looked);
  for (const WaitPlace& place : view.effects().waits().unit(view.at()).places) {
    if (!counts(view, place)) continue;
    NodeId argument = written_argument(view, place);
    if (argument == kNoNode) continue;
    Finding& finding = report.add(argument, message(view, place, argument));
    finding.origin = place.origin;
    if (place.probable) finding.confidence = Confidence::probable;
    bool soft = place.fact->kind == WaitKind::value || view.in_test(place.function) || place.probable ||
                bounds_own_work(view, place);
    if (soft) finding.severity = Severity::info;
    finding.fixable = !place.fact->value.empty();
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const WaitPlace& place : view.effects().waits().unit(view.at()).places) {
    if (!counts(view, place)) continue;
    NodeId argument = written_argument(view, place);
    if (argument == kNoNode || !(view.document_range(argument) == finding.range) || place.fact->value.empty()) continue;
    const Argument* given = timeout_argument(view.facts(), view.facts().calls[place.call], *place.fact);
    std::string_view value = place.fact->value.substr(0, place.fact->value.find(' '));
    EditBuilder edits(view, fixes.probe());
    edits.replace(given->value, with_tab_stop(value));
    return fixes.add(edits.finish("Wait at most " + std::string(value), Safety::suggested), true);
  }
}

}  // namespace

extern constinit const Rule timeout_disabled = {
    .code = "AWD602",
    .name = "timeout-disabled",
    .summary = "A timeout that is switched off, or a scope without a number",
    .severity = Severity::warning,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
