// What happens when a function of the project runs: which of its uses block, burn CPU or need a thread without a loop,
// itself or through the sync functions it calls, with the nearest chain (architecture 3.5). Effects flow up sync call
// edges and stop where a callable is handed to a worker thread.
// Belongs to one Linker; one job at a time. Chains are deterministic: fewest steps, then text order.
#pragma once
#include <array>
#include <map>
#include <optional>
#include <unordered_map>

#include "analysis/finding.h"
#include "analysis/link/affected.h"
#include "analysis/link/linker.h"

namespace awaitd::analysis {

enum class Effect : std::uint8_t {
  blocks,        // certainly or for long enough to be felt
  blocks_a_bit,  // microseconds: one stat, one small write
  burns_cpu,
  burns_cpu_a_bit,  // for milliseconds, or as long as its input asks
  needs_no_loop  // asyncio.run and the like
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
    bool operator==(const Target&) const = default;
  };
  std::vector<Target> targets;
};

struct Reach {
  bool reached = false;
  std::uint8_t doubts = 0;      // steps that could be others at run time; more than one is not worth telling
  std::uint16_t distance = 0;   // 0: the function itself does it
  std::uint32_t use = 0;        // in the unit's Uses: the step taken in this function
  FunctionKey next;             // where that leads, if distance > 0
  const BlockingFact* fact = nullptr;
  std::string origin;
  bool operator==(const Reach&) const = default;
};

// One step of a chain, for notes and hovers.
struct ChainStep {
  FunctionKey function;         // in whose code
  std::uint32_t use = 0;        // what it does there (Uses)
  std::string text;             // "`load_config()` runs `read()`", "`read()` calls `open()`"
};

std::optional<Effect> effect_of(const BlockingFact& fact);
// The same where the use says more: what is filled once and remembered is felt once.
std::optional<Effect> effect_of(const BlockingFact& fact, const Use& use);
inline constexpr std::uint8_t kMaxDoubts = 1;

class Estimator;
class Waits;  // analysis/effects/waits.h

class Effects {
 public:
  explicit Effects(Linker& linker);
  ~Effects();
  Effects(const Effects&) = delete;
  Effects& operator=(const Effects&) = delete;
  Linker& linker() const { return linker_; }
  // How long functions and loops compute.
  Estimator& estimates() { return *estimates_; }
  // Who awaits whom in this module, and under which timeouts.
  Waits& waits();

  const ResolvedUse& resolved(At at, std::uint32_t use);
  const Reach& reach(const FunctionKey& function, Effect effect);
  // From a function to the place that has the effect.
  std::vector<ChainStep> chain(const FunctionKey& function, Effect effect);

  // These units are about to be replaced (with equal exports), or the whole module is, by an Effects of its own.
  void units_change(std::span<const std::uint32_t> units);
  void succeed(const Effects& before, const UnitShift& shift);
  // True if a function of the unit has other effects than were told of it before that.
  bool differs(std::uint32_t unit);
  // Every finding rests on the new effects now. What was told of functions that do not differ still holds.
  void settle();

 private:
  struct Explored {
    std::array<Reach, kEffects> reach;
    bool operator==(const Explored&) const = default;
  };
  ResolvedUse resolve(At at, const Use& use);
  const BlockingFact* inherited_call(const Value& object, std::string& origin);
  void add_value(ResolvedUse& out, const Use& use, const Value& value);
  void add_functions(ResolvedUse& out, const Value& object, std::string_view method, bool probable);
  void add_properties(ResolvedUse& out, const Use& use, const Value& object);
  void explore(const FunctionKey& from);
  std::vector<FunctionKey> closure(const FunctionKey& from);

  Linker& linker_;
  std::unique_ptr<Waits> waits_;
  std::map<std::pair<At, std::uint32_t>, ResolvedUse> resolved_;
  std::map<FunctionKey, Explored> explored_;
  std::map<FunctionKey, Explored> before_;   // what was told when the first of the changed units was replaced
  bool unsettled_ = false;
  std::unique_ptr<Estimator> estimates_;
};

}  // namespace awaitd::analysis
