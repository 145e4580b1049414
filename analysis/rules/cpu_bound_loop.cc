// AWD202: a loop in code on the event loop that runs long without a suspension point. What decides is an estimate: how
// deep it is nested, over how many elements, and what one round does. Where no size is known there is nothing to say.
#include <algorithm>
#include <map>

#include "analysis/effects/names.h"
#include "analysis/fixes/loop_fixes.h"
#include "analysis/fixes/pool.h"
#include "analysis/rules/cpu.h"
#include "analysis/rules/handed_sizes.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

std::string capital(std::string text) { return "This " + text; }

// called: "as `main()` calls it", where that decides.
std::string message(const UnitView& view, const LoopCost& loop, const Estimate& estimate, const std::string& called) {
  std::string way = pool_way(view);
  if (way.empty())
    way = "let other tasks run in between with `await " + std::string(view.library().sleep) + "(0)`";
  else
    way = "move it into a function and " + way;
  return capital(loop_name(view.unit(), loop)) + " keeps every other task on the event loop waiting for about " +
         about(estimate.milliseconds) + " (" + with_commas(estimate.rounds) + " rounds" + called + "); " + way + ".";
}

// What a loop runs over, without what only changes how: `enumerate(xs)`, `range(len(xs))`, `xs[1:]`.
std::string_view subject(const UnitView& view, NodeId iterable) {
  const Unit& unit = view.unit();
  for (int limit = 0; limit < 8 && iterable != kNoNode; ++limit) {
    iterable = inside_parentheses(unit, iterable);
    Kind kind = unit[iterable].kind;
    if (kind == Kind::subscript) {
      NodeId index = unit.child(iterable, Field::subscript);
      if (index == kNoNode || unit[index].kind != Kind::slice) return {};
      iterable = unit.child(iterable, Field::value);
    } else if (kind == Kind::call) {
      const Call* call = view.facts().call_at(iterable);
      if (call == nullptr || call->callee == kNoNode || unit[call->callee].kind != Kind::identifier) return {};
      ValueSet callee = view.callee(*call);
      bool builtin = callee.values.size() == 1 && callee.values[0].name.starts_with("builtins.");
      const Argument* last = call->argument_count == 0 ? nullptr : &view.facts().arguments_of(*call).back();
      if (!builtin || last == nullptr || last->stars != 0) return {};
      iterable = view.facts().positional(*call, 0)->value;
      std::string_view name = unit.text_of(call->callee);
      if (name == "range")
        iterable = last->value;
      else if (name != "enumerate" && name != "len" && name != "list" && name != "sorted" && name != "reversed")
        return {};
    } else {
      return kind == Kind::identifier || kind == Kind::attribute ? unit.text_of(iterable) : std::string_view();
    }
  }
  return {};
}

// A name of the module for a tuple, list or dict that is written out there: as long as somebody typed.
bool is_written_out(const UnitView& view, std::string_view name, NodeId at) {
  if (name.find('.') != std::string_view::npos || !view.is_global_at(name, at)) return false;
  const auto* members = view.linker().index().tables->globals.find(name);
  if (members == nullptr || members->size() != 1) return false;
  view.look_at({0, members->front().unit});
  const Facts& facts = *view.linker().unit({0, members->front().unit}).data->facts;
  const Unit& unit = *facts.unit;
  for (const Binding& b : facts.bindings) {
    if (b.name != name || facts.scopes[b.scope].kind != ScopeKind::module || b.value == kNoNode) continue;
    const NodeId value = inside_parentheses(unit, b.value);
    const Kind kind = unit[value].kind;
    const bool display = kind == Kind::tuple || kind == Kind::list || kind == Kind::set || kind == Kind::dictionary ||
                         kind == Kind::expression_list;
    return display && b.index == -1 && unit[value].size > 1;
  }
  return false;
}

// The loop around this one that runs over the same things, if nothing ends either of them early.
const LoopCost* over_the_same(const UnitView& view, const LoopCost& loop) {
  const Costs& costs = view.uses().costs;
  if (loop.iterable == kNoNode || view.effects().estimates().size(view.at(), loop.function, loop.size, {}) >= 0)
    return nullptr;
  std::string_view own = subject(view, loop.iterable);
  if (is_written_out(view, own, loop.iterable)) return nullptr;
  for (int l = loop.outer; l >= 0 && !own.empty(); l = costs.loops[static_cast<std::size_t>(l)].outer) {
    const LoopCost& outer = costs.loops[static_cast<std::size_t>(l)];
    if (outer.iterable == kNoNode || outer.suspends || outer.ends_early) return nullptr;
    if (subject(view, outer.iterable) == own) return &outer;
  }
  return nullptr;
}

void report_endless(const UnitView& view, Report& report, const LoopCost& loop) {
  Finding& finding =
      report.add(place_of(view.unit(), loop),
                 "This loop never ends and never awaits: no other task on the event loop runs again; await "
                 "something in it, or run it in a thread of its own.");
  finding.severity = view.in_test(loop.function) ? Severity::info : Severity::warning;
}

