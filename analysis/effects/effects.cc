#include "analysis/effects/effects.h"

#include <algorithm>
#include <deque>

#include "analysis/effects/burden.h"
#include "analysis/effects/estimate.h"
#include "analysis/effects/excuses.h"
#include "analysis/effects/flags.h"
#include "analysis/effects/names.h"
#include "analysis/effects/setup.h"
#include "analysis/effects/switches.h"
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
    case BlockingKind::logging:
      return std::nullopt;
    // A lock that others hold only for a moment is accepted practice; what certainly waits is not.
    case BlockingKind::wait:
      return fact.strength == Strength::certain ? std::optional(Effect::blocks) : std::nullopt;
    case BlockingKind::console:
      return fact.strength == Strength::small ? std::nullopt : std::optional(Effect::blocks);
    // Starting a process takes a moment; waiting for one is another fact.
    case BlockingKind::subprocess:
      return fact.strength == Strength::certain || fact.usual == "unbounded" ? Effect::blocks : Effect::blocks_a_bit;
    default:
      return fact.strength == Strength::small ? Effect::blocks_a_bit : Effect::blocks;
  }
}

std::optional<Effect> effect_of(const BlockingFact& fact, const Use& use) {
  std::optional<Effect> effect = effect_of(fact);
  if (use.once && effect == Effect::blocks) return Effect::blocks_a_bit;
  return effect;
}

Effects::Effects(Linker& linker, int python_minor)
    : linker_(linker), python_minor_(python_minor), estimates_(std::make_unique<Estimator>(*this)) {}
Effects::~Effects() = default;

Waits& Effects::waits() {
  if (!waits_) waits_ = std::make_unique<Waits>(linker_);
  return *waits_;
}

bool Effects::runs(At at, const Use& use) {
  if (use.guarded || (use.python_below != 0 && python_minor_ >= use.python_below)) return false;
  if (use.condition == 0) return true;
  auto known = linker_.constant(linker_.unit(at).data->uses().terms, use.condition, at);
  return !known || *known == use.condition_holds;
}

const ResolvedUse& Effects::resolved(At at, std::uint32_t use) {
  auto key = std::make_pair(at, use);
  if (installed(at.module)) {
    if (const ResolvedUse* known = resolved_in_packages_.find(key)) return *known;
    ResolvedUse made = resolve(at, linker_.unit(at).data->uses().uses[use]);
    return resolved_in_packages_.own(key) = std::move(made);
  }
  auto it = resolved_.find(key);
  if (it == resolved_.end()) {
    it = resolved_.emplace(key, resolve(at, linker_.unit(at).data->uses().uses[use])).first;
  }
  return it->second;
}

// A way out of a package into the project says nothing of the package, and what runs when an object goes away runs at
// no time that anybody could name. A way into one is probable, like all that is known of packages.
ResolvedUse Effects::resolve(At at, const Use& use) {
  ResolvedUse out = resolved_from(at, use);
  const bool theirs = installed(at.module);
  std::erase_if(out.targets, [&](const ResolvedUse::Target& target) {
    if (!installed(target.function.module)) return theirs;
    const At there{target.function.module, target.function.unit};
    return linker_.unit(there).data->exports->functions[target.function.function].name == "__del__";
  });
  for (ResolvedUse::Target& target : out.targets) target.probable |= !theirs && installed(target.function.module);
  return out;
}

