#include "analysis/rules/workers.h"

namespace awaitd::analysis {
namespace {

bool is_handed_at(const Handed& handed, const ContextFact& fact) {
  if (!handed.keyword.empty()) return handed.keyword == fact.keyword;
  return fact.position == every_position || handed.position == fact.position;
}

bool is_function(const ValueSet& values, std::uint32_t unit, FunctionId function) {
  for (const Value& v : values.values) {
    if (v.kind == ValueKind::function && v.module == 0 && v.unit == unit && v.id == function) return true;
  }
  return false;
}

// The thread's way that a call hands this function to.
std::string hands_over(const UnitView& at, const Use& use, std::uint32_t unit, FunctionId function) {
  const Uses& uses = at.uses();
  for (const Value& v : at.linker().values(uses.terms, use.target, at.at()).values) {
    const ContextFact* fact = v.kind == ValueKind::external ? at.knowledge().context(v.name) : nullptr;
    if (fact == nullptr || fact->role != Role::offload) continue;
    for (std::uint32_t h = use.first_handed; h < use.first_handed + use.handed_count; ++h) {
      if (!is_handed_at(uses.handed[h], *fact)) continue;
      if (is_function(at.linker().values(uses.terms, uses.handed[h].value, at.at()), unit, function))
        return std::string(fact->name);
    }
  }
  return {};
}

// threading.Thread.run in a class derived from it.
std::string thread_method(const UnitView& view, FunctionId function) {
  const std::uint32_t cls = view.linker().unit(view.at()).cls;
  if (cls == kNone || function != 1) return {};
  const std::string name = view.function_name(function);
  for (const std::string& base : view.linker().external_bases(0, cls).names) {
    const ContextFact* fact = view.knowledge().context(base);
    if (fact == nullptr || !fact->base_class || fact->role != Role::offload || fact->methods.empty()) continue;
    if ((" " + std::string(fact->methods) + " ").find(" " + name + " ") != std::string::npos) return base;
  }
  return {};
}

}  // namespace

std::string runs_in_thread(const UnitView& view, FunctionId function) {
  const Function& fn = view.facts().functions[function];
  if (fn.async || fn.module) return {};
  std::string by = thread_method(view, function);
  if (!by.empty()) return by;
  bool on_loop = false;
  auto look = [&](const UnitView& other) {
    const Uses& uses = other.uses();
    for (const Use& use : uses.uses) {
      if (use.kind != UseKind::call) continue;
      if (by.empty() && use.handed_count > 0) by = hands_over(other, use, view.at().unit, function);
      if (other.on_loop(use.function))
        on_loop |= is_function(other.linker().values(uses.terms, use.target, other.at()), view.at().unit, function);
    }
  };
  // A nested function or a lambda is handed over where it stands.
  if (function == 1) {
    view.each_unit_that_mentions({view.exports().functions[function].name}, look);
  } else {
    look(view);
  }
  return on_loop ? std::string() : by;
}

}  // namespace awaitd::analysis
