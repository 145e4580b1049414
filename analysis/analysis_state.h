// The inside of engine.h's opaque Analysis. Immutable once analyse() has returned it, but for the link state, which
// is locked while a job uses it.
#pragma once
#include <mutex>

#include "analysis/engine.h"
#include "analysis/unit_view.h"

namespace awaitd::analysis {

// File-level suppression comments ("# awaitd: ignore-file[AWD101]", "# ruff: noqa").
struct Directive {
  std::vector<std::string> codes;  // empty: everything
};

struct UnitState {
  std::shared_ptr<const UnitData> data;
  std::shared_ptr<const std::vector<Finding>> findings;  // in the unit's offsets; null: to be checked
  bool due = false;  // the findings are of before an edit that may matter to them (ParseBudget::units)
  bool found = false;  // there are findings
  std::shared_ptr<const Looked> looked;                  // at what of the module beyond this unit; null: nothing
};

struct ChunkState {
  ChunkSyntaxPtr syntax;
  std::vector<UnitState> units;       // [0] the skeleton, then the functions
  std::vector<Directive> directives;
  std::uint32_t tried_callbacks = 0;  // the budget of the analysis that parsed it
  bool has_error = false;             // in some unit
};

// What a chunk was before an edit or became by it, with its tree: where the next parse starts from, and there again at
// once when the edit is undone.
struct Version {
  ChunkSyntaxPtr syntax;
  std::vector<std::shared_ptr<const UnitData>> units;
};

struct LinkState {
  LinkState(ModulePtr own, const Options& options)
      : linker(std::move(own), options.knowledge, options.modules), effects(linker, options.target.minor) {}
  // After an edit that changed exports.
  LinkState(ModulePtr own, const LinkState& before, const UnitShift& shift)
      : linker(std::move(own), before.linker), effects(linker, before.effects.python_minor()) {
    effects.succeed(before.effects, shift);
  }
  // After other modules have new versions.
  LinkState(const LinkState& before, const std::vector<OtherVersion>& versions)
      : linker(before.linker, versions), effects(linker, before.effects.python_minor()) {
    effects.succeed(before.effects);
  }
  // Makes this version of the module the one that is looked at; all versions that share a link state have equal exports.
  void use(const ModulePtr& own);
  std::mutex mutex;
  Linker linker;
  Effects effects;
};

struct Analysis {
  Document document{""};
  SourceFile file;
  std::shared_ptr<const Options> options;
  std::vector<std::shared_ptr<const ChunkState>> chunks;
  std::vector<std::uint32_t> first_unit;  // of each chunk in the module's row of units
  std::vector<std::shared_ptr<const Version>> recent;  // of the chunks that were edited last, newest first
  ModulePtr index;
  std::shared_ptr<LinkState> link;
  std::vector<Finding> findings;
  std::vector<Range> broken;
  bool complete = true;
  bool settled = true;  // no unit is due
  Work work;

  UnitPlace place(std::size_t chunk, std::size_t unit) const;
  std::size_t chunk_of(std::uint32_t unit) const;  // of a unit of the module's row
  Range note_range(const Note& note, const UnitPlace& own) const;
  // The unit whose text holds a document offset: the function there, else the chunk's skeleton.
  struct Spot { std::size_t chunk = 0, unit = 0; std::uint32_t offset = 0; };
  Spot spot(std::uint32_t document_offset) const;
};

// placement.cc: appends a chunk's units to an index. known: their data if there is some already.
void place_units(ModuleIndex& index, const ChunkSyntax& syntax, std::uint32_t chunk_start,
                 const std::vector<UnitState>* known = nullptr);
// Appends the enclosing classes of a chunk's units, the first of which is that unit of the index.
void place_classes(const ModuleIndex& index, std::uint32_t first_unit, const ChunkSyntax& syntax,
                   std::vector<ClassPlace>& places);

// suppression.cc
std::vector<Directive> file_directives(const Chunk& chunk);
bool suppressed(const Analysis& analysis, const Finding& finding, const std::vector<Directive>& directives);

// checks.cc: runs the enabled rules over one unit.
std::vector<Finding> check_unit(const UnitView& view, const Options& options);

}  // namespace awaitd::analysis
