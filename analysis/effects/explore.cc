// How far the effects of functions reach: shortest chains. Functions that call each other in a circle are explored
// together and all others after those they call, so that what is found does not hang on what was asked before.
#include <algorithm>

#include "analysis/effects/effects.h"
#include "analysis/effects/excuses.h"
#include "analysis/effects/flags.h"
#include "analysis/effects/setup.h"
#include "analysis/effects/switches.h"

namespace awaitd::analysis {
namespace {

// Tarjan's algorithm without recursion: chains of helpers may be long.
class Components {
 public:
  using Key = FunctionKey;
  // next(key): what key leads to, each once or more often.
  template <typename Next, typename Tell>
  void each(const Key& from, Next&& next, Tell&& tell) {
    enter(from, next(from));
    while (!path_.empty()) {
      Frame& top = path_.back();
      if (top.at < top.next.size()) {
        const Key& to = top.next[top.at++];
        const auto known = nodes_.find(to);
        if (known == nodes_.end()) {
          enter(to, next(to));
        } else if (known->second.open) {
          nodes_.at(top.key).low = std::min(nodes_.at(top.key).low, known->second.number);
        }
        continue;
      }
      const Key key = top.key;
      path_.pop_back();
      const std::size_t low = nodes_.at(key).low;
      if (low == nodes_.at(key).number) tell(close(key));
      if (!path_.empty()) nodes_.at(path_.back().key).low = std::min(nodes_.at(path_.back().key).low, low);
    }
  }

 private:
  struct Node {
    std::size_t number, low;
    bool open = true;  // on the stack
  };
  struct Frame {
    Key key;
    std::vector<Key> next;
    std::size_t at = 0;
  };
  void enter(const Key& key, std::vector<Key> next) {
    nodes_.emplace(key, Node{nodes_.size(), nodes_.size()});
    stack_.push_back(key);
    path_.push_back({key, std::move(next)});
  }
  std::vector<Key> close(const Key& first) {
    std::vector<Key> members;
    do {
      members.push_back(stack_.back());
      nodes_.at(members.back()).open = false;
      stack_.pop_back();
    } while (!(members.back() == first));
    return members;
  }

