// The first step of analyse(): chunks by address, units by text.
#include <algorithm>

#include "analysis/steps.h"

namespace awaitd::analysis {
namespace {

// Trees are kept only where parsing afresh would be felt (28 bytes a source byte), and of what was edited last.
constexpr std::size_t kKeepTreeAbove = 3 * 1024;
constexpr std::size_t kWarmChunks = 8;

// Ordinary Python takes a callback for about 140 bytes; what needs three times as many is hostile.
constexpr std::uint32_t kBytesPerCallback = 40;

// The syntax of a chunk, with its tree if that is still there.
ChunkSyntaxPtr with_tree(const ChunkSyntaxPtr& syntax, const AnalysisPtr& previous) {
  for (const ChunkSyntaxPtr& warm : previous->warm) {
    if (warm->chunk == syntax->chunk) return warm;
  }
  return syntax;
}

std::shared_ptr<const ChunkState> chunk_state(const ChunkPtr& chunk, const std::shared_ptr<const ChunkState>& old,
                                              const AnalysisPtr& previous, Parser& parser, ParseBudget& budget,
                                              std::uint32_t asked, Analysis& next) {
  ChunkSyntaxPtr syntax = parser.parse(chunk, old ? with_tree(old->syntax, previous) : nullptr, budget);
  if (!syntax) return nullptr;
  // Left for the other chunks; never 0, which would mean no limit.
  if (budget.callbacks > 0) budget.callbacks -= std::min(budget.callbacks - 1, syntax->work.callbacks);
  ++next.work.chunks_parsed;
  auto state = std::make_shared<ChunkState>();
  auto place = [&](const PlacedUnit& placed) {
    UnitState unit;
    if (old) {
      for (const UnitState& before : old->units) {
        if (before.data->unit == placed.unit) unit = before;
      }
    }
    if (!unit.data) {
      unit.data = std::make_shared<const UnitData>(placed.unit);
      ++next.work.units_built;
    }
    state->has_error |= unit.data->unit->has_error;
    state->units.push_back(std::move(unit));
  };
  place(syntax->skeleton);
  for (const PlacedUnit& function : syntax->functions) place(function);
  state->tried_callbacks = asked;
  state->directives = file_directives(*chunk);
  if (old && next.warm.size() < kWarmChunks) next.warm.push_back(syntax);
  state->syntax = chunk->text.size() > kKeepTreeAbove ? std::move(syntax) : Parser::without_tree(syntax);
  return state;
}

}  // namespace

// Chunks that are the same object before and after keep their state.
bool build_chunks(Analysis& next, const AnalysisPtr& previous, Parser& parser, const ParseBudget& budget) {
  const auto& chunks = next.document.chunks();
  std::size_t front = 0, back = 0;
  std::size_t old_count = previous ? previous->chunks.size() : 0;
  auto old_chunk = [&](std::size_t i) { return previous->chunks[i]->syntax->chunk; };
  ParseBudget left = budget;
  // The same text, and either parsed to its end or not to be had with this budget either.
  auto stands = [&](std::size_t i, std::size_t old) {
    const ChunkState& state = *previous->chunks[old];
    bool tried = state.syntax->complete || (budget.callbacks > 0 && budget.callbacks <= state.tried_callbacks);
    return chunks[i] == old_chunk(old) && tried;
  };
  while (front < chunks.size() && front < old_count && stands(front, front)) ++front;
  while (back < chunks.size() - front && back < old_count - front &&
         stands(chunks.size() - 1 - back, old_count - 1 - back)) {
    ++back;
  }
  if (left.callbacks > 0) {
    std::uint32_t changed = next.document.chunk_start(chunks.size() - back) - next.document.chunk_start(front);
    left.callbacks += changed / kBytesPerCallback;
  }
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    if (i < front) {
      next.chunks.push_back(previous->chunks[i]);
    } else if (i >= chunks.size() - back) {
      next.chunks.push_back(previous->chunks[i + old_count - chunks.size()]);
    } else {
      // The i-th changed chunk most likely stands where the i-th changed one stood.
      std::shared_ptr<const ChunkState> old = i < old_count - back ? previous->chunks[i] : nullptr;
      auto state = chunk_state(chunks[i], old, previous, parser, left, budget.callbacks, next);
      if (!state) return false;
      next.chunks.push_back(std::move(state));
    }
    next.complete &= next.chunks.back()->syntax->complete;
  }
  for (std::size_t i = 0; previous && i < previous->warm.size() && next.warm.size() < kWarmChunks; ++i) {
    next.warm.push_back(previous->warm[i]);
  }
  return true;
}

}  // namespace awaitd::analysis
