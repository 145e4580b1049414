// The way from a function to what has an effect, step by step: told, and held against the object it starts from.
#include "analysis/effects/effects.h"
#include "analysis/effects/names.h"

namespace awaitd::analysis {

// Where a step leads, and by which target. What is felt a bit from here on may be felt in full behind it (offer_all).
std::optional<Reach> Effects::next_step(const FunctionKey& at, const Reach& reach, Effect effect, const ResolvedUse::Target** target) {
  const At where{at.module, at.unit};
  for (const ResolvedUse::Target& t : resolved(where, reach.use).targets) {
    if (!(t.function == reach.next)) continue;
    *target = &t;
    std::optional<Reach> next = through(where, reach.use, t, effect);
    const bool is_it = next && next->distance + 1 == reach.distance && next->fact == reach.fact;
    if (is_it || effect != Effect::blocks_a_bit) return next;
    std::optional<Reach> in_full = through(where, reach.use, t, Effect::blocks);
    return in_full ? in_full : next;
  }
  return std::nullopt;
}

// Follows the chain with the object it started from: a step through `self` is the method of that object's class.
bool Effects::holds(At caller, std::uint32_t u, const ResolvedUse::Target& first, Effect effect) {
  std::uint32_t module = first.receiver_module, cls = first.receiver;
  FunctionKey at = first.function;
  std::optional<Reach> r = through(caller, u, first, effect);
  for (int limit = 0; limit < 64; ++limit) {
    if (!r) return false;
    if (r->distance == 0) return true;
    const UnitData& data = *linker_.unit({at.module, at.unit}).data;
    const Use& use = data.uses().uses[r->use];
    const Terms& terms = data.uses().terms;
    const Term& target = terms[use.target];
    const bool property = use.kind == UseKind::read || use.kind == UseKind::write || use.kind == UseKind::special;
    const Term& object = property || target.kind != TermKind::attribute ? target : terms[target.a];
    const bool own = object.kind == TermKind::self && object.number < 0 && (property || target.kind == TermKind::attribute);
    std::vector<Value> methods;
    if (own && cls != kNone) {
      Value receiver;
      receiver.kind = ValueKind::object;
      receiver.module = module;
      receiver.id = cls;
      methods = linker_.member_functions(receiver, property ? use.name : target.text);
    }
    const ResolvedUse::Target* step = nullptr;
    std::optional<Reach> next = next_step(at, *r, effect, &step);
    if (!methods.empty()) {
      bool same = false;
      for (const Value& f : methods) {
        same |= FunctionKey{f.module, f.unit, f.id} == r->next;
        if (!linker_.is_abstract(f)) continue;
        for (const Value& other : linker_.overrides(f)) same |= FunctionKey{other.module, other.unit, other.id} == r->next;
      }
      if (!same) return false;
    } else if (object.kind != TermKind::super_call && step != nullptr) {
      module = step->receiver_module;
      cls = step->receiver;
    }
    at = r->next;
    r = std::move(next);
  }
  return true;
}

std::vector<ChainStep> Effects::chain(const FunctionKey& function, Effect effect, const Reach* first) {
  std::vector<ChainStep> steps;
  FunctionKey at = function;
  std::optional<Reach> r = first != nullptr ? *first : reach(at, effect);
  for (int limit = 0; limit < 64; ++limit) {
    if (!r || !r->reached) break;
    ChainStep step{at, r->use, {}};
    std::string who = short_name(linker_, at);
    if (r->distance == 0) {
      step.text = who + " calls `" + short_origin(linker_.knowledge(), r->origin) + "`";
      steps.push_back(std::move(step));
      break;
    }
    step.text = who + " runs " + short_name(linker_, r->next);
    steps.push_back(std::move(step));
    const ResolvedUse::Target* target = nullptr;
    std::optional<Reach> next = next_step(at, *r, effect, &target);
    at = r->next;
    r = std::move(next);
  }
  return steps;
}

}  // namespace awaitd::analysis