ResolvedUse Effects::resolved_from(At at, const Use& use) {
  ResolvedUse out;
  out.only_targets = true;
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
    } else if (v.kind == ValueKind::instance && !use.async && use.kind == UseKind::iterate) {
      origin += ".__iter__";
      fact = linker_.knowledge().blocking(origin);
    } else if (v.kind == ValueKind::instance && !use.async && use.kind == UseKind::enter) {
      origin += ".__enter__";
      fact = linker_.knowledge().blocking(origin);
      if (fact == nullptr) {
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
  out.fact_probable |= values.unknown || others > 0 || use.some_platforms;
  out.choice = values.unknown || blocking + others > 1;
  out.only_targets = !values.unknown && blocking == 0 && out.only_targets;
  for (ResolvedUse::Target& target : out.targets) target.probable |= use.awaited || use.some_platforms;
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

void Effects::add_target(ResolvedUse& out, const Value& f, bool probable) {
  ResolvedUse::Target target;
  target.function = {f.module, f.unit, f.id};
  target.probable = probable || f.probable;
  if (f.inner && !f.inner->values.empty()) {
    const Value& receiver = f.inner->values.front();
    if (receiver.kind == ValueKind::object || receiver.kind == ValueKind::cls) {
      target.receiver_module = receiver.module;
      target.receiver = receiver.id;
    }
  }
  out.targets.push_back(target);
}

void Effects::add_value(ResolvedUse& out, const Use& use, const Value& v) {
  const std::size_t before = out.targets.size();
  switch (use.kind) {
    case UseKind::call:
      if (v.kind == ValueKind::function) {
        const Signature& s = linker_.signature(v);
        if (!s.async && !s.generator) add_target(out, v, false);
        if (v.around) {
          for (const Value& wrapper : v.around->values) {
            if (!linker_.signature(wrapper).async) add_target(out, wrapper, v.probable);
          }
        }
        if (!s.async && !s.generator && v.inner && linker_.is_abstract(v)) {
          for (const Value& f : linker_.overrides(v)) {
            if (!linker_.signature(f).async && !linker_.signature(f).generator) add_target(out, f, true);
          }
        }
      } else if (v.kind == ValueKind::cls) {
        add_functions(out, v, "__init__", v.probable);
        add_functions(out, v, "__new__", v.probable);
        add_functions(out, v, "__post_init__", v.probable);
      } else if (v.kind == ValueKind::object) {
        add_functions(out, v, "__call__", v.probable);
      }
      break;
    case UseKind::consume:
    case UseKind::iterate:
      if (use.async) break;
      if (v.kind == ValueKind::generator && v.id != 0 && !linker_.signature(v).async) add_target(out, v, false);
      if (v.kind == ValueKind::object) {
        add_functions(out, v, "__iter__", v.probable);
        add_functions(out, v, "__next__", v.probable);
      }
      break;
    case UseKind::enter:
      if (use.async) break;
      // A context manager made by a generator function.
      if (v.kind == ValueKind::instance && v.id != 0 && !linker_.signature(v).async) add_target(out, v, false);
      if (v.kind == ValueKind::object) {
        add_functions(out, v, "__enter__", v.probable);
        add_functions(out, v, "__exit__", v.probable);
      }
      break;
    case UseKind::special:
      if (v.kind == ValueKind::object) add_functions(out, v, use.name, v.probable);
      break;
    case UseKind::read:
    case UseKind::write:
      if (v.kind == ValueKind::object) add_properties(out, use, v);
      break;
  }
  out.only_targets &= out.targets.size() > before;
}

void Effects::add_functions(ResolvedUse& out, const Value& object, std::string_view method, bool probable) {
  for (const Value& f : linker_.member_functions(object, method)) {
    const Signature& s = linker_.signature(f);
    if (s.async || (s.generator && method != "__iter__")) continue;
    add_target(out, f, probable);
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
      add_target(out, f, object.probable);
      if (!getter || !linker_.is_abstract(f)) continue;
      for (const Value& other : linker_.overrides(f)) add_target(out, other, true);
    }
  }
  for (const Value& f : linker_.property_functions(object, use.name, use.kind == UseKind::write)) {
    if (!linker_.signature(f).async) add_target(out, f, object.probable);
  }
}

const Effects::Explored* Effects::explored(const FunctionKey& function) const {
  if (installed(function.module)) return explored_in_packages_.find(function);
  const auto it = explored_.find(function);
  return it == explored_.end() ? nullptr : &it->second;
}

Effects::Explored& Effects::to_explore(const FunctionKey& function) {
  return installed(function.module) ? explored_in_packages_.own(function) : explored_[function];
}

std::optional<Reach> Effects::through(At at, std::uint32_t use, const ResolvedUse::Target& target, Effect effect) {
  reach(target.function, effect);
  return step_through(at, use, target, effect);
}

const Reach& Effects::reach(const FunctionKey& function, Effect effect) {
  if (explored(function) == nullptr) explore(function);
  return explored(function)->reach[static_cast<std::size_t>(effect)];
}

FunctionKey moved(const FunctionKey& key, const UnitShift& shift) {
  return key.module == 0 ? FunctionKey{0, shift.now(key.unit), key.function} : key;
}

void Effects::units_change(std::span<const std::uint32_t> units) {
  memo_.units_change(units);
  before_.take(explored_);
  estimates_->units_change();
  for (std::uint32_t unit : units) {
    resolved_.erase(resolved_.lower_bound({{0, unit}, 0}), resolved_.lower_bound({{0, unit + 1}, 0}));
  }
}

void Effects::succeed(const Effects& before, const UnitShift& shift) {
  auto take = [&](const FunctionKey& key, Explored told) {
    const FunctionKey now = moved(key, shift);
    if (now.unit == kNone) return;
    for (Reach& reach : told.reach) reach.next = moved(reach.next, shift);
    before_.add(now, std::move(told));
  };
  before.before_.each(take);
  for (const auto& [key, told] : before.explored_) take(key, told);
  resolved_in_packages_.succeed(before.resolved_in_packages_);
  explored_in_packages_.succeed(before.explored_in_packages_);
  estimates_->succeed(*before.estimates_, shift);
}

void Effects::succeed(const Effects& before) {
  auto take = [&](const FunctionKey& key, const Explored& told) {
    if (key.module == 0) before_.add(key, told);
  };
  before.before_.each(take);
  for (const auto& [key, told] : before.explored_) take(key, told);
  resolved_in_packages_.succeed(before.resolved_in_packages_);
  explored_in_packages_.succeed(before.explored_in_packages_);
  estimates_->succeed(*before.estimates_);
}

const Effects::Explored* Effects::now(const FunctionKey& function) {
  if (function.function >= linker_.unit({function.module, function.unit}).data->facts->functions.size()) return nullptr;
  reach(function, Effect::blocks);
  return explored(function);
}

bool Effects::differs(std::uint32_t unit) {
  auto is_here = [&](const FunctionKey& key) { return key.module == 0 && key.unit == unit; };
  const bool reach = before_.differs({0, unit, 0}, is_here, [&](const FunctionKey& key) { return now(key); });
  return estimates_->differs(unit) || reach;
}

void Effects::start_over() {
  before_.clear();
  estimates_->start_over();
}

void Effects::settle() {
  before_.settle(explored_, [&](const FunctionKey& key) { now(key); });
  estimates_->settle();
}

}  // namespace awaitd::analysis
