// The first step of analyse(): chunks by address, units by text.
#include <algorithm>

#include "analysis/steps.h"

namespace awaitd::analysis {
namespace {

constexpr std::size_t kLongPart = 4 * 1024;
constexpr std::size_t kRecent = 8;
constexpr std::size_t kLongText = 64 * 1024;  // of such a chunk only the newest version stays

// Ordinary Python takes a callback for about 140 bytes; what needs three times as many is hostile.
constexpr std::uint32_t kBytesPerCallback = 40;

// Trees are kept (28 bytes a source byte) only where parsing afresh would be felt, and of what was edited last. Most
// edits lie in a function, which is parsed alone if it is short.
bool keeps_tree(const ChunkSyntax& syntax) {
  auto is_long = [](const PlacedUnit& placed) { return placed.unit->text.size() > kLongPart; };
  return is_long(syntax.skeleton) || std::any_of(syntax.functions.begin(), syntax.functions.end(), is_long);
}

// The version of a text among the last ones: of an edit that is being undone, most of the time.
const Version* seen_before(const ChunkPtr& chunk, const AnalysisPtr& previous) {
  if (!previous) return nullptr;
  for (const auto& version : previous->recent) {
    const ChunkSyntax& syntax = *version->syntax;
    if (syntax.complete && !syntax.provisional && syntax.chunk->text == chunk->text) return version.get();
  }
  return nullptr;
}

const std::shared_ptr<const Version>* recent_version(const ChunkSyntaxPtr& syntax, const AnalysisPtr& previous) {
  for (const auto& version : previous->recent) {
    if (version->syntax->chunk == syntax->chunk) return &version;
  }
  return nullptr;
}

std::shared_ptr<const Version> version_of(ChunkSyntaxPtr syntax, const ChunkState& state) {
  auto version = std::make_shared<Version>();
  version->syntax = std::move(syntax);
  for (const UnitState& unit : state.units) version->units.push_back(unit.data);
  return version;
}

void remember(Analysis& next, std::shared_ptr<const Version> version) {
  const std::string& text = version->syntax->chunk->text;
  auto same = [&](const auto& other) { return other->syntax->chunk->text == text; };
  if (next.recent.size() >= kRecent || std::any_of(next.recent.begin(), next.recent.end(), same)) return;
  next.recent.push_back(std::move(version));
}

// The unit as it was, with its findings; or at least what is known of such a text; or nothing. `at` is its place in the
// chunk, most likely the same as before.
UnitState known_unit(const std::shared_ptr<const Unit>& unit, std::size_t at, const ChunkState* old,
                     const Version* seen) {
  if (old && at < old->units.size() && old->units[at].data->unit == unit) return old->units[at];
  if (old) {
    for (const UnitState& before : old->units) {
      if (before.data->unit == unit) return before;
    }
  }
  UnitState state;
  if (seen && seen->units[at]->unit == unit) state.data = seen->units[at];
  return state;
}

std::shared_ptr<const ChunkState> chunk_state(const ChunkPtr& chunk, const std::shared_ptr<const ChunkState>& old,
                                              const AnalysisPtr& previous, Parser& parser, ParseBudget& budget,
                                              std::uint32_t asked, Analysis& next) {
  const Version* seen = seen_before(chunk, previous);
  const std::shared_ptr<const Version>* warm = old ? recent_version(old->syntax, previous) : nullptr;
  const ChunkSyntaxPtr before = warm ? (*warm)->syntax : old ? old->syntax : nullptr;
  ChunkSyntaxPtr syntax = parser.parse(chunk, seen ? seen->syntax : before, budget);
  if (!syntax) return nullptr;
  // Left for the other chunks; never 0, which would mean no limit.
  if (budget.callbacks > 0) budget.callbacks -= std::min(budget.callbacks - 1, syntax->work.callbacks);
  ++next.work.chunks_parsed;
  auto state = std::make_shared<ChunkState>();
  auto place = [&](const PlacedUnit& placed) {
    UnitState unit = known_unit(placed.unit, state->units.size(), old.get(), seen);
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
  state->syntax = keeps_tree(*syntax) ? syntax : Parser::without_tree(syntax);
  if (old) {
    remember(next, version_of(std::move(syntax), *state));
    if (before->chunk->text.size() <= kLongText) remember(next, warm ? *warm : version_of(before, *old));
  }
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
  for (std::size_t i = 0; previous && i < previous->recent.size(); ++i) remember(next, previous->recent[i]);
  return true;
}

}  // namespace awaitd::analysis
