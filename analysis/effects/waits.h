// Calls that wait for somebody else, the timeouts around them, and who awaits whom, in this module and from others: what
// the rules of family 6xx share. Places and scopes are found per unit and kept while the unit stays the same object.
// Belongs to one Linker; one job at a time. Deterministic: what is found depends on the module and the project alone.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "analysis/effects/effects.h"
#include "analysis/knowledge/timeouts.h"
#include "analysis/looked.h"

namespace awaitd::analysis {

// A stretch of one function in which something bounds every wait.
struct TimeoutScope {
  const ScopeFact* fact = nullptr;  // null: a manager of the project, or one only known by its name
  NodeId node = kNoNode;            // the context expression, or the callee of a call
  std::uint32_t from = 0, to = 0;   // bytes
  FunctionId function = 0;
  bool with = false;
  bool made_here = false;  // with: the expression is the call that makes the manager, with its number
};

enum class Given : std::uint8_t { no, number, off, unknown };
enum class ByClient : std::uint8_t { not_asked, bounded, unbounded, unknown };

// A call of a row of timeouts.tsv.
struct WaitPlace {
  std::uint32_t call = 0;    // Facts::calls
  NodeId node = kNoNode;     // the callee
  NodeId awaited = kNoNode;  // what is awaited: the call, or the name that holds a future
  FunctionId function = 0;
  const TimeoutFact* fact = nullptr;
  std::string origin;
  bool probable = false;               // it could be another callable
  Given given{};                       // its own argument
  ByClient client{};                   // what it was made from
  bool scoped = false;                 // under a TimeoutScope of its function
  bool waits = false;                  // awaited, entered or iterated where it stands
  bool handed = false;                 // node is a callable that `call` runs in a thread
  std::string object;                  // equal for calls on one connection or client
  At maker;                            // where the object was made,
  std::uint32_t maker_call = kNoCall;  // if that is known
};

struct AwaitEdge {
  FunctionKey callee;
  FunctionKey caller;
  NodeId node = kNoNode;  // of the caller's unit, which may be another module's
  bool scoped = false;
};

struct UnitWaits {
  std::vector<WaitPlace> places;
  Looked looked;  // at the units of those who made a client, of the project's managers
};

// How a function of this module comes to run, looking upwards through those who await it, as far as the project tells who
// they are.
struct WaysIn {
  bool entry = false;           // a handler, or something that a handler awaits, without a timeout in between
  bool scoped = false;          // some way passes a timeout
  bool open = false;            // some way passes none
  std::vector<AwaitEdge> path;  // such a way, outermost first; empty if the function itself is its start
  Looked looked;                // for the callers of what functions
};

class Waits {
 public:
  explicit Waits(Linker& linker) : linker_(linker) {}
  const UnitWaits& unit(At at);
  const std::vector<TimeoutScope>& timeout_scopes(At at) { return scopes(at); }
  WaysIn reached(const FunctionKey& function);
  bool is_scoped(At at, FunctionId function, NodeId node);

 private:
  struct UnitEntry {
    std::shared_ptr<const UnitData> data;
    std::unique_ptr<UnitWaits> waits;
    std::unique_ptr<std::vector<TimeoutScope>> scopes;
    std::map<At, std::shared_ptr<const UnitData>> read;  // other units that it depends on
    bool busy = false;
  };
  struct UnitEdges {
    std::shared_ptr<const UnitData> data;
    std::map<At, std::shared_ptr<const UnitData>> read;
    std::vector<AwaitEdge> edges;
    std::vector<FunctionKey> entries;  // handed to what makes them handlers
  };
  // Who awaits a function, in its own module and this one.
  struct Callers {
    std::vector<AwaitEdge> edges;
    bool handler = false;  // somebody hands it to what makes it a handler
  };
  UnitEntry& entry(At at);
  const std::vector<TimeoutScope>& scopes(At at);
  void find_scopes(At at, std::vector<TimeoutScope>& out);
  bool manages_time(At at, const Use& use, TimeoutScope& scope);
  bool yields_under_timeout(At at, const Value& function);
  void find_places(At at, UnitWaits& out);
  void add_client(At at, const Terms& terms, TermId receiver, WaitPlace& place, int depth);
  bool waited_for(At at, const Call& call);
  void find_handed(At at, const Use& use, UnitWaits& out);
  bool add_future(At at, WaitPlace& place);
  // name: of the only functions that are asked for; empty: of all.
  void find_edges(At at, std::string_view name, UnitEdges& out);
  const UnitEdges& edges(std::uint32_t unit);
  const Callers& callers(const FunctionKey& function);
  const Callers& outside_callers(const FunctionKey& function);
  static void add_edges(const UnitEdges& from, const FunctionKey& function, Callers& out);
  static std::vector<AwaitEdge> way(const std::map<FunctionKey, AwaitEdge>& below, FunctionKey from,
                                    const FunctionKey& to);
  void add_taken(At at, const Use& use, const std::vector<FunctionKey>& called, UnitEdges& out);
  void add_handed(At at, const Use& use, const ValueSet& taker, std::string_view name, UnitEdges& out);
  bool is_current(const std::map<At, std::shared_ptr<const UnitData>>& read) const;
  // The scopes of another unit, on which what is found at `at` rests.
  const std::vector<TimeoutScope>& scopes_for(At at, At other);
  bool is_entry(const FunctionKey& function);
  bool is_wrapped(const FunctionKey& function, Looked& looked);
  // The argument list call around an expression, through lists, comprehensions and stars.
  const Call* handed_to(const Facts& facts, NodeId node, int& position) const;
  const ScopeFact* scope_row(At at, const Call& call);

  Linker& linker_;
  std::map<At, UnitEntry> units_;
  std::map<std::uint32_t, UnitEdges> edges_;  // by unit of module 0
  std::map<FunctionKey, Callers> callers_;
  ModulePtr callers_of_;  // the module they were found in
  std::map<FunctionKey, Callers> outside_;  // in other modules, which stay the same
};

// The argument that bounds a call, if it is given; a null pointer otherwise.
const Argument* timeout_argument(const Facts& facts, const Call& call, const TimeoutFact& fact);

}  // namespace awaitd::analysis