bool can_fix(const UnitView& view, const LoopCost& loop) {
  FixList probe(true);
  fix_loop(view, loop, probe);
  return !probe.fixes.empty();
}

void report_quadratic(const UnitView& view, Report& report, const LoopCost& outer, const LoopCost& inner) {
  std::string what = std::string(subject(view, inner.iterable));
  Finding& finding =
      report.add(place_of(view.unit(), outer),
                 "These nested loops both run over `" + what +
                     "` without letting another task run: with a thousand elements that is a million rounds; "
                     "compare by a dict or set, or move it into a process pool.");
  finding.severity = Severity::info;
  finding.fixable = can_fix(view, outer);
  finding.notes.push_back({"", view.range(inner.iterable), "the inner loop", -1});
}

bool covered(const Costs& costs, int loop, const std::vector<std::uint32_t>& reported) {
  for (; loop >= 0; loop = costs.loops[static_cast<std::size_t>(loop)].outer) {
    if (std::find(reported.begin(), reported.end(), static_cast<std::uint32_t>(loop)) != reported.end()) return true;
  }
  return false;
}

// An async function's loops run as long as its callers want.
class ByCallers {
 public:
  explicit ByCallers(const UnitView& view) : view_(view) {}

  // The hand-over that makes the loop run longest, if that is worth a word; null otherwise.
  const HandedSizes* longest(std::uint32_t id, Estimate& estimate) {
    const Costs& costs = view_.uses().costs;
    const FunctionId function = costs.loops[id].function;
    bool hangs = false;
    for (int l = static_cast<int>(id); l >= 0; l = costs.loops[static_cast<std::size_t>(l)].outer)
      hangs |= hangs_on_parameter(costs, costs.loops[static_cast<std::size_t>(l)].size);
    if (!hangs || !view_.facts().functions[function].async) return nullptr;
    const auto [it, fresh] = callers_.try_emplace(function);
    if (fresh) it->second = sizes_from_callers(view_, function);
    const HandedSizes* found = nullptr;
    for (const HandedSizes& one : it->second) {
      Estimate now = view_.effects().estimates().loop(view_.at(), id, one.sizes);
      if (now.milliseconds < kFeltMilliseconds || now.milliseconds <= estimate.milliseconds) continue;
      estimate = std::move(now);
      found = &one;
    }
    return found;
  }

 private:
  const UnitView& view_;
  std::map<FunctionId, std::vector<HandedSizes>> callers_;
};

void report_long(const UnitView& view, Report& report, const LoopCost& loop, const Estimate& estimate,
                 const HandedSizes* handed) {
  const std::string called =
      handed == nullptr ? std::string() : ", as " + short_name(view.linker(), handed->caller) + " calls it";
  Finding& finding = report.add(place_of(view.unit(), loop), message(view, loop, estimate, called));
  finding.severity = view.in_test(loop.function) || loop.ends_early ? Severity::info : Severity::warning;
  finding.confidence = estimate.probable ? Confidence::probable : Confidence::definite;
  finding.fixable = can_fix(view, loop);
  if (estimate.path.size() > 1) finding.notes = estimate_notes(view, estimate);
  if (handed != nullptr) finding.notes.push_back(handed->note);
}

void check(const UnitView& view, Report& report) {
  if (!view.any_on_loop()) return;
  if (view.facts().loops.empty() && view.unit().text.find("while") == std::string::npos) return;
  const Costs& costs = view.uses().costs;
  std::vector<std::uint32_t> reported;
  ByCallers by_callers(view);
  for (std::uint32_t l = 0; l < costs.loops.size(); ++l) {
    const LoopCost& loop = costs.loops[l];
    if (loop.suspends || loop.lazy || !view.on_loop(loop.function) || covered(costs, loop.outer, reported)) continue;
    if (loop.form == LoopCost::Form::endless) {
      if (loop.ends_early || !view.facts().functions[loop.function].async) continue;
      report_endless(view, report, loop);
      reported.push_back(l);
      continue;
    }
    Estimate estimate = view.effects().estimates().loop(view.at(), l, {});
    const HandedSizes* handed =
        estimate.milliseconds >= kFeltMilliseconds ? nullptr : by_callers.longest(l, estimate);
    if (estimate.milliseconds >= kFeltMilliseconds) {
      report_long(view, report, loop, estimate, handed);
      reported.push_back(l);
      continue;
    }
    const LoopCost* outer = loop.ends_early ? nullptr : over_the_same(view, loop);
    if (outer != nullptr) report_quadratic(view, report, *outer, loop);
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const LoopCost& loop : view.uses().costs.loops) {
    if (loop.suspends || loop.lazy || loop.form == LoopCost::Form::endless) continue;
    if (view.document_range(place_of(view.unit(), loop)) == finding.range) return fix_loop(view, loop, fixes);
  }
}

}  // namespace

extern constinit const Rule cpu_bound_loop = {
    .code = "AWD202",
    .name = "cpu-bound-loop",
    .summary = "A long loop without a suspension point, in code that runs on the event loop",
    .severity = Severity::warning,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
