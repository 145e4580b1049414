#include "analysis/insight/call_edges.h"

#include <algorithm>

namespace awaitd::analysis {
namespace {

// Lambdas belong to the function they stand in.
FunctionId named(const Facts& facts, FunctionId function) {
  while (facts.functions[function].lambda && facts.functions[function].parent != kNone) {
    function = facts.functions[function].parent;
  }
  return function;
}

std::string function_name(const Linker& linker, const FunctionKey& function) {
  const IndexedUnit& placed = linker.unit({function.module, function.unit});
  const Facts& facts = *placed.data->facts;
  const Function& fn = facts.functions[function.function];
  if (fn.module || (function.function == 0 && fn.name == kNoNode)) return {};
  std::string name = linker.function_name({function.module, function.unit}, function.function);
  const std::string& module = linker.index(function.module).module;
  if (!module.empty() && name.starts_with(module + ".")) name.erase(0, module.size() + 1);
  const FunctionId outer = fn.parent == kNone ? 0 : named(facts, fn.parent);
  if (outer == 0 || outer == function.function) return name;
  return function_name(linker, {function.module, function.unit, outer}) + "." + name;
}

Range document_range(const IndexedUnit& placed, const Node& node) {
  return {placed.to_document(node.start), placed.to_document(node.end)};
}

bool is_handed_at(const Handed& handed, const ContextFact& fact) {
  if (!handed.keyword.empty()) return handed.keyword == fact.keyword;
  return fact.position == every_position || (fact.position >= 0 && handed.position == fact.position);
}

class UnitCalls {
 public:
  UnitCalls(Effects& effects, std::uint32_t unit, const std::function<void(const CallEdge&)>& each)
      : effects_(effects),
        linker_(effects.linker()),
        at_{0, unit},
        placed_(linker_.unit(at_)),
        uses_(placed_.data->uses()),
        each_(each) {}

  void run() {
    for (std::uint32_t u = 0; u < uses_.uses.size(); ++u) {
      const Use& use = uses_.uses[u];
      const Way way = use.guarded ? Way::elsewhere : Way::here;
      if (use.kind == UseKind::call) {
        for (const Value& v : linker_.values(uses_.terms, use.target, at_).values) {
          if (v.kind == ValueKind::function) add(u, {v.module, v.unit, v.id}, use.node, way);
          if (v.kind == ValueKind::external && use.handed_count > 0) add_handed(u, v);
        }
      }
      const std::vector<ResolvedUse::Target> targets = effects_.resolved(at_, u).targets;
      for (const ResolvedUse::Target& target : targets) add(u, target.function, use.node, way);
    }
  }

 private:
  void add(std::uint32_t use, const FunctionKey& callee, NodeId node, Way way) {
    const FunctionKey caller{0, at_.unit, named(*placed_.data->facts, uses_.uses[use].function)};
    if (node == kNoNode) return;
    each_({caller, callee, document_range(placed_, (*placed_.data->unit)[node]), use, way});
  }

  void add_handed(std::uint32_t u, const Value& taker) {
    const ContextFact* fact = linker_.knowledge().context(taker.name);
    const Use& use = uses_.uses[u];
    for (std::uint32_t h = 0; fact != nullptr && h < use.handed_count; ++h) {
      const Handed& handed = uses_.handed[use.first_handed + h];
      if (!is_handed_at(handed, *fact)) continue;
      for (const Value& v : linker_.values(uses_.terms, handed.value, at_).values) {
        if (v.kind != ValueKind::function) continue;
        const bool on_loop = linker_.signature(v).async ? fact->async_on_loop : fact->sync_on_loop;
        add(u, {v.module, v.unit, v.id}, handed.node, on_loop ? Way::loop : Way::elsewhere);
      }
    }
  }

  Effects& effects_;
  Linker& linker_;
  const At at_;
  const IndexedUnit& placed_;
  const Uses& uses_;
  const std::function<void(const CallEdge&)>& each_;
};

}  // namespace

void each_call(Effects& effects, std::uint32_t unit, const std::function<void(const CallEdge&)>& each) {
  UnitCalls(effects, unit, each).run();
}

FunctionPlace function_place(const Linker& linker, const FunctionKey& function) {
  const IndexedUnit& placed = linker.unit({function.module, function.unit});
  const ModuleIndex& home = linker.index(function.module);
  const Function& fn = placed.data->facts->functions[function.function];
  const Unit& unit = *placed.data->unit;
  FunctionPlace out;
  out.id = {home.path, function_name(linker, function)};
  out.module = home.module;
  out.async = fn.async;
  out.method = function.function == 1 && placed.cls != kNone;
  if (out.id.name.empty()) return out;
  out.range = document_range(placed, unit[fn.node]);
  out.name = document_range(placed, unit[fn.name != kNoNode ? fn.name : fn.node]);
  return out;
}

bool has_function(const Linker& linker, std::uint32_t unit, const FunctionName& name) {
  const Facts& facts = *linker.unit({0, unit}).data->facts;
  if (linker.index().path != name.path) return false;
  for (FunctionId f = 0; f < facts.functions.size(); ++f) {
    if (!facts.functions[f].lambda && function_name(linker, {0, unit, f}) == name.name) return true;
  }
  return false;
}

}  // namespace awaitd::analysis
