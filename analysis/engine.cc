// analyse(): from a document and the analysis before it to the next one. Work follows the edit: chunks by address,
// units by text, the module index by exports, findings by unit.
#include "analysis/engine.h"

#include <algorithm>

#include "analysis/analysis_state.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

// Trees are kept only where parsing afresh would be felt (28 bytes a source byte).
constexpr std::size_t kKeepTreeAbove = 3 * 1024;

std::shared_ptr<const ChunkState> chunk_state(const ChunkPtr& chunk, const std::shared_ptr<const ChunkState>& old,
                                              Parser& parser, const ParseBudget& budget, Work& work) {
  ChunkSyntaxPtr syntax = parser.parse(chunk, old ? old->syntax : nullptr, budget);
  if (!syntax) return nullptr;
  ++work.chunks_parsed;
  auto state = std::make_shared<ChunkState>();
  auto place = [&](const PlacedUnit& placed) {
    UnitState unit;
    if (old) {
      for (const UnitState& before : old->units) {
        if (before.data->unit == placed.unit) unit = before;
      }
    }
    if (!unit.data) {
      unit.data = make_unit_data(placed.unit);
      ++work.units_built;
    }
    state->units.push_back(std::move(unit));
  };
  place(syntax->skeleton);
  for (const PlacedUnit& function : syntax->functions) place(function);
  state->directives = file_directives(*chunk);
  state->syntax = chunk->text.size() > kKeepTreeAbove ? std::move(syntax) : Parser::without_tree(syntax);
  return state;
}

// Parses what changed: chunks that are the same object before and after keep their state.
bool build_chunks(Analysis& next, const AnalysisPtr& previous, Parser& parser, const ParseBudget& budget) {
  const auto& chunks = next.document.chunks();
  std::size_t front = 0, back = 0;
  std::size_t old_count = previous ? previous->chunks.size() : 0;
  auto old_chunk = [&](std::size_t i) { return previous->chunks[i]->syntax->chunk; };
  while (front < chunks.size() && front < old_count && chunks[front] == old_chunk(front)) ++front;
  while (back < chunks.size() - front && back < old_count - front &&
         chunks[chunks.size() - 1 - back] == old_chunk(old_count - 1 - back)) {
    ++back;
  }
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    if (i < front) {
      next.chunks.push_back(previous->chunks[i]);
    } else if (i >= chunks.size() - back) {
      next.chunks.push_back(previous->chunks[i + old_count - chunks.size()]);
    } else {
      // The i-th changed chunk most likely stands where the i-th changed one stood.
      std::shared_ptr<const ChunkState> old = i < old_count - back ? previous->chunks[i] : nullptr;
      auto state = chunk_state(chunks[i], old, parser, budget, next.work);
      if (!state) return false;
      next.chunks.push_back(std::move(state));
    }
    next.complete &= next.chunks.back()->syntax->complete;
  }
  return true;
}

std::vector<ClassPlace> class_places(const Analysis& analysis) {
  std::vector<ClassPlace> places;
  for (std::size_t c = 0; c < analysis.chunks.size(); ++c) {
    const ChunkState& chunk = *analysis.chunks[c];
    places.push_back({});
    const Facts& skeleton = *chunk.units[0].data->facts;
    for (const PlacedUnit& function : chunk.syntax->functions) {
      ClassPlace place;
      for (ClassId id = 0; !function.classes.empty() && id < skeleton.classes.size(); ++id) {
        if (skeleton.classes[id].node == function.classes.back()) place = {analysis.first_unit[c], id};
      }
      places.push_back(place);
    }
  }
  return places;
}

// True if nobody outside the changed units can tell the new module from the one `index` was built from.
bool same_exports(const Analysis& next, const Analysis& previous) {
  if (next.first_unit != previous.first_unit || next.module != previous.module) return false;
  for (std::size_t c = 0; c < next.chunks.size(); ++c) {
    if (next.chunks[c] == previous.chunks[c]) continue;
    const ChunkState& now = *next.chunks[c];
    if (now.units.size() != previous.chunks[c]->units.size()) return false;
    for (std::size_t u = 0; u < now.units.size(); ++u) {
      const UnitData& indexed = *next.index->units[next.first_unit[c] + u].data;
      if (now.units[u].data->exports != indexed.exports && !(*now.units[u].data->exports == *indexed.exports)) return false;
      if (u > 0 && now.syntax->functions[u - 1].classes != previous.chunks[c]->syntax->functions[u - 1].classes) return false;
    }
  }
  return true;
}

void link(Analysis& next, const AnalysisPtr& previous) {
  std::uint32_t count = 0;
  for (const auto& chunk : next.chunks) {
    next.first_unit.push_back(count);
    count += static_cast<std::uint32_t>(chunk->units.size());
  }
  if (previous) {
    next.index = previous->index;
    next.link = previous->link;
    if (previous->options == next.options && same_exports(next, *previous)) return;
  }
  std::vector<std::shared_ptr<const UnitData>> units;
  for (const auto& chunk : next.chunks) {
    for (const UnitState& unit : chunk->units) units.push_back(unit.data);
  }
  next.index = build_index(next.module, std::move(units), class_places(next));
  next.link = std::make_shared<LinkState>();
  next.link->linker = std::make_unique<Linker>(next.index, next.options->knowledge);
}

