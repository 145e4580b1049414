#include "analysis/analysis_state.h"
#include "analysis/effects/circumstances.h"
#include "analysis/rules/rule.h"
#include "analysis/syntax/placeholders.h"

namespace awaitd::analysis {
namespace {

bool enabled(const Rule& rule, const Options& options) {
  if (options.disabled.count(rule.code) != 0) return false;
  return rule.enabled || options.enabled.count(rule.code) != 0;
}

bool overlaps(const Unit& unit, const Range& range) {
  // A finding inside a statement that does not parse is a guess.
  for (NodeId n = 0; n < unit.nodes.size(); ++n) {
    if ((unit[n].flags & (kError | kMissing)) != 0 && unit[n].start < range.end && unit[n].end > range.start) return true;
  }
  return false;
}

// What a .pyi file says of functions never runs; the module beside it does.
bool in_stub_file(const UnitView& view) { return view.linker().index().path.ends_with(".pyi"); }

// True for a function whose def is never run: under `if SYNC:`, where SYNC = False.
bool never_defined(const UnitView& view) {
  if (view.unit().skeleton) return false;
  const auto& units = view.linker().index().units;
  std::uint32_t home = view.at().unit;
  while (home > 0 && !units[home].data->unit->skeleton) --home;
  const UnitData& skeleton = *units[home].data;
  const NodeId place = placeholder_of(*skeleton.unit, view.at().unit - home - 1);
  if (place == kNoNode || !under_an_if(*skeleton.unit, place)) return false;
  view.look_at({0, home});
  Terms terms;
  TermBuilder builder(*skeleton.facts, terms);
  Circumstances circumstances(*skeleton.facts, builder, terms);
  Use use;
  circumstances.add(use, place);
  if (circumstances.dead() || use.condition == 0) return circumstances.dead();
  view.look_for(terms[use.condition].text);
  const std::optional<bool> known = view.linker().constant(terms, use.condition, {0, home});
  return known && *known != use.condition_holds;
}

// `@require_sync` of the project, which asks `lambda: IS_SYNC` for a constant that is false here.
bool asks_what_is_false(const UnitView& view, const Value& decorator) {
  const At at{decorator.module, decorator.unit};
  view.look_at(at);
  const Facts& facts = *view.linker().unit(at).data->facts;
  for (const Function& f : facts.functions) {
    const NodeId body = f.lambda ? facts.unit->child(f.node, Field::body) : kNoNode;
    if (body == kNoNode || (*facts.unit)[body].kind != Kind::identifier) continue;
    Terms terms;
    TermBuilder builder(facts, terms);
    const TermId asked = builder.expression(body);
    const std::optional<bool> known = view.linker().constant(terms, asked, at);
    view.linker().forget(terms);
    if (known && !*known) return true;
  }
  return false;
}

// True for a function that such a decorator leaves out.
bool left_out(const UnitView& view) {
  const Exports& exports = view.exports();
  if (view.unit().skeleton || exports.functions.size() < 2) return false;
  for (TermId decorator : exports.functions[1].decorators) {
    for (const Value& v : view.linker().values(exports.terms, decorator, view.at()).values) {
      if (v.kind == ValueKind::function && asks_what_is_false(view, v)) return true;
    }
  }
  return false;
}

}  // namespace

std::vector<Finding> check_unit(const UnitView& view, const Options& options) {
  std::vector<Finding> findings;
  if (view.unit().incomplete || in_stub_file(view) || never_defined(view) || left_out(view)) return findings;
  for (const Rule* rule : all_rules()) {
    if (rule->check == nullptr || !enabled(*rule, options)) continue;
    Report report(view, *rule, findings);
    rule->check(view, report);
  }
  if (view.unit().has_error) {
    std::erase_if(findings, [&](const Finding& f) { return overlaps(view.unit(), f.statement); });
  }
  return findings;
}

}  // namespace awaitd::analysis
