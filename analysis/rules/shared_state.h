// What the rules of family 4xx share: the places of one function that other tasks can see (attributes of self, globals,
// items of such containers), where it reads, asks for and writes them in evaluation order, and which stale reads reach
// which writes. Made for one check over a view; ids are the unit's and its flow's. Names and types are resolved by the
// view; a place is named by its path: "self.cache[key]", "::COUNT".
#pragma once
#include <map>
#include <string>
#include <vector>

#include "analysis/flow/flow.h"
#include "analysis/unit_view.h"

namespace awaitd::analysis {

enum class Touch : std::uint8_t { read, write, erase, grow };  // grow: an element is added to the container

struct SharedAccess {
  EventId event = 0;
  Touch touch{};
  NodeId node = kNoNode;   // what names the place
  NodeId value = kNoNode;  // what is stored, if one expression stands for it
  std::string place;
  bool test = false;  // a condition asks for it
  bool augmented = false;
  bool through = false;  // the reading is done by a property or method that is called here
};

// What one place has to expect of a method or function of this module when it runs.
struct HelperWrite {
  bool before = false;   // written before it first suspends
  bool after = false;    // written behind a suspension
  bool checked = false;  // it asks for the place itself before it writes
  bool falsy = false;    // stores None, False, 0 or an empty container
  bool constant = false;
  std::string name;  // "connect"
  std::uint32_t unit = 0;
  NodeId node = kNoNode;  // where it writes, in that unit
};
struct HelperEffect {
  std::map<std::string, HelperWrite> writes;
  std::vector<std::string> reads;
  bool async = false;
};

// A write that is reached with a read that is out of date.
struct StaleWrite {
  EventId write = 0;
  EventId suspension = 0;
  const SharedAccess* access = nullptr;  // null: a helper does it
  const HelperWrite* helper = nullptr;
};

// A part of the unit in which a lock is held (or something that may be one).
struct Guarded {
  std::uint32_t from = 0, to = 0;
  bool own = false;  // the lock hangs on self: other objects have others
};
std::vector<Guarded> guarded_parts(const UnitView& view, FunctionId function);

class SharedFlow {
 public:
  SharedFlow(const UnitView& view, FunctionId function, int depth = 0);

  const UnitView& view() const { return view_; }
  const Flow& flow() const { return flow_; }
  FunctionId function() const { return function_; }
  const std::vector<SharedAccess>& accesses() const { return accesses_; }  // by event
  std::vector<const SharedAccess*> at(EventId event) const;
  const HelperEffect* helper_at(EventId event) const;
  bool written(const std::string& place) const;  // here or by a helper

  // "self.conn" for an expression that names a shared place, else empty. object: the expression is only looked into, so
  // a local that stands for the object will do.
  std::string place_of(NodeId node, bool object = false) const;

  struct Trail {
    std::string place;
    EventId origin = 0;            // the read or check that is followed
    EventId suspended = kNone;     // already out of date when it starts
    std::vector<EventId> renewed;  // write_name events that end it
    bool through_writes = false;   // other writes of the place do not end it (save and restore)
  };
  // Writes of the place that can be reached from here behind a suspension, without a new look at it in between.
  std::vector<StaleWrite> follow(BlockId block, EventId from, const Trail& trail) const;
  // True if control comes from the start of a block to an event without asking for the place again.
  bool unguarded(BlockId block, const std::string& place, EventId to) const;

  HelperEffect summary() const;  // of this function

 private:
  void collect();
  void add(EventId event, Touch touch, NodeId node, std::string place, NodeId value = kNoNode);
  void method_call(EventId event, const Event& e);
  // What a function of the module that another unit holds does to the places; found once for all its callers.
  const HelperEffect& summary_of(std::uint32_t unit, int depth) const;
  void helper_call(EventId event, const Event& e, int depth);
  void mark_tests(int depth);
  void through_helper(EventId event, NodeId node, int depth);
  std::string item(NodeId container, NodeId key) const;
  bool key_is_stable(NodeId key) const;
  bool is_self(NodeId identifier) const;
  bool is_shared_global(NodeId identifier) const;
  NodeId alias(NodeId identifier) const;
  bool protected_at(EventId origin, EventId event) const;

  const UnitView& view_;
  const Unit& unit_;
  const Facts& facts_;
  const FunctionId function_;
  const Flow& flow_;
  std::vector<SharedAccess> accesses_;
  std::map<EventId, HelperEffect> helpers_;
  std::vector<Guarded> guarded_;
  std::vector<std::uint32_t> declarations_;  // bindings: the function's `global` and `nonlocal` names
};

// None, False, 0, "", [], {}: what a place holds when there is nothing.
bool is_falsy(const Unit& unit, NodeId value);
bool is_constant(const Unit& unit, NodeId value);
// True if nothing of this unit can matter to 401 and 402.
bool without_shared_state(const UnitView& view);
// async functions that are worth looking at: not tests, not __aenter__ and the like.
std::vector<FunctionId> racing_functions(const UnitView& view);

}  // namespace awaitd::analysis
