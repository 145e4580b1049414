#include "analysis/effects/estimate.h"

#include <algorithm>
#include <cmath>

namespace awaitd::analysis {
namespace {

constexpr std::size_t kMaxCalls = 12;  // deepest chain of calls followed
constexpr int kMaxSteps = 4000;        // functions looked at for one question

const Costs& costs_of(Linker& linker, At at) { return linker.unit(at).data->uses().costs; }

double apply(SizeKind kind, double a, double b) {
  switch (kind) {
    case SizeKind::add:
      return a + b;
    case SizeKind::subtract:
      return std::max(0.0, a - b);
    case SizeKind::multiply:
      return a * b;
    case SizeKind::divide:
      return b > 0 ? a / b : -1;
    case SizeKind::power:
      return b <= 64 ? std::pow(a, b) : -1;
    case SizeKind::least:
      return std::min(a, b);
    case SizeKind::most:
      return std::max(a, b);
    default:
      return -1;
  }
}

}  // namespace

// A module that has its own `range` means that one, where it says so.
bool Estimator::plain_builtins(At at) {
  auto [it, fresh] = redefined_.try_emplace(at.module);
  if (fresh) {
    const auto& globals = effects_.linker().index(at.module).tables->globals;
    for (const char* name : {"range", "len", "list", "sum", "enumerate", "sorted", "int", "zip", "map", "min", "max"}) {
      if (globals.contains(name)) it->second.push_back(mention_hash(name));
    }
    std::sort(it->second.begin(), it->second.end());
  }
  return it->second.empty() || !effects_.linker().unit(at).mentions_any(it->second);
}

double Estimator::size(At at, FunctionId function, SizeId id, const Sizes& own) {
  if (id == 0) return -1;
  const Costs& costs = costs_of(effects_.linker(), at);
  const Size& s = costs.sizes[id];
  switch (s.kind) {
    case SizeKind::unknown:
      return -1;
    case SizeKind::number:
      return s.number;
    case SizeKind::term: {
      ValueSet meaning = effects_.linker().values(effects_.linker().unit(at).data->uses().terms, s.term, at);
      if (meaning.unknown || meaning.values.size() != 1) return -1;
      return static_cast<double>(meaning.values[0].number);
    }
    case SizeKind::value:
    case SizeKind::length: {
      bool value = s.kind == SizeKind::value;
      for (std::uint32_t p = 0; p < costs.parameters.size(); ++p) {
        const SizeParameter& parameter = costs.parameters[p];
        if (parameter.function != function || parameter.name != s.name) continue;
        for (const SizeOf& known : own) {
          if (known.parameter == p) return value ? known.value : known.length;
        }
        // A default is worked out where the def stands: `def step(n=n)` means the outer n.
        const FunctionId outside = effects_.linker().unit(at).data->facts->functions[function].parent;
        if (outside == kNone) return -1;
        return size(at, outside, value ? parameter.value : parameter.length, own);
      }
      return -1;
    }
    default: {
      double a = size(at, function, s.a, own), b = size(at, function, s.b, own);
      return a < 0 || b < 0 ? -1 : apply(s.kind, a, b);
    }
  }
}

// How often the body of a loop runs before another task may.
double Estimator::rounds(At at, std::uint32_t loop, const Sizes& own) {
  const Costs& costs = costs_of(effects_.linker(), at);
  double all = 1;
  for (int l = static_cast<int>(loop); l >= 0; l = costs.loops[static_cast<std::size_t>(l)].outer) {
    const LoopCost& one = costs.loops[static_cast<std::size_t>(l)];
    if (one.lazy) return 0;
    if (one.suspends) break;
    double n = one.ends_early ? -1 : size(at, one.function, one.size, own);
    if (n >= 0) all *= n;
  }
  return all;
}

void Estimator::add_loop(Estimate& to, double& most, At at, std::uint32_t id, const Sizes& own) {
  const LoopCost& loop = costs_of(effects_.linker(), at).loops[id];
  if (loop.suspends || loop.lazy) return;
  double n = rounds(at, id, own);
  double ms = n * loop.nanoseconds / 1e6;
  to.milliseconds += ms;
  if (ms <= most) return;
  most = ms;
  to.rounds = n;
  to.path = {{{at.module, at.unit, loop.function}, kNone, id}};
}

void Estimator::add_call(Estimate& to, double& most, At at, const CallCost& cost, const Sizes& own,
                         double ignore_from) {
  if (cost.use == kNone) return;
  double n = cost.loop < 0 ? 1 : rounds(at, static_cast<std::uint32_t>(cost.loop), own);
  if (n <= 0) return;
  Estimate once = call(at, cost.use, own);
  if (once.milliseconds <= 0 || once.milliseconds >= ignore_from) return;
  double ms = n * once.milliseconds;
  to.milliseconds += ms;
  to.probable |= once.probable;
  if (ms <= most) return;
  most = ms;
  to.rounds = once.rounds * n;
  to.path = std::move(once.path);
}

Sizes Estimator::arguments(At at, const CallCost& call, const FunctionKey& key, int skipped, const Sizes& own) {
  Sizes sizes;
  Linker& linker = effects_.linker();
  const Costs& mine = costs_of(linker, at);
  const Costs& theirs = costs_of(linker, {key.module, key.unit});
  const Facts& facts = *linker.unit(at).data->facts;
  // A method's first parameter is its object, unless it stands in the call: Class.method(object).
  const IndexedUnit& home = linker.unit({key.module, key.unit});
  int shift = home.cls != kNone && key.function == 1 ? 1 : 0;
  Value self;
  self.kind = ValueKind::function;
  self.module = key.module;
  self.unit = key.unit;
  self.id = key.function;
  for (std::string_view effect : linker.decorator_effects(self)) shift = effect == "static" ? 0 : shift;
  shift -= skipped;
  auto given = [&](const SizeParameter& p) {
    int position = 0;
    for (const Argument& a : facts.arguments_of(facts.calls[call.call])) {
      if (a.stars != 0) return true;
      if (a.name.empty() ? p.index >= 0 && position++ + shift == p.index : a.name == p.name) return true;
    }
    return false;
  };
  for (std::uint32_t p = 0; p < theirs.parameters.size(); ++p) {
    const SizeParameter& parameter = theirs.parameters[p];
    if (parameter.function != key.function || !given(parameter)) continue;
    SizeOf known{p, -1, -1};
    for (std::uint32_t i = 0; i < call.count && call.complete; ++i) {
      const SizeArgument& a = mine.arguments[call.first + i];
      bool same = a.position >= 0 ? a.position + shift == parameter.index : a.keyword == parameter.name;
      if (!same) continue;
      known.value = size(at, call.function, a.value, own);
      known.length = size(at, call.function, a.length, own);
    }
    sizes.push_back(known);
  }
  return sizes;
}

const CallCost* Estimator::cost_of(At at, std::uint32_t use) const {
  for (const CallCost& cost : costs_of(effects_.linker(), at).calls) {
    if (cost.use == use) return &cost;
  }
  return nullptr;
}

Estimate Estimator::call(At at, std::uint32_t use, const Sizes& own) {
  Estimate longest;
  const ResolvedUse& resolved = effects_.resolved(at, use);
  if (resolved.targets.empty()) return longest;
  const CallCost* cost = cost_of(at, use);
  if (cost == nullptr) return longest;
  const std::vector<ResolvedUse::Target> targets = resolved.targets;
  for (const ResolvedUse::Target& target : targets) {
    Estimate one = function(target.function, arguments(at, *cost, target.function, 0, own));
    if (one.milliseconds <= longest.milliseconds) continue;
    longest = one;
    longest.probable |= target.probable;
  }
  if (longest.milliseconds <= 0) return longest;
  const Use& how = effects_.linker().unit(at).data->uses().uses[use];
  longest.probable |= how.by_type;
  if (how.once || how.guarded) longest.milliseconds = 0;
  longest.path.insert(longest.path.begin(), {{at.module, at.unit, how.function}, use, kNone});
  return longest;
}

Sizes Estimator::handed_sizes(At at, std::uint32_t use, const FunctionKey& key) {
  const CallCost* cost = cost_of(at, use);
  return cost == nullptr || !plain_builtins(at) ? Sizes() : arguments(at, *cost, key, 0, {});
}

Estimate Estimator::handed(At at, std::uint32_t use, const FunctionKey& key, int skipped, const Sizes& own) {
  const CallCost* cost = cost_of(at, use);
  if (cost == nullptr) return {};
  Estimate result = function(key, arguments(at, *cost, key, skipped, own));
  const Use& how = effects_.linker().unit(at).data->uses().uses[use];
  if (!result.path.empty()) result.path.insert(result.path.begin(), {{at.module, at.unit, how.function}, use, kNone});
  return result;
}

// What was found on the way round a cycle of functions holds for that way only, so it is not remembered.
Estimate Estimator::function(const FunctionKey& key, const Sizes& sizes) {
  if (effects_.linker().index(key.module).installed) return {};  // like one that nobody knows
  const bool busy = busy_.count(key) != 0;  // first, so that nothing hangs on what was asked before
  const auto known = known_.find({key, sizes});
  if (!busy && known != known_.end() && (!known->second.cut || (busy_.empty() && !known->second.inner)))
    return known->second;
  if (busy_.empty()) steps_ = 0;
  if (busy || busy_.size() > kMaxCalls || ++steps_ > kMaxSteps) {
    cut_ = true;
    return {};
  }
  const bool outer_cut = cut_;
  cut_ = false;
  busy_.insert(key);
  Estimate result = work_out(key, sizes);
  busy_.erase(key);
  result.cut = cut_;
  result.inner = cut_ && !busy_.empty();
  if (result.inner) {
    known_.try_emplace({key, sizes}, result);  // so that differs() asks for it
  } else {
    known_.insert_or_assign({key, sizes}, result);
  }
  cut_ |= outer_cut;
  if (busy_.empty()) cut_ = false;
  return result;
}

Estimate Estimator::work_out(const FunctionKey& key, const Sizes& sizes) {
  Estimate all;
  At at{key.module, key.unit};
  if (!plain_builtins(at)) return all;
  const Costs& costs = costs_of(effects_.linker(), at);
  double most = 0;
  for (std::uint32_t l = 0; l < costs.loops.size(); ++l) {
    if (costs.loops[l].function == key.function) add_loop(all, most, at, l, sizes);
  }
  for (const CallCost& cost : costs.calls) {
    if (cost.function == key.function) add_call(all, most, at, cost, sizes, 1e18);
  }
  return all;
}

Estimate Estimator::loop(At at, std::uint32_t id, const Sizes& own) {
  Estimate all;
  if (!plain_builtins(at)) return all;
  const Costs& costs = costs_of(effects_.linker(), at);
  auto inside = [&](int l) {
    for (; l >= 0; l = costs.loops[static_cast<std::size_t>(l)].outer) {
      if (l == static_cast<int>(id)) return true;
    }
    return false;
  };
  double most = 0;
  for (std::uint32_t l = id; l < costs.loops.size(); ++l) {
    if (inside(static_cast<int>(l))) add_loop(all, most, at, l, own);
  }
  for (const CallCost& cost : costs.calls) {
    if (inside(cost.loop)) add_call(all, most, at, cost, own, kFeltMilliseconds);
  }
  return all;
}

void Estimator::units_change() {
  before_.take(known_);
  redefined_.clear();
}

void Estimator::succeed(const Estimator& before, const UnitShift& shift) {
  auto take = [&](const Key& key, Estimate told) {
    const FunctionKey now = moved(key.first, shift);
    if (now.unit == kNone) return;
    for (Estimate::Step& step : told.path) step.function = moved(step.function, shift);
    before_.add({now, key.second}, std::move(told));
  };
  before.before_.each(take);
  for (const auto& [key, told] : before.known_) take(key, told);
}

void Estimator::succeed(const Estimator& before) {
  auto take = [&](const Key& key, const Estimate& told) {
    if (key.first.module == 0) before_.add(key, told);
  };
  before.before_.each(take);
  for (const auto& [key, told] : before.known_) take(key, told);
}

const Estimate* Estimator::now(const Key& key) {
  const At at{key.first.module, key.first.unit};
  if (key.first.function >= effects_.linker().unit(at).data->facts->functions.size()) return nullptr;
  now_ = function(key.first, key.second);
  return &now_;
}

bool Estimator::differs(std::uint32_t unit) {
  auto is_here = [&](const Key& key) { return key.first.module == 0 && key.first.unit == unit; };
  return before_.differs({FunctionKey{0, unit, 0}, Sizes{}}, is_here, [&](const Key& key) { return now(key); });
}

void Estimator::settle() {
  before_.settle(known_, [&](const Key& key) { now(key); });
}

}  // namespace awaitd::analysis
