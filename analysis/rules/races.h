// The races of one unit: stale reads that a write relies on (401) and stale checks that an action relies on (402), with
// the evidence that tasks run there at once. Plain data; ids are the unit's.
#pragma once
#include <string>
#include <vector>

#include "analysis/rules/concurrency.h"
#include "analysis/rules/rule.h"
#include "analysis/rules/shared_state.h"

namespace awaitd::analysis {

enum class RaceKind : std::uint8_t {
  update,   // the stored value is made from a stale read
  restore,  // a saved value is put back
  act       // a check is out of date when its consequence is stored
};
// What gets lost when two tasks pass a check.
enum class Loss : std::uint8_t { value, flag, task, resource, bound, item };

struct Race {
  RaceKind kind{};
  FunctionId function = 0;
  std::string place;            // "self.conn"
  NodeId read = kNoNode;        // where it is read or checked
  NodeId condition = kNoNode;   // of a check: the whole condition
  NodeId suspension = kNoNode;  // what suspends between
  NodeId write = kNoNode;       // where it is written, or the call that writes it
  NodeId value = kNoNode;       // what is stored, if it stands here
  HelperWrite helper;           // what it does, if by_helper
  bool by_helper = false;
  Loss loss{};
  bool weak = false;  // the dependence is a guess
  std::string lock;   // "self._lock": the one that others hold for it; empty: none is known
  Evidence evidence;
};

// In text order. With evidence, and without those that a lock at every caller keeps apart.
std::vector<Race> find_races(const UnitView& view);
// Of these (UnitView::races()) the ones of 401 if `update`, else those of 402.
std::vector<Race> races(const UnitView& view, bool update);

// What is lost with a value that another task writes over: a value, or the task or connection that only it refers to.
Loss loss_of(const UnitView& view, NodeId value);

// What Finding::origin says of it: "self.conn", "CACHE[key]".
std::string origin_of(const Race& race);
// The same in backquotes.
std::string place_name(const Race& race);
// Adds a finding with notes that show the interleaving.
Finding& report_race(const UnitView& view, Report& report, const Race& race, NodeId at, std::string message);

}  // namespace awaitd::analysis
