// Numbers for costs.h: about how long a function computes with what it is handed. A lower bound: a loop of unknown
// length counts as one round, a function nobody knows as nothing. Belongs to one Effects; one job at a time.
#pragma once
#include <map>
#include <set>
#include <vector>

#include "analysis/effects/effects.h"

namespace awaitd::analysis {

// What is known of a function's arguments; -1: handed over, but unknown. Parameters that are not listed have their
// defaults.
struct SizeOf {
  std::uint32_t parameter = 0;  // Costs::parameters of its unit
  double value = -1, length = -1;
  auto operator<=>(const SizeOf&) const = default;
};
using Sizes = std::vector<SizeOf>;  // sorted by parameter

struct Estimate {
  double milliseconds = 0;
  bool probable = false;
  bool cut = false;    // a circle or a limit was met: as seen from this function, not for whoever calls it
  bool inner = false;  // cut, and asked for by another one of the circle: nobody's answer
  double rounds = 0;  // of the loop at the end of the path, in all
  struct Step {
    FunctionKey function;        // in whose code
    std::uint32_t use = kNone;   // the call; or
    std::uint32_t loop = kNone;  // Costs::loops
    bool operator==(const Step&) const = default;
  };
  std::vector<Step> path;  // to the loop that takes most of it, which is the last step
  bool operator==(const Estimate&) const = default;
};

class Estimator {
 public:
  explicit Estimator(Effects& effects) : effects_(effects) {}

  Estimate function(const FunctionKey& key, const Sizes& sizes);
  // What one use of a function runs: the longest of its targets.
  Estimate call(At at, std::uint32_t use, const Sizes& own);
  // What a call makes another function run with its arguments from the `skipped`-th on: to_thread(f, x), submit(f, x).
  Estimate handed(At at, std::uint32_t use, const FunctionKey& function, int skipped, const Sizes& own);
  // A loop with all that runs in it, but for calls that are worth a word by themselves.
  Estimate loop(At at, std::uint32_t loop, const Sizes& own);
  // What a use of a function hands it, as far as that is known of functions that have their defaults themselves.
  Sizes handed_sizes(At at, std::uint32_t use, const FunctionKey& function);
  // -1 if unknown.
  double size(At at, FunctionId function, SizeId id, const Sizes& own);

  // The same as Effects::units_change(), succeed(), differs() and settle(), by which they are called.
  void units_change();
  void succeed(const Estimator& before, const UnitShift& shift);
  void succeed(const Estimator& before);
  bool differs(std::uint32_t unit);
  void start_over() { before_.clear(); }
  void settle();

 private:
  const CallCost* cost_of(At at, std::uint32_t use) const;
  double rounds(At at, std::uint32_t loop, const Sizes& own);
  Sizes arguments(At at, const CallCost& call, const FunctionKey& key, int skipped, const Sizes& own);
  Estimate work_out(const FunctionKey& key, const Sizes& sizes);
  void add_loop(Estimate& to, double& most, At at, std::uint32_t loop, const Sizes& own);
  void add_call(Estimate& to, double& most, At at, const CallCost& call, const Sizes& own, double ignore_from);
  bool plain_builtins(At at);

  Effects& effects_;
  using Key = std::pair<FunctionKey, Sizes>;
  const Estimate* now(const Key& key);  // null if there is no such function any more; until the next call
  std::map<Key, Estimate> known_;
  Told<Key, Estimate> before_;
  Estimate now_;
  std::set<FunctionKey> busy_;
  bool cut_ = false;  // a cycle or a limit was met
  int steps_ = 0;
  std::map<std::uint32_t, std::vector<std::uint32_t>> redefined_;  // by module: hashes of builtins that it redefines
};

// From here on a computation is worth a word.
inline constexpr double kFeltMilliseconds = 10;

}  // namespace awaitd::analysis
