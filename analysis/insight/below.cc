#include "analysis/insight/below.h"

#include "analysis/effects/names.h"

namespace awaitd::analysis {

namespace {

std::string chain_text(Effects& effects, const FunctionKey& from, Effect effect) {
  constexpr std::size_t kShown = 4;
  const std::vector<ChainStep> steps = effects.chain(from, effect);
  std::string text, origin;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    origin = effects.reach(steps[i].function, effect).origin;
    if (steps.size() > kShown && i == 2) text += " -> ...";
    if (steps.size() > kShown && i >= 2 && i + 1 < steps.size()) continue;
    text += (text.empty() ? "" : " -> ") + short_name(effects.linker(), steps[i].function);
  }
  return text + " -> `" + short_origin(effects.linker().knowledge(), origin) + "`";
}

}  // namespace

std::optional<Below> below(Effects& effects, const FunctionKey& function) {
  for (const Effect effect : {Effect::blocks, Effect::needs_no_loop, Effect::burns_cpu, Effect::blocks_a_bit}) {
    const Reach& reach = effects.reach(function, effect);
    if (reach.reached && reach.doubts <= kMaxDoubts)
      return Below{effect, reach.distance, chain_text(effects, function, effect)};
  }
  return std::nullopt;
}

std::string_view verb_of(Effect effect) {
  switch (effect) {
    case Effect::blocks:
      return "blocks";
    case Effect::blocks_a_bit:
      return "blocks for a moment";
    case Effect::burns_cpu:
      return "computes for long on";
    case Effect::burns_cpu_a_bit:
      return "computes for a moment on";
    case Effect::needs_no_loop:
      break;
  }
  return "starts another loop on";
}

}  // namespace awaitd::analysis
