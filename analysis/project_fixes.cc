#include "analysis/project_fixes.h"

#include <algorithm>
#include <array>

#include "analysis/analysis_state.h"
#include "analysis/fixes/call_sites.h"
#include "analysis/fixes/make_async.h"
#include "analysis/rules/chains.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

// What a rule's finding is about, for those that have such a fix.
bool comes_through_helper(const Rule& rule, Effect effect) {
  if (effect == Effect::needs_no_loop) return rule.name == "run-in-running-loop-through-helper";
  return rule.name == "blocking-through-helper";
}
bool is_dropped_coroutine(const Rule& rule) { return rule.name == "coroutine-never-awaited"; }

Definition definition(const UnitView& view, const FunctionKey& key) {
  const ModuleIndex& index = view.linker().index(key.module);
  Definition out;
  out.file = SourceFile(index.module);
  out.file.path = index.path;
  out.file.package = index.package;
  out.unit = key.unit;
  out.function = key.function;
  return out;
}

std::vector<Definition> functions_of_chain(const UnitView& view, const FunctionKey& from, Effect effect,
                                           const Reach& first) {
  std::vector<Definition> functions;
  for (const ChainStep& step : view.effects().chain(from, effect, &first)) {
    functions.push_back(definition(view, step.function));
  }
  return functions;
}

// The functions between a finding's call and what it reaches, or the one around a coroutine that nobody awaits.
std::vector<Definition> to_turn(const UnitView& view, const Finding& finding) {
  if (is_dropped_coroutine(*finding.rule)) {
    for (const Call& call : view.facts().calls) {
      if (!(view.document_range(call.node) == finding.range) || !call.statement) continue;
      const auto site = call_site(view, call);
      if (site && !site->async) return {definition(view, {0, view.at().unit, site->caller.function})};
    }
    return {};
  }
  const auto& uses = view.uses().uses;
  for (std::uint32_t u = 0; u < uses.size(); ++u) {
    if (uses[u].kind != UseKind::call || !(view.document_range(uses[u].node) == finding.range)) continue;
    for (const Effect effect : {Effect::blocks, Effect::blocks_a_bit, Effect::needs_no_loop}) {
      if (!comes_through_helper(*finding.rule, effect)) continue;
      const ReachedBy by = nearest(view, u, effect);
      if (by.reach != nullptr) return functions_of_chain(view, by.function, effect, *by.reach);
    }
  }
  return {};
}

std::optional<MadeAsync> made_async(const Analysis& analysis, const Finding& finding) {
  if (finding.confidence != Confidence::definite) return std::nullopt;
  std::vector<Definition> functions;
  {
    const Analysis::Spot spot = analysis.spot(finding.range.start);
    const std::lock_guard lock(analysis.link->mutex);
    analysis.link->use(analysis.index);
    functions = to_turn(UnitView(analysis, spot.chunk, spot.unit, analysis.link->effects), finding);
  }
  if (functions.empty()) return std::nullopt;
  return make_async(analysis, finding, functions,
                    is_dropped_coroutine(*finding.rule) ? std::optional(finding.range) : std::nullopt);
}

}  // namespace

ProjectFixes project_fixes_for(const Analysis& analysis, const Finding& finding) {
  ProjectFixes out{fixes_for(analysis, finding), std::nullopt};
  auto made = made_async(analysis, finding);
  if (made && made->fix) {
    const bool silence = !out.fixes.empty() && out.fixes.back().title.starts_with("Silence");
    out.fixes.insert(silence ? out.fixes.end() - 1 : out.fixes.end(), std::move(*made->fix));
  } else if (made && !made->refusal.empty()) {
    out.refused = RefusedFix{std::move(made->title), std::move(made->refusal)};
  }
  return out;
}

}  // namespace awaitd::analysis
