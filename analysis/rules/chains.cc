#include "analysis/rules/chains.h"

#include "analysis/effects/names.h"

namespace awaitd::analysis {

namespace {

Range unit_range(const UnitData& data, NodeId node) { return {(*data.unit)[node].start, (*data.unit)[node].end}; }

}  // namespace

std::vector<Note> chain_notes(const UnitView& view, const FunctionKey& from, Effect effect, const Reach* first) {
  std::vector<Note> notes;
  Linker& linker = view.linker();
  for (const ChainStep& step : view.effects().chain(from, effect, first)) {
    const IndexedUnit& unit = linker.unit({step.function.module, step.function.unit});
    Range local = unit_range(*unit.data, unit.data->uses().uses[step.use].node);
    Note note;
    note.text = step.text;
    if (step.function.module == 0) {
      note.unit = static_cast<int>(step.function.unit);
      note.use = static_cast<int>(step.use);
      note.range = local;
    } else {
      note.file = linker.index(step.function.module).path;
      note.range = {unit.to_document(local.start), unit.to_document(local.end)};
    }
    notes.push_back(std::move(note));
  }
  return notes;
}

std::string chain_text(const UnitView& view, const FunctionKey& from, Effect effect, const Reach* first) {
  constexpr std::size_t kShown = 4;
  std::vector<std::string> names;
  std::string origin = (first != nullptr ? *first : view.effects().reach(from, effect)).origin;
  for (const ChainStep& step : view.effects().chain(from, effect, first)) {
    names.push_back(short_name(view.linker(), step.function));
  }
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names.size() > kShown && i == 2) text += " -> ...";
    if (names.size() > kShown && i >= 2 && i + 1 < names.size()) continue;
    text += (text.empty() ? "" : " -> ") + names[i];
  }
  return text + " -> `" + short_origin(view.knowledge(), origin) + "`";
}

ReachedBy nearest(const UnitView& view, std::uint32_t use, Effect effect) {
  ReachedBy best;
  for (const ResolvedUse::Target& target : view.effects().resolved(view.at(), use).targets) {
    view.effects().reach(target.function, effect);  // all of them, since what one is depends on the others
  }
  for (const ResolvedUse::Target& target : view.effects().resolved(view.at(), use).targets) {
    std::optional<Reach> reach = view.effects().through(view.at(), use, target, effect);
    if (!reach || (best.reach != nullptr && best.reach->distance <= reach->distance)) continue;
    int doubts = reach->doubts + view.effects().doubts(view.at(), use, target, effect);
    if (doubts > kMaxDoubts || !view.effects().holds(view.at(), use, target, effect)) continue;
    best = {target.function, std::make_shared<const Reach>(*reach), doubts > 0};
  }
  return best;
}

}  // namespace awaitd::analysis
