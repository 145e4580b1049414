#include "analysis/effects/effects.h"

#include <algorithm>
#include <deque>

#include "analysis/effects/burden.h"
#include "analysis/effects/estimate.h"
#include "analysis/effects/excuses.h"
#include "analysis/effects/names.h"
#include "analysis/effects/waits.h"

namespace awaitd::analysis {

std::optional<Effect> effect_of(const BlockingFact& fact) {
  switch (fact.kind) {
    case BlockingKind::cpu:
      if (burden_of(fact) == Burden::none) return std::nullopt;
      return burden_of(fact) == Burden::heavy ? Effect::burns_cpu : Effect::burns_cpu_a_bit;
    case BlockingKind::loop_bridge:
      return fact.strength == Strength::certain ? std::optional(Effect::needs_no_loop) : std::nullopt;
    case BlockingKind::import_:
    case BlockingKind::logging: return std::nullopt;
    // A lock that others hold only for a moment is accepted practice; what certainly waits is not.
    case BlockingKind::wait:
      return fact.strength == Strength::certain ? std::optional(Effect::blocks) : std::nullopt;
    case BlockingKind::console:
      return fact.strength == Strength::small ? std::nullopt : std::optional(Effect::blocks);
    default: return fact.strength == Strength::small ? Effect::blocks_a_bit : Effect::blocks;
  }
}

std::optional<Effect> effect_of(const BlockingFact& fact, const Use& use) {
  std::optional<Effect> effect = effect_of(fact);
  if (use.once && effect == Effect::blocks) return Effect::blocks_a_bit;
  return effect;
}

Effects::Effects(Linker& linker) : linker_(linker), estimates_(std::make_unique<Estimator>(*this)) {}
Effects::~Effects() = default;

Waits& Effects::waits() {
  if (!waits_) waits_ = std::make_unique<Waits>(linker_);
  return *waits_;
}

const ResolvedUse& Effects::resolved(At at, std::uint32_t use) {
  auto key = std::make_pair(at, use);
  auto it = resolved_.find(key);
  if (it == resolved_.end()) {
    it = resolved_.emplace(key, resolve(at, linker_.unit(at).data->uses().uses[use])).first;
  }
  return it->second;
}

ResolvedUse Effects::resolve(At at, const Use& use) {
  ResolvedUse out;
  const UnitData& data = *linker_.unit(at).data;
  ValueSet values = linker_.values(data.uses().terms, use.target, at);
  std::size_t blocking = 0, others = 0;
  bool coroutine = false;
  for (const Value& v : values.values) coroutine |= v.kind == ValueKind::function && linker_.signature(v).async;
  for (const Value& v : values.values) {
    if (v.kind == ValueKind::none) continue;
    // What is awaited is the coroutine function of the two.
    if (use.awaited && coroutine && !(v.kind == ValueKind::function && linker_.signature(v).async)) continue;
    std::string origin = v.name;
    const BlockingFact* fact = nullptr;
    if (use.kind == UseKind::call && v.kind == ValueKind::external && !use.awaited) {
      fact = linker_.knowledge().blocking(origin);
    } else if (v.kind == ValueKind::instance && use.kind == UseKind::call && !use.awaited) {
      origin += ".__call__";
      fact = linker_.knowledge().blocking(origin);
    } else if (v.kind == ValueKind::object && use.kind == UseKind::call && !use.awaited) {
      fact = inherited_call(v, origin);
    } else if (v.kind == ValueKind::instance && !use.async) {
      if (use.kind == UseKind::iterate) origin += ".__iter__";
      if (use.kind == UseKind::enter) origin += ".__enter__";
      // Attributes: a method that is only mentioned (passed on) is no call, and what is set on a result is no call of its maker.
      if (use.kind == UseKind::iterate || use.kind == UseKind::enter) fact = linker_.knowledge().blocking(origin);
      if (fact == nullptr && use.kind == UseKind::enter) {
        origin = v.name + ".__exit__";
        fact = linker_.knowledge().blocking(origin);
      }
    }
    if (fact != nullptr && !excused(linker_, at, use, *fact)) {
      ++blocking;
      if (out.fact == nullptr) {
        out.fact = fact;
        out.origin = origin;
      }
      out.fact_probable |= v.probable;
    } else {
      ++others;
    }
    add_value(out, use, v);
  }
  out.fact_probable |= values.unknown || others > 0;
  for (ResolvedUse::Target& target : out.targets) target.probable |= values.unknown || values.values.size() > 1 || use.awaited;
  return out;
}

// model(x), where a class outside the project says what calling its objects does.
const BlockingFact* Effects::inherited_call(const Value& object, std::string& origin) {
  Linker::ExternalBases external;
  if (!linker_.find_member(object.module, object.id, "__call__", external).empty()) return nullptr;
  for (const std::string& base : external.names) {
    const BlockingFact* fact = linker_.knowledge().blocking(base + ".__call__");
    if (fact == nullptr) continue;
    origin = base + ".__call__";
    return fact;
  }
  return nullptr;
}

void Effects::add_value(ResolvedUse& out, const Use& use, const Value& v) {
  auto key = [](const Value& f) { return FunctionKey{f.module, f.unit, f.id}; };
  switch (use.kind) {
    case UseKind::call:
      if (v.kind == ValueKind::function) {
        const Signature& s = linker_.signature(v);
        if (!s.async && !s.generator) out.targets.push_back({key(v), v.probable});
      } else if (v.kind == ValueKind::cls) {
        add_functions(out, v, "__init__", v.probable);
        add_functions(out, v, "__new__", v.probable);
        add_functions(out, v, "__post_init__", v.probable);
      } else if (v.kind == ValueKind::object) {
        add_functions(out, v, "__call__", v.probable);
      }
      return;
    case UseKind::iterate:
      if (use.async) return;
      if (v.kind == ValueKind::generator && v.id != 0 && !linker_.signature(v).async) out.targets.push_back({key(v), v.probable});
      if (v.kind == ValueKind::object) {
        add_functions(out, v, "__iter__", v.probable);
        add_functions(out, v, "__next__", v.probable);
      }
      return;
    case UseKind::enter:
      if (use.async) return;
      // A context manager made by a generator function.
      if (v.kind == ValueKind::instance && v.id != 0 && !linker_.signature(v).async) out.targets.push_back({key(v), v.probable});
      if (v.kind == ValueKind::object) {
        add_functions(out, v, "__enter__", v.probable);
        add_functions(out, v, "__exit__", v.probable);
      }
      return;
    case UseKind::read:
    case UseKind::write:
      if (v.kind == ValueKind::object) add_properties(out, use, v);
      return;
  }
}

void Effects::add_functions(ResolvedUse& out, const Value& object, std::string_view method, bool probable) {
  for (const Value& f : linker_.member_functions(object, method)) {
    const Signature& s = linker_.signature(f);
    if (s.async || (s.generator && method != "__iter__")) continue;
    out.targets.push_back({{f.module, f.unit, f.id}, probable || f.probable});
  }
}

// `obj.name` runs the getter, `obj.name = x` the setter; a method that is only mentioned runs nothing.
void Effects::add_properties(ResolvedUse& out, const Use& use, const Value& object) {
  for (const Value& f : linker_.member_functions(object, use.name)) {
    bool getter = false, setter = false;
    for (std::string_view effect : linker_.decorator_effects(f)) getter |= effect == "property";
    const Exports& exports = *linker_.unit({f.module, f.unit}).data->exports;
    for (TermId d : exports.functions[f.id].decorators) {
      const Term& t = exports.terms[d];
      setter |= t.kind == TermKind::attribute && t.text == "setter";
    }
    if (linker_.signature(f).async) continue;
    if ((use.kind == UseKind::read && getter) || (use.kind == UseKind::write && setter)) {
      out.targets.push_back({{f.module, f.unit, f.id}, object.probable});
    }
  }
}

// Every function that running `from` can reach by sync calls, in the order met; already explored ones end a path.
std::vector<FunctionKey> Effects::closure(const FunctionKey& from) {
  std::vector<FunctionKey> order{from};
  std::map<FunctionKey, bool> seen{{from, true}};
  for (std::size_t i = 0; i < order.size(); ++i) {
    FunctionKey f = order[i];
    At at{f.module, f.unit};
    const auto& uses = linker_.unit(at).data->uses().uses;
    for (std::uint32_t u = 0; u < uses.size(); ++u) {
      if (uses[u].function != f.function || uses[u].guarded) continue;
      for (const ResolvedUse::Target& target : resolved(at, u).targets) {
        if (explored_.count(target.function) == 0 && seen.emplace(target.function, true).second) {
          order.push_back(target.function);
        }
      }
    }
  }
  return order;
}

// Shortest chains for everything reachable: breadth-first from the functions that do it themselves.
void Effects::explore(const FunctionKey& from) {
  std::vector<FunctionKey> members = closure(from);
  for (const FunctionKey& f : members) explored_[f];
  bool improved = true;
  for (int round = 0; improved; ++round) {
    improved = false;
    for (const FunctionKey& f : members) {
      At at{f.module, f.unit};
      Explored& mine = explored_[f];
      const auto& uses = linker_.unit(at).data->uses().uses;
      for (std::uint32_t u = 0; u < uses.size(); ++u) {
        if (uses[u].function != f.function || uses[u].guarded) continue;
        const ResolvedUse& use = resolved(at, u);
        auto offer = [&](Effect effect, Reach candidate) {
          candidate.doubts = static_cast<std::uint8_t>(candidate.doubts + (uses[u].by_type ? 1 : 0));
          if (candidate.doubts > kMaxDoubts) return;
          if (uses[u].asks && effect == Effect::needs_no_loop) return;
          if (uses[u].once && effect == Effect::blocks) effect = Effect::blocks_a_bit;
          Reach& best = mine.reach[static_cast<std::size_t>(effect)];
          // Nearer wins; of equally near ones the surer, then the earlier in the text.
          bool better = !best.reached || candidate.distance < best.distance ||
                        (candidate.distance == best.distance && candidate.doubts < best.doubts);
          if (!better) return;
          best = std::move(candidate);
          improved = true;
        };
        if (use.fact != nullptr && round == 0) {
          if (auto effect = effect_of(*use.fact)) offer(*effect, {true, static_cast<std::uint8_t>(use.fact_probable), 0, u, {}, use.fact, use.origin});
        }
        for (const ResolvedUse::Target& target : use.targets) {
          auto it = explored_.find(target.function);
          if (it == explored_.end()) continue;
          for (std::size_t e = 0; e < kEffects; ++e) {
            const Reach& theirs = it->second.reach[e];
            if (!theirs.reached || theirs.distance + 1 > 60000) continue;
            offer(static_cast<Effect>(e), {true, static_cast<std::uint8_t>(theirs.doubts + target.probable),
                                           static_cast<std::uint16_t>(theirs.distance + 1), u, target.function,
                                           theirs.fact, theirs.origin});
          }
        }
      }
    }
  }
}

const Reach& Effects::reach(const FunctionKey& function, Effect effect) {
  if (explored_.count(function) == 0) explore(function);
  return explored_[function].reach[static_cast<std::size_t>(effect)];
}

std::vector<ChainStep> Effects::chain(const FunctionKey& function, Effect effect) {
  std::vector<ChainStep> steps;
  FunctionKey at = function;
  for (int limit = 0; limit < 64; ++limit) {
    const Reach& r = reach(at, effect);
    if (!r.reached) break;
    ChainStep step{at, r.use, {}};
    std::string who = short_name(linker_, at);
    if (r.distance == 0) {
      step.text = who + " calls `" + short_origin(linker_.knowledge(), r.origin) + "`";
      steps.push_back(std::move(step));
      break;
    }
    step.text = who + " runs " + short_name(linker_, r.next);
    steps.push_back(std::move(step));
    at = r.next;
  }
  return steps;
}

FunctionKey moved(const FunctionKey& key, const UnitShift& shift) {
  return key.module == 0 ? FunctionKey{0, shift.now(key.unit), key.function} : key;
}

void Effects::units_change(std::span<const std::uint32_t> units) {
  if (!unsettled_) before_ = std::move(explored_);
  explored_.clear();
  estimates_->units_change(!unsettled_);
  unsettled_ = true;
  for (std::uint32_t unit : units) {
    resolved_.erase(resolved_.lower_bound({{0, unit}, 0}), resolved_.lower_bound({{0, unit + 1}, 0}));
  }
}

void Effects::succeed(const Effects& before, const UnitShift& shift) {
  for (const auto& [key, told] : before.unsettled_ ? before.before_ : before.explored_) {
    FunctionKey now = moved(key, shift);
    if (now.unit == kNone) continue;
    Explored& explored = before_.emplace(now, told).first->second;
    for (Reach& reach : explored.reach) reach.next = moved(reach.next, shift);
  }
  estimates_->succeed(*before.estimates_, before.unsettled_, shift);
  unsettled_ = true;
}

bool Effects::differs(std::uint32_t unit) {
  auto is_here = [&](const FunctionKey& key) { return key.module == 0 && key.unit == unit; };
  for (auto it = before_.lower_bound({0, unit, 0}); it != before_.end() && is_here(it->first); ++it) {
    if (it->first.function >= linker_.unit({0, unit}).data->facts->functions.size()) return true;
    reach(it->first, Effect::blocks);
    if (!(explored_[it->first] == it->second)) return true;
  }
  return estimates_->differs(unit);
}

void Effects::settle() {
  explored_.merge(before_);
  estimates_->settle();
  before_.clear();
  unsettled_ = false;
}

}  // namespace awaitd::analysis