  std::map<Key, Node> nodes_;
  std::vector<Key> stack_;
  std::vector<Frame> path_;
};

// Nearer is better; of equally near ones the surer, then the earlier in the text.
bool is_better(const Reach& candidate, const Reach& best) {
  return !best.reached || candidate.distance < best.distance ||
         (candidate.distance == best.distance && candidate.doubts < best.doubts);
}

}  // namespace

// What a function may run that is not explored yet.
std::vector<FunctionKey> Effects::unexplored_calls(const FunctionKey& f) {
  std::vector<FunctionKey> found;
  const At at{f.module, f.unit};
  const auto& uses = linker_.unit(at).data->uses().uses;
  for (std::uint32_t u = 0; u < uses.size(); ++u) {
    if (uses[u].function != f.function || !runs(at, uses[u])) continue;
    for (const ResolvedUse::Target& target : resolved(at, u).targets) {
      if (explored(target.function) == nullptr) found.push_back(target.function);
    }
  }
  return found;
}

std::uint8_t Effects::doubts(At at, std::uint32_t use, const ResolvedUse::Target& target, Effect effect) {
  const ResolvedUse& r = resolved(at, use);
  bool sure = !r.choice;
  if (!sure && r.only_targets) {
    sure = true;
    for (const ResolvedUse::Target& other : r.targets) {
      const Explored* known = explored(other.function);
      sure &= known != nullptr && known->reach[static_cast<std::size_t>(effect)].reached;
    }
  }
  return static_cast<std::uint8_t>((target.probable || !sure ? 1 : 0) +
                                   (linker_.unit(at).data->uses().uses[use].by_type ? 1 : 0));
}

// What one use brings to its function: its own fact, and what its targets have.
void Effects::offer_all(const FunctionKey& f, std::uint32_t u, Explored& best) {
  const At at{f.module, f.unit};
  const Use& use = linker_.unit(at).data->uses().uses[u];
  const ResolvedUse& resolved_use = resolved(at, u);
  auto offer = [&](Effect effect, Reach candidate, const ResolvedUse::Target* target = nullptr) {
    if (candidate.doubts > kMaxDoubts) return;
    if (use.asks && effect == Effect::needs_no_loop) return;
    const bool rarely =
        effect == Effect::blocks && (use.once || off_by_default(linker_, at, use) || remembers(linker_, f));
    Reach& reach = best.reach[static_cast<std::size_t>(rarely ? Effect::blocks_a_bit : effect)];
    if (!is_better(candidate, reach)) return;
    reach = std::move(candidate);
    if (target != nullptr && target->receiver != kNone) {
      const auto& classes = linker_.index(target->receiver_module).tables->classes;
      reach.receiver = std::hash<std::string_view>()(classes[target->receiver].qualname);
    }
    if (!use.flag.empty())
      reach.flag = std::hash<std::string_view>()(use.flag) * 4 + use.flag_holds * 2 + use.flag_none + 1;
  };
  const BlockingFact* fact = resolved_use.fact;
  if (fact != nullptr && (!fact->lazy || use.consumed || use.kind != UseKind::call)) {
    auto doubt = static_cast<std::uint8_t>(resolved_use.fact_probable + (use.by_type ? 1 : 0));
    if (auto effect = effect_of(*fact)) offer(*effect, {true, doubt, 0, u, {}, fact, resolved_use.origin});
  }
  for (const ResolvedUse::Target& target : resolved_use.targets) {
    if (explored(target.function) == nullptr) continue;
    for (std::size_t e = 0; e < kEffects; ++e) {
      auto effect = static_cast<Effect>(e);
      std::optional<Reach> theirs = step_through(at, u, target, effect);
      if (!theirs || theirs->distance + 1 > 60000) continue;
      const bool brief = effect == Effect::blocks && is_setup(linker_, target.function, *theirs);
      offer(brief ? Effect::blocks_a_bit : effect,
            {true, static_cast<std::uint8_t>(theirs->doubts + doubts(at, u, target, effect)),
             static_cast<std::uint16_t>(theirs->distance + 1), u, target.function, theirs->fact, theirs->origin},
            &target);
    }
  }
}

Effects::Explored Effects::best_of(const FunctionKey& f) {
  Explored best;
  const At at{f.module, f.unit};
  const auto& uses = linker_.unit(at).data->uses().uses;
  for (std::uint32_t u = 0; u < uses.size(); ++u) {
    if (uses[u].function == f.function && runs(at, uses[u])) offer_all(f, u, best);
  }
  return best;
}

// Functions that call each other: what is nearest is known first, and what is known stays.
void Effects::explore_circle(const std::vector<FunctionKey>& members) {
  struct Found {
    FunctionKey function;
    std::size_t effect;
    Reach reach;
  };
  for (std::vector<Found> nearest;; nearest.clear()) {
    for (const FunctionKey& f : members) {
      Explored best = best_of(f);
      for (std::size_t e = 0; e < kEffects; ++e) {
        Reach& reach = best.reach[e];
        if (!reach.reached || to_explore(f).reach[e].reached) continue;
        if (!nearest.empty() && nearest.front().reach.distance < reach.distance) continue;
        if (!nearest.empty() && nearest.front().reach.distance > reach.distance) nearest.clear();
        nearest.push_back({f, e, std::move(reach)});
      }
    }
    if (nearest.empty()) return;
    for (Found& found : nearest) to_explore(found.function).reach[found.effect] = std::move(found.reach);
  }
}

void Effects::explore(const FunctionKey& from) {
  auto next = [&](const FunctionKey& f) { return unexplored_calls(f); };
  Components().each(from, next, [&](const std::vector<FunctionKey>& members) {
    for (const FunctionKey& f : members) to_explore(f);
    if (members.size() > 1) return explore_circle(members);
    to_explore(members.front()) = best_of(members.front());
  });
}

// The nearest way through a target, from what is explored so far; where the call's arguments rule out its first step,
// the nearest of the others.
std::optional<Reach> Effects::step_through(At at, std::uint32_t u, const ResolvedUse::Target& target, Effect effect) {
  const Explored* known = explored(target.function);
  if (known == nullptr) return std::nullopt;
  const Reach& nearest = known->reach[static_cast<std::size_t>(effect)];
  if (!nearest.reached) return std::nullopt;
  const At there{target.function.module, target.function.unit};
  const auto& theirs = linker_.unit(there).data->uses().uses;
  const UnitData& here = *linker_.unit(at).data;
  const Use& from = here.uses().uses[u];
  const Call* call = from.kind == UseKind::call ? &here.facts->calls[from.call] : nullptr;
  const Passed passed{at, there, call, target.function.function, target.receiver != kNone};
  auto taken = [&](std::uint32_t s) {
    const BlockingFact* fact = resolved(there, s).fact;
    if (fact != nullptr && excused_by_argument(linker_, passed, theirs[s], *fact)) return false;
    return theirs[s].flag.empty() ||
           runs_for(linker_, at, from, there, passed.function, passed.bound, theirs[s]).value_or(true);
  };
  if (taken(nearest.use)) return nearest;
  std::optional<Reach> best;
  for (std::uint32_t s = 0; s < theirs.size(); ++s) {
    if (theirs[s].function != target.function.function || !runs(there, theirs[s]) || !taken(s)) continue;
    const ResolvedUse& resolved_use = resolved(there, s);
    auto doubt = static_cast<std::uint8_t>(theirs[s].by_type ? 1 : 0);
    bool own = resolved_use.fact != nullptr && effect_of(*resolved_use.fact, theirs[s]) == effect &&
               (!resolved_use.fact->lazy || theirs[s].consumed || theirs[s].kind != UseKind::call);
    const auto own_doubt = static_cast<std::uint8_t>(doubt + resolved_use.fact_probable);
    if (own && (!best || best->distance > 0 || own_doubt < best->doubts)) {
      best = Reach{true, own_doubt, 0, s, {}, resolved_use.fact, resolved_use.origin};
    }
    for (const ResolvedUse::Target& next : resolved_use.targets) {
      const Explored* further = explored(next.function);
      if (further == nullptr) continue;
      const Reach& reach = further->reach[static_cast<std::size_t>(effect)];
      if (!reach.reached || (best && best->distance <= reach.distance + 1)) continue;
      best = Reach{true,
                   static_cast<std::uint8_t>(reach.doubts + doubts(there, s, next, effect)),
                   static_cast<std::uint16_t>(reach.distance + 1),
                   s,
                   next.function,
                   reach.fact,
                   reach.origin};
    }
  }
  return best;
}

}  // namespace awaitd::analysis
