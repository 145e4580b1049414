// One unit as a rule or a fix sees it: facts, what expressions are, and where the code runs. Made for one check and
// thrown away; offsets it takes are the unit's, offsets it gives are the unit's unless a name says document.
// One thread at a time.
#pragma once
#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "analysis/effects/effects.h"
#include "analysis/engine.h"
#include "analysis/link/linker.h"
#include "analysis/looked.h"
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

struct BlockingEvent;
struct Flow;  // analysis/flow/flow.h
struct LoopCall;
class SharedFlow;  // analysis/rules/shared_state.h
struct CoroutineEvent;
struct Race;

class UnitView {
 public:
  // analysis: the one being made or read; its chunks, index and options are there, its findings need not be.
  UnitView(const Analysis& analysis, std::size_t chunk, std::size_t unit_of_chunk, Effects& effects);
  UnitView(const Analysis& analysis, std::uint32_t unit, Effects& effects);
  // Another unit of the same module; what it looks at is told to the sibling.
  UnitView(const UnitView& sibling, std::uint32_t unit);
  ~UnitView();
  UnitView(const UnitView&) = delete;
  UnitView& operator=(const UnitView&) = delete;

  const Unit& unit() const { return *data_.unit; }
  const Facts& facts() const { return *data_.facts; }
  const Exports& exports() const { return *data_.exports; }
  const Analysis& analysis() const { return analysis_; }
  const Options& options() const { return options_; }
  const Knowledge& knowledge() const { return *options_.knowledge; }
  const Document& document() const { return document_; }
  const UnitPlace& place() const { return place_; }
  Effects& effects() const { return effects_; }
  Linker& linker() const { return effects_.linker(); }
  At at() const { return {0, unit_}; }
  const Uses& uses() const { return data_.uses(); }

  std::string_view text(NodeId node) const { return unit().text_of(node); }
  // Empty for kNoNode: what broken code lacks is nowhere.
  Range range(NodeId node) const { return node == kNoNode ? Range{} : Range{unit()[node].start, unit()[node].end}; }
  Range document_range(NodeId node) const { return place_.to_document(range(node)); }
  // The lines a suppression comment for something at node may stand on: its simple statement, or the header of a
  // compound one.
  Range statement_range(NodeId node) const;

  // Every unit of the module in text order, this one included, for rules that look at a whole class.
  template <typename Each>
  void each_unit(Each&& each) const {
    look_around();
    for (std::uint32_t u = 0; u < linker().index().units.size(); ++u) each(UnitView(*this, u));
  }

  // Of these the ones whose text holds one of the names, without looking closer: who may call, read or set something.
  template <typename Each>
  void each_unit_that_mentions(std::initializer_list<std::string_view> names, Each&& each) const {
    std::vector<std::uint32_t> units;
    for (std::string_view name : names) {
      look_for(name);
      const std::vector<std::uint32_t>& some = linker().mentioning(name);
      units.insert(units.end(), some.begin(), some.end());
    }
    if (names.size() > 1) {
      std::sort(units.begin(), units.end());
      units.erase(std::unique(units.begin(), units.end()), units.end());
    }
    for (std::uint32_t u : units) each(UnitView(*this, u));
  }

  // After an edit a unit is checked again if it mentions a name whose value or effects are others now (link/affected.h).
  // A rule that looks further says so here, and its unit is checked again with what it looked at (looked.h): who reads
  // the body of another unit of the module (views of siblings say so themselves; units of other modules need not be
  // named), looks for those who mention a name, or at anything.
  void look_at(At at) const {
    if (at.module == 0 && at.unit != unit_) looked_->at(at.unit);
  }
  void look_for(std::string_view name) const { looked_->for_name(name); }
  void look_around() const { looked_->around = true; }
  void look(const Looked& more) const { looked_->add(more); }
  const Looked& looked() const { return *looked_; }

  // What an expression can be, and what a call calls.
  ValueSet values(NodeId expression) const;
  ValueSet callee(const Call& call) const;

  Colour colour(FunctionId function) const;
  // Why a plain def of this unit runs on the loop all the same: the fact of its base class or decorator; null if it does not.
  const ContextFact* called_by_loop(FunctionId function) const;
  bool on_loop(FunctionId function) const { return colour(function) == Colour::loop; }
  bool any_on_loop() const;
  // Test code: a stall there costs the test, not the service.
  bool in_test(FunctionId function) const;
  // The event loop library this module is written for.
  const AsyncLibrary& library() const;
  // Places that block the loop, found once per view (rules/blocking.h).
  const std::vector<BlockingEvent>& blocking() const;
  // The control flow of one function, built once per view.
  const Flow& flow(FunctionId function) const;
  // Where one function touches what other tasks can see, found once per view (rules/shared_state.h).
  const SharedFlow& shared(FunctionId function) const;
  // Calls that make tasks, start loops and so on, found once per view (rules/loop_calls.h).
  const std::vector<LoopCall>& loop_calls() const;
  // Stale reads that are written back, found once per view (rules/races.h).
  const std::vector<Race>& races() const;
  // Coroutines that nobody awaits, found once per view (rules/coroutine_values.h).
  const std::vector<CoroutineEvent>& coroutines() const;
  // True if the name means at node what it means at module level.
  bool is_global_at(std::string_view name, NodeId node) const;
  // What a name would mean at node.
  ValueSet meaning(std::string_view name, NodeId node) const;
  // "handler", "Store.load", "<lambda>": for messages.
  std::string function_name(FunctionId function) const;

 private:
  const Analysis& analysis_;
  std::uint32_t unit_;
  const UnitData& data_;
  const UnitPlace place_;
  const Document& document_;
  const Options& options_;
  Effects& effects_;
  mutable Terms scratch_;
  mutable TermBuilder builder_;
  mutable std::unique_ptr<const std::vector<BlockingEvent>> blocking_;
  mutable std::vector<std::unique_ptr<const Flow>> flows_;  // by function
  mutable std::vector<std::unique_ptr<const SharedFlow>> shared_;  // by function
  mutable std::unique_ptr<const std::vector<LoopCall>> loop_calls_;
  mutable std::unique_ptr<const std::vector<CoroutineEvent>> coroutines_;
  mutable std::unique_ptr<const std::vector<Race>> races_;
  Looked own_looked_;
  Looked* looked_ = &own_looked_;  // of the unit that is checked
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