// Checks the units that have no findings yet, or all of them when what they can see has changed.
bool check(Analysis& next, bool relinked, const ParseBudget& budget) {
  std::lock_guard lock(next.link->mutex);
  for (std::size_t c = 0; c < next.chunks.size(); ++c) {
    const ChunkState& chunk = *next.chunks[c];
    bool stale = relinked || std::any_of(chunk.units.begin(), chunk.units.end(),
                                         [](const UnitState& unit) { return !unit.findings; });
    if (!stale) continue;
    auto fresh = std::make_shared<ChunkState>(chunk);
    for (std::size_t u = 0; u < fresh->units.size(); ++u) {
      if (fresh->units[u].findings && !relinked) continue;
      if (budget.cancelled != nullptr && budget.cancelled->load(std::memory_order_relaxed)) return false;
      UnitView view(next, c, u, *next.link->linker);
      fresh->units[u].findings = std::make_shared<const std::vector<Finding>>(check_unit(view, *next.options));
      ++next.work.units_checked;
    }
    next.chunks[c] = std::move(fresh);
  }
  return true;
}

void collect_broken(const Unit& unit, const UnitPlace& place, std::vector<Range>& out) {
  if (!unit.has_error) return;
  for (NodeId n = 0; n < unit.nodes.size(); ++n) {
    if ((unit[n].flags & (kError | kMissing)) == 0) continue;
    NodeId statement = n;  // the smallest statement around: what stands directly in a block or at the top
    while (unit[statement].parent != kNoNode && unit[unit[statement].parent].kind != Kind::block &&
           unit[unit[statement].parent].kind != Kind::module) {
      statement = unit[statement].parent;
    }
    Range range = place.to_document(Range{unit[statement].start, unit[statement].end});
    if (out.empty() || !(out.back() == range)) out.push_back(range);
  }
}

void collect(Analysis& next) {
  std::vector<Directive> directives;
  for (const auto& chunk : next.chunks) {
    directives.insert(directives.end(), chunk->directives.begin(), chunk->directives.end());
  }
  for (std::size_t c = 0; c < next.chunks.size(); ++c) {
    const ChunkState& chunk = *next.chunks[c];
    for (std::size_t u = 0; u < chunk.units.size(); ++u) {
      UnitPlace place = next.place(c, u);
      collect_broken(*chunk.units[u].data->unit, place, next.broken);
      for (const Finding& local : *chunk.units[u].findings) {
        Finding finding = local;
        finding.range = place.to_document(local.range);
        finding.statement = place.to_document(local.statement);
        for (Note& note : finding.notes) {
          if (note.file.empty()) note.range = place.to_document(note.range);
        }
        if (!suppressed(next, finding, directives)) next.findings.push_back(std::move(finding));
      }
    }
  }
  std::stable_sort(next.findings.begin(), next.findings.end(), [](const Finding& a, const Finding& b) {
    if (a.range.start != b.range.start) return a.range.start < b.range.start;
    if (a.range.end != b.range.end) return a.range.end < b.range.end;
    return a.rule->code < b.rule->code;
  });
}

}  // namespace

UnitPlace Analysis::place(std::size_t chunk, std::size_t unit) const {
  const ChunkSyntax& syntax = *chunks[chunk]->syntax;
  return {&syntax, document.chunk_start(chunk), unit == 0 ? &syntax.skeleton : &syntax.functions[unit - 1]};
}

Analysis::Spot Analysis::spot(std::uint32_t offset) const {
  Spot spot;
  spot.chunk = document.chunk_at(offset);
  std::uint32_t local = offset - document.chunk_start(spot.chunk);
  const ChunkSyntax& syntax = *chunks[spot.chunk]->syntax;
  for (std::size_t f = 0; f < syntax.functions.size(); ++f) {
    const PlacedUnit& placed = syntax.functions[f];
    if (placed.start <= local && local <= placed.start + placed.unit->text.size()) {
      spot.unit = f + 1;
      spot.offset = local - placed.start;
      return spot;
    }
  }
  std::uint32_t removed = 0;
  for (const Gap& gap : syntax.gaps) {
    if (gap.at + removed + gap.removed <= local) removed += gap.removed;
  }
  spot.offset = local - removed;
  return spot;
}

AnalysisPtr analyse(const Document& document, std::string_view module, const AnalysisPtr& previous,
                    const std::shared_ptr<const Options>& options, Parser& parser, const ParseBudget& budget) {
  auto next = std::make_shared<Analysis>();
  next->document = document;
  next->module = module;
  next->options = options;
  if (!build_chunks(*next, previous, parser, budget)) return nullptr;
  link(*next, previous);
  bool relinked = !previous || previous->link != next->link;
  if (!check(*next, relinked, budget)) return nullptr;
  collect(*next);
  return next;
}

std::span<const Finding> findings(const Analysis& analysis) { return analysis.findings; }
const Document& document(const Analysis& analysis) { return analysis.document; }
bool complete(const Analysis& analysis) { return analysis.complete; }
std::span<const Range> broken(const Analysis& analysis) { return analysis.broken; }
Work work(const Analysis& analysis) { return analysis.work; }

}  // namespace awaitd::analysis
