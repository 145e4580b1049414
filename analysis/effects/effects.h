// What happens when a function of the project runs: which of its uses block, burn CPU or need a thread without a loop,
// itself or through the sync functions it calls, with the nearest chain (architecture 3.5). Effects flow up sync call
// edges and stop where a callable is handed to a worker thread.
// Belongs to one Linker; one job at a time. Chains are deterministic: fewest steps, then text order.
#pragma once
#include <array>
#include <map>
#include <optional>
#include <unordered_map>

#include "analysis/effects/layered.h"
#include "analysis/effects/memo.h"
#include "analysis/effects/told.h"
#include "analysis/finding.h"
#include "analysis/link/affected.h"
#include "analysis/link/linker.h"

namespace awaitd::analysis {

enum class Effect : std::uint8_t {
  blocks,        // certainly or for long enough to be felt
  blocks_a_bit,  // microseconds: one stat, one small write
  burns_cpu,
  burns_cpu_a_bit,  // for milliseconds, or as long as its input asks
  needs_no_loop     // asyncio.run and the like
};
inline constexpr std::size_t kEffects = 5;

struct FunctionKey {
  std::uint32_t module = 0, unit = 0;
  FunctionId function = 0;
  auto operator<=>(const FunctionKey&) const = default;
};

// The same function after units came and went; unit kNone if it is gone.
FunctionKey moved(const FunctionKey& key, const UnitShift& shift);

// What one use does by itself, and the functions of the project that it runs.
struct ResolvedUse {
  const BlockingFact* fact = nullptr;
  std::string origin;
  bool fact_probable = false;
  struct Target {
    FunctionKey function;
    bool probable = false;
    // The class of the object whose method it is, if it is a class of the project.
    std::uint32_t receiver_module = kNone, receiver = kNone;
    bool operator==(const Target&) const = default;
  };
  std::vector<Target> targets;
  bool choice = false;       // one of several things happens
  bool only_targets = true;  // all of those are targets
};

struct Reach {
  bool reached = false;
  std::uint8_t doubts = 0;     // steps that could be others at run time; more than one is not worth telling
  std::uint16_t distance = 0;  // 0: the function itself does it
  std::uint32_t use = 0;       // in the unit's Uses: the step taken in this function
  FunctionKey next;            // where that leads, if distance > 0
  const BlockingFact* fact = nullptr;
  std::string origin;
  std::size_t flag = 0;  // hash of the parameter that decides whether that step is taken, 0: none does
  std::size_t receiver = 0;  // hash of the class that the step's object is of, as far as that is known: see holds()
  bool operator==(const Reach&) const = default;
};

// One step of a chain, for notes and hovers.
struct ChainStep {
  FunctionKey function;   // in whose code
  std::uint32_t use = 0;  // what it does there (Uses)
  std::string text;       // "`load_config()` runs `read()`", "`read()` calls `open()`"
};

std::optional<Effect> effect_of(const BlockingFact& fact);
// The same where the use says more: what is filled once and remembered is felt once.
std::optional<Effect> effect_of(const BlockingFact& fact, const Use& use);
inline constexpr std::uint8_t kMaxDoubts = 1;

class Estimator;
class Waits;  // analysis/effects/waits.h

class Effects {
 public:
  // python_minor: of the oldest Python 3 the code is for.
  explicit Effects(Linker& linker, int python_minor = 0);
  ~Effects();
  Effects(const Effects&) = delete;
  Effects& operator=(const Effects&) = delete;
  Linker& linker() const { return linker_; }
  int python_minor() const { return python_minor_; }
  // How long functions and loops compute.
  Estimator& estimates() { return *estimates_; }
  // Who awaits whom in this module, and under which timeouts.
  Waits& waits();
  Memo& memo() { return memo_; }

  // False if the use never runs, or never while a loop does.
  bool runs(At at, const Use& use);
  const ResolvedUse& resolved(At at, std::uint32_t use);
  // How sure a target's effect is: of alternatives that all have it, it matters little which one runs.
  std::uint8_t doubts(At at, std::uint32_t use, const ResolvedUse::Target& target, Effect effect);
  const Reach& reach(const FunctionKey& function, Effect effect);
  // What a use reaches through one of its targets: the nearest way that this call's arguments let it take.
  std::optional<Reach> through(At at, std::uint32_t use, const ResolvedUse::Target& target, Effect effect);
  // Whether the chain that starts so stands for the class of the target's object: a subclass may override a step of it.
  bool holds(At at, std::uint32_t use, const ResolvedUse::Target& target, Effect effect);
  // From a function to the place that has the effect; `first` is the step in that function, if it is another than the
  // nearest.
  std::vector<ChainStep> chain(const FunctionKey& function, Effect effect, const Reach* first = nullptr);

  // These units are about to be replaced (with equal exports), or the whole module is, by an Effects of its own.
  void units_change(std::span<const std::uint32_t> units);
  void succeed(const Effects& before, const UnitShift& shift);
  // Other modules have new versions, whose units are in the same places.
  void succeed(const Effects& before);
  // True if a function of the unit has other effects than were told of it before that.
  bool differs(std::uint32_t unit);
  // Every unit is checked again: no finding rests on what was told.
  void start_over();
  // Every finding rests on the new effects now. What was told of functions that do not differ still holds.
  void settle();

 private:
  struct Explored {
    std::array<Reach, kEffects> reach;
    bool operator==(const Explored&) const = default;
  };
  ResolvedUse resolve(At at, const Use& use);
  ResolvedUse resolved_from(At at, const Use& use);
  bool installed(std::uint32_t module) const { return linker_.index(module).installed; }
  const Explored* explored(const FunctionKey& function) const;
  const Explored* now(const FunctionKey& function);  // null if there is no such function any more
  Explored& to_explore(const FunctionKey& function);
  const BlockingFact* inherited_call(const Value& object, std::string& origin);
  void add_value(ResolvedUse& out, const Use& use, const Value& value);
  void add_functions(ResolvedUse& out, const Value& object, std::string_view method, bool probable);
  void add_properties(ResolvedUse& out, const Use& use, const Value& object);
  void add_target(ResolvedUse& out, const Value& function, bool probable);

  // explore.cc
  std::vector<FunctionKey> unexplored_calls(const FunctionKey& f);
  void offer_all(const FunctionKey& f, std::uint32_t use, Explored& best);
  Explored best_of(const FunctionKey& f);
  void explore_circle(const std::vector<FunctionKey>& members);
  void explore(const FunctionKey& from);
  std::optional<Reach> step_through(At at, std::uint32_t use, const ResolvedUse::Target& target, Effect effect);
  std::optional<Reach> next_step(const FunctionKey& at, const Reach& reach, Effect effect,
                                 const ResolvedUse::Target** target);

  Linker& linker_;
  std::unique_ptr<Waits> waits_;
  Memo memo_;
  const int python_minor_;
  std::map<std::pair<At, std::uint32_t>, ResolvedUse> resolved_;
  std::map<FunctionKey, Explored> explored_;
  // Functions of installed packages see nothing of the project: what is known of them holds after every edit.
  Layered<std::pair<At, std::uint32_t>, ResolvedUse> resolved_in_packages_;
  Layered<FunctionKey, Explored> explored_in_packages_;
  Told<FunctionKey, Explored> before_;  // since the first of the changed units was replaced
  std::unique_ptr<Estimator> estimates_;
};

}  // namespace awaitd::analysis
