// One unit as a rule or a fix sees it: facts, what expressions are, and where the code runs. Made for one check and
// thrown away; offsets it takes are the unit's, offsets it gives are the unit's unless a name says document.
// One thread at a time.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "analysis/engine.h"
#include "analysis/link/linker.h"
#include "analysis/terms/term_builder.h"

namespace awaitd::analysis {

// Where a function's code runs (architecture 3.4).
enum class Colour : std::uint8_t { unknown, loop, worker, no_loop };

// How unit offsets become document offsets.
struct UnitPlace {
  const ChunkSyntax* chunk = nullptr;
  std::uint32_t chunk_start = 0;
  const PlacedUnit* placed = nullptr;
  std::uint32_t to_document(std::uint32_t offset) const;
  Range to_document(Range range) const { return {to_document(range.start), to_document(range.end)}; }
};

class UnitView {
 public:
  UnitView(std::uint32_t unit, const UnitData& data, const UnitPlace& place, const Document& document,
           const Options& options, Linker& linker);
  ~UnitView();
  UnitView(const UnitView&) = delete;
  UnitView& operator=(const UnitView&) = delete;

  const Unit& unit() const { return *data_.unit; }
  const Facts& facts() const { return *data_.facts; }
  const Exports& exports() const { return *data_.exports; }
  const Options& options() const { return options_; }
  const Knowledge& knowledge() const { return *options_.knowledge; }
  const Document& document() const { return document_; }
  const UnitPlace& place() const { return place_; }
  Linker& linker() const { return linker_; }
  std::uint32_t index() const { return unit_; }

  std::string_view text(NodeId node) const { return unit().text_of(node); }
  Range range(NodeId node) const { return {unit()[node].start, unit()[node].end}; }
  Range document_range(NodeId node) const { return place_.to_document(range(node)); }
  // The lines a suppression comment for something at node may stand on: its simple statement, or the header of a
  // compound one.
  Range statement_range(NodeId node) const;

  // What an expression can be, and what a call calls.
  ValueSet values(NodeId expression) const;
  ValueSet callee(const Call& call) const;

  Colour colour(FunctionId function) const;
  bool on_loop(FunctionId function) const { return colour(function) == Colour::loop; }
  // "handler", "Store.load", "<lambda>": for messages.
  std::string function_name(FunctionId function) const;

 private:
  std::uint32_t unit_;
  const UnitData& data_;
  const UnitPlace& place_;
  const Document& document_;
  const Options& options_;
  Linker& linker_;
  mutable Terms scratch_;
  mutable TermBuilder builder_;
};

// Collects the findings of one unit, in the unit's offsets.
class Report {
 public:
  Report(const UnitView& view, const Rule& rule, std::vector<Finding>& out) : view_(view), rule_(rule), out_(out) {}
  // A finding at node with the rule's severity; adjust the returned finding in place.
  Finding& add(NodeId node, std::string message);

 private:
  const UnitView& view_;
  const Rule& rule_;
  std::vector<Finding>& out_;
};

}  // namespace awaitd::analysis
