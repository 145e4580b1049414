// analyse(): from a document and the analysis before it to the next one. Work follows the edit: chunks by address,
// units by text, the module index by exports, findings by unit.
#include "analysis/engine.h"

#include <algorithm>

#include "analysis/analysis_state.h"
#include "analysis/link/affected.h"
#include "analysis/link/value_sets.h"
#include "analysis/rules/rule.h"
#include "analysis/steps.h"
#include "analysis/text/chunker.h"

namespace awaitd::analysis {
namespace {

// What an edit means for units that it did not change.
enum class Impact : std::uint8_t { none, names, elsewhere, everything };

// What an edit means for the findings there are.
struct Stale {
  Affected affected;
  UnitShift shift;
  Touched touched;
};

// Units whose findings speak of places in these files.
void add_speaking_of(const Analysis& analysis, const std::vector<OtherVersion>& versions, std::vector<bool>& units) {
  auto is_there = [&](const Note& note) {
    return !note.file.empty() && std::any_of(versions.begin(), versions.end(),
                                             [&](const OtherVersion& v) { return v.now->path == note.file; });
  };
  auto speaks = [&](const Finding& f) { return std::any_of(f.notes.begin(), f.notes.end(), is_there); };
  for (std::size_t c = 0; c < analysis.chunks.size(); ++c) {
    const std::vector<UnitState>& here = analysis.chunks[c]->units;
    for (std::size_t u = 0; u < here.size(); ++u) {
      const bool found = here[u].findings && std::any_of(here[u].findings->begin(), here[u].findings->end(), speaks);
      if (found) units[analysis.first_unit[c] + u] = true;
    }
  }
}

// The same text, but other modules have new versions. False if that may concern all of it.
bool link_elsewhere(Analysis& next, const Analysis& previous, Stale& stale) {
  std::lock_guard lock(previous.link->mutex);
  const Linker& linker = previous.link->linker;
  const auto versions = linker.other_versions();
  if (!versions) return false;
  auto found = affected_from_elsewhere(
      linker.modules(), *versions, [&](std::string_view base) { return linker.knowledge().is_injected_word(base); });
  if (!found) return false;
  add_speaking_of(next, *versions, found->units);
  next.link = std::make_shared<LinkState>(*previous.link, *versions);
  stale.affected.units = found->units;
  stale.touched = Touched(std::move(*found));
  return true;
}

// Gives next its index and link state.
Impact link(Analysis& next, const AnalysisPtr& previous, Stale& stale) {
  std::uint32_t count = 0;
  for (const auto& chunk : next.chunks) {
    next.first_unit.push_back(count);
    count += static_cast<std::uint32_t>(chunk->units.size());
  }
  const bool known = previous && previous->options == next.options && next.file.module == previous->file.module;
  const bool same = known && same_exports(next, *previous);
  next.index = make_index(next, previous, same);
  const bool current = known && !outdated(*previous);
  if (same && current) {
    next.link = previous->link;
    return Impact::none;
  }
  if (current) {
    std::lock_guard lock(previous->link->mutex);
    next.link = std::make_shared<LinkState>(next.index, *previous->link, unit_shift(*previous->index, *next.index));
    return Impact::names;
  }
  if (same && next.chunks == previous->chunks && link_elsewhere(next, *previous, stale)) return Impact::elsewhere;
  next.link = std::make_shared<LinkState>(next.index, *next.options);
  return Impact::everything;
}

void check_one(Analysis& next, ChunkState& chunk, std::size_t c, std::size_t u) {
  UnitView view(next, c, u, next.link->effects);
  chunk.units[u].findings = std::make_shared<const std::vector<Finding>>(check_unit(view, *next.options));
  chunk.units[u].found = !chunk.units[u].findings->empty();
  chunk.units[u].due = false;
  chunk.units[u].looked = nullptr;
  if (!view.looked().nothing()) {
    auto looked = std::make_shared<Looked>(view.looked());
    looked->settle();
    chunk.units[u].looked = std::move(looked);
  }
  ++next.work.units_checked;
}

// Moves the places in other units that findings speak of, and what these were made from; false if one of these units is
// gone.
bool move_notes(UnitState& unit, const UnitShift& shift) {
  auto is_moved = [&](std::uint32_t other) { return shift.now(other) != other; };
  auto note_moved = [&](const Note& note) { return note.unit >= 0 && is_moved(static_cast<std::uint32_t>(note.unit)); };
  auto any_moved = [&](const Finding& f) { return std::any_of(f.notes.begin(), f.notes.end(), note_moved); };
  if (unit.looked && std::any_of(unit.looked->units.begin(), unit.looked->units.end(), is_moved)) {
    auto looked = std::make_shared<Looked>(*unit.looked);
    looked->move(shift);
    unit.looked = std::move(looked);
  }
  if (std::none_of(unit.findings->begin(), unit.findings->end(), any_moved)) return true;
  auto findings = std::make_shared<std::vector<Finding>>(*unit.findings);
  for (Finding& finding : *findings) {
    for (Note& note : finding.notes) {
      if (note.unit < 0) continue;
      std::uint32_t now = shift.now(static_cast<std::uint32_t>(note.unit));
      if (now == kNone) return false;
      note.unit = static_cast<int>(now);
    }
  }
  unit.findings = std::move(findings);
  return true;
}

// Which units an edit makes outdated: those that it changed, and others that may find other things now.
struct Outdated {
  std::vector<std::uint32_t> changed, others;
  std::vector<std::uint32_t> due;  // since an edit before this one
  // The others that are more than `count` small functions' work, the nearest to the edit first; the rest keep their
  // place.
  std::vector<std::uint32_t> leave_out(std::uint32_t count, const ModuleIndex& index) {
    constexpr std::size_t kSmallFunction = 64;  // syntax nodes: five lines or so
    auto work = [&](std::uint32_t unit) { return 1 + index.units[unit].data->unit->nodes.size() / kSmallFunction; };
    const std::uint32_t center = changed.empty() ? 0 : changed.front();
    auto distance = [&](std::uint32_t unit) { return unit < center ? center - unit : unit - center; };
    auto nearer = [&](std::uint32_t a, std::uint32_t b) {
      return std::pair(distance(a), a) < std::pair(distance(b), b);
    };
    std::sort(others.begin(), others.end(), nearer);
    std::size_t kept = 0, spent = 0;
    while (kept < others.size() && (spent += work(others[kept])) <= count) ++kept;
    std::vector<std::uint32_t> left(others.begin() + kept, others.end());
    others.resize(kept);
    return left;
  }
};

Outdated outdated_units(Analysis& next, const Stale& stale) {
  const Affected& affected = stale.affected;
  Outdated out;
  for (std::size_t c = 0; c < next.chunks.size(); ++c) {
    std::shared_ptr<ChunkState> fresh;
    for (std::size_t u = 0; u < next.chunks[c]->units.size(); ++u) {
      const UnitState& unit = next.chunks[c]->units[u];
      const std::uint32_t id = next.first_unit[c] + static_cast<std::uint32_t>(u);
      const bool concerned = affected.everything || (!affected.units.empty() && affected.units[id]) ||
                             (unit.looked && stale.touched.concerns(*unit.looked, stale.shift));
      bool gone = !unit.findings;
      if (!gone && !stale.shift.none() && (unit.looked || unit.found)) {
        if (!fresh) fresh = std::make_shared<ChunkState>(*next.chunks[c]);
        gone = !move_notes(fresh->units[u], stale.shift);
      }
      if (gone) {
        out.changed.push_back(id);
      } else if (concerned) {
        out.others.push_back(id);
      } else if (unit.due) {
        out.due.push_back(id);
      }
    }
    if (fresh) next.chunks[c] = std::move(fresh);
  }
  return out;
}

// Checks the units that have no findings yet, the affected ones, and those whose findings rest on such.
bool check_units(Analysis& next, const Stale& stale, const ParseBudget& budget, bool edited) {
  Outdated outdated = outdated_units(next, stale);
  std::vector<std::shared_ptr<ChunkState>> fresh(next.chunks.size());
  auto chunk_for = [&](std::uint32_t id) -> std::size_t {
    const std::size_t c = next.chunk_of(id);
    if (!fresh[c]) next.chunks[c] = fresh[c] = std::make_shared<ChunkState>(*next.chunks[c]);
    return c;
  };
  if (budget.units > 0 && edited) {
    for (std::uint32_t id : outdated.leave_out(budget.units, *next.index)) {
      const std::size_t c = chunk_for(id);
      fresh[c]->units[id - next.first_unit[c]].due = true;
      next.settled = false;
    }
    next.settled &= outdated.due.empty();
    outdated.due.clear();
  }
  for (const std::vector<std::uint32_t>* units : {&outdated.changed, &outdated.others, &outdated.due}) {
    for (std::uint32_t id : *units) {
      if (budget.cancelled != nullptr && budget.cancelled->load(std::memory_order_relaxed)) return false;
      const std::size_t c = chunk_for(id);
      check_one(next, *fresh[c], c, id - next.first_unit[c]);
    }
  }
  return true;
}

// next's link state is locked.
Affected compare(Analysis& next, const Analysis& previous, const UnitShift& shift) {
  constexpr unsigned kMostValues =
      96;  // worked out for both sides; it must stay cheaper than to check what hangs on them
  LinkState &now = *next.link, &before = *previous.link;
  Differences differences{
      .handed_around = [&](std::string_view base) { return now.linker.knowledge().is_injected_word(base); },
      .effects = [&](std::uint32_t unit) { return now.effects.differs(unit); },
      .values = nullptr};
  if (&now == &before) return affected_units(*previous.index, *next.index, shift, differences);
  std::lock_guard lock(before.mutex);
  differences.values = [&, asked = 0u](std::uint32_t unit, TermId x, TermId y) mutable -> std::optional<ValueSet> {
    const UnitData& data = *previous.index->units[unit].data;
    if (++asked > kMostValues || before.linker.unit({0, unit}).data.get() != &data) return std::nullopt;
    ValueSet was = before.linker.values(data.exports->terms, x, {0, unit});
    if (!same(was, now.linker.values(next.index->units[unit].data->exports->terms, y, {0, unit}))) return std::nullopt;
    return was;
  };
  return affected_units(*previous.index, *next.index, shift, differences);
}

bool check(Analysis& next, const AnalysisPtr& previous, Impact impact, Stale& stale, const ParseBudget& budget) {
  std::lock_guard lock(next.link->mutex);
  next.link->use(next.index);
  Affected& affected = stale.affected;
  Effects& effects = next.link->effects;
  affected.everything = impact == Impact::everything;
  if (impact != Impact::everything && impact != Impact::elsewhere && previous->index != next.index) {
    stale.shift = unit_shift(*previous->index, *next.index);
    affected = compare(next, *previous, stale.shift);
    // Others call back into this module: what they tell of it is not looked at one by one.
    if (affected.count() > next.work.units_built && next.link->linker.seen_by_others()) affected.everything = true;
    if (!affected.everything) stale.touched = Touched(*previous->index, *next.index, stale.shift, affected.units);
  }
  const bool edited = previous && previous->document.chunks() != next.document.chunks();
  if (!check_units(next, stale, budget, edited)) return false;
  if (affected.everything) effects.start_over();
  if (next.settled) effects.settle();
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

// With a triple quote left open code and strings have changed places somewhere: from the first place that does not
// parse nothing is known for certain.
std::uint32_t doubtful_from(const Analysis& next) {
  std::uint32_t from = next.document.size();
  if (next.chunks.empty()) return from;
  const ChunkState& last = *next.chunks.back();
  if (!last.has_error) return from;
  if (!ends_in_triple_quotes(last.syntax->chunk->text)) return from;
  for (const Range& range : next.broken) from = std::min(from, range.start);
  return from;
}

void collect(Analysis& next) {
  std::vector<Directive> directives;
  for (const auto& chunk : next.chunks) {
    directives.insert(directives.end(), chunk->directives.begin(), chunk->directives.end());
  }
  for (std::size_t c = 0; c < next.chunks.size(); ++c) {
    const ChunkState& chunk = *next.chunks[c];
    for (std::size_t u = 0; chunk.has_error && u < chunk.units.size(); ++u) {
      UnitPlace place = next.place(c, u);
      collect_broken(*chunk.units[u].data->unit, place, next.broken);
    }
  }
  const std::uint32_t doubtful = doubtful_from(next);
  for (std::size_t c = 0; c < next.chunks.size(); ++c) {
    const ChunkState& chunk = *next.chunks[c];
    for (std::size_t u = 0; u < chunk.units.size(); ++u) {
      if (!chunk.units[u].found) continue;
      UnitPlace place = next.place(c, u);
      for (const Finding& local : *chunk.units[u].findings) {
        Finding finding = local;
        finding.range = place.to_document(local.range);
        if (finding.range.start >= doubtful) continue;
        finding.statement = place.to_document(local.statement);
        for (Note& note : finding.notes) {
          if (note.file.empty()) note.range = next.note_range(note, place);
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

void LinkState::use(const ModulePtr& own) {
  const ModuleIndex& before = linker.index();
  if (&before == own.get()) return;
  std::vector<std::uint32_t> changed;
  for (std::uint32_t u = 0; u < own->units.size(); ++u) {
    if (before.units[u].data != own->units[u].data) changed.push_back(u);
  }
  effects.units_change(changed);
  linker.renew(own);
}

bool outdated(const Analysis& analysis) {
  std::lock_guard lock(analysis.link->mutex);
  return !analysis.link->linker.up_to_date();
}

std::shared_ptr<const ModuleIndex> module_index(const Analysis& analysis) { return analysis.index; }

UnitPlace Analysis::place(std::size_t chunk, std::size_t unit) const {
  const ChunkSyntax& syntax = *chunks[chunk]->syntax;
  return {&syntax, document.chunk_start(chunk), unit == 0 ? &syntax.skeleton : &syntax.functions[unit - 1]};
}

std::size_t Analysis::chunk_of(std::uint32_t unit) const {
  auto after = std::upper_bound(first_unit.begin(), first_unit.end(), unit);
  return static_cast<std::size_t>(after - first_unit.begin()) - 1;
}

Range Analysis::note_range(const Note& note, const UnitPlace& own) const {
  if (note.unit < 0) return own.to_document(note.range);
  const IndexedUnit& unit = index->units[static_cast<std::size_t>(note.unit)];
  Range range = note.range;
  if (note.use >= 0) {
    const std::vector<Use>& uses = unit.data->uses().uses;
    if (static_cast<std::size_t>(note.use) < uses.size()) {
      const Node& node = (*unit.data->unit)[uses[static_cast<std::size_t>(note.use)].node];
      range = {node.start, node.end};
    }
  }
  return {unit.to_document(range.start), unit.to_document(range.end)};
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

AnalysisPtr analyse(const Document& document, const SourceFile& file, const AnalysisPtr& previous,
                    const std::shared_ptr<const Options>& options, Parser& parser, const ParseBudget& budget) {
  auto next = std::make_shared<Analysis>();
  next->document = document;
  next->file = file;
  next->options = options;
  if (!build_chunks(*next, previous, parser, budget)) return nullptr;
  Stale stale;
  const Impact impact = link(*next, previous, stale);
  if (!check(*next, previous, impact, stale, budget)) return nullptr;
  collect(*next);
  return next;
}

std::span<const Finding> findings(const Analysis& analysis) { return analysis.findings; }
const Document& document(const Analysis& analysis) { return analysis.document; }
bool settled(const Analysis& analysis) { return analysis.settled; }
bool complete(const Analysis& analysis) { return analysis.complete; }
std::span<const Range> broken(const Analysis& analysis) { return analysis.broken; }
Work work(const Analysis& analysis) { return analysis.work; }

}  // namespace awaitd::analysis
