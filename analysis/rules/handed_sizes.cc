#include "analysis/rules/handed_sizes.h"

#include <algorithm>
#include <map>
#include <span>

#include "analysis/effects/names.h"

namespace awaitd::analysis {
namespace {

constexpr std::size_t kMost = 16;  // different hand-overs of one function

// Who calls the functions of the own module from others, by unit: the same whatever is typed into a function's body.
struct OutsideCalls {
  std::map<std::uint32_t, std::vector<std::pair<At, std::uint32_t>>> by_unit;
  void units_change(std::span<const std::uint32_t> /*units*/) {}
};

class Callers {
 public:
  Callers(const UnitView& view, FunctionId function)
      : view_(view), linker_(view.linker()), function_{0, view.at().unit, function} {}

  std::vector<HandedSizes> find() {
    const std::string name(view_.exports().functions[function_.function].name);
    if (name.empty() || name.starts_with("__")) return {};
    view_.each_unit_that_mentions({name}, [&](const UnitView& other) {
      for (std::uint32_t use : calls_in(other.at())) {
        if (!other.in_test(other.uses().uses[use].function)) add(other.at(), use);
      }
    });
    if (function_.function != 1) return std::move(found_);
    for (const auto& [at, use] : elsewhere(name)) add(at, use);
    return std::move(found_);
  }

 private:
  const std::vector<std::pair<At, std::uint32_t>>& elsewhere(const std::string& name) {
    auto [it, fresh] = view_.effects().memo().of<OutsideCalls>().by_unit.try_emplace(function_.unit);
    const auto* calling = fresh ? linker_.calling(name) : nullptr;
    if (calling == nullptr) return it->second;
    const std::vector<std::uint32_t> modules = *calling;  // a copy: resolving names may ask for others
    const std::vector<std::uint32_t> hash{mention_hash(name)};
    for (const std::uint32_t m : modules) {
      const ModulePtr module = linker_.modules()[m];
      for (std::uint32_t u = 0; m != 0 && u < module->units.size(); ++u) {
        if (!module->units[u].mentions_any(hash)) continue;
        for (std::uint32_t use : calls_in({m, u})) it->second.push_back({{m, u}, use});
      }
    }
    return it->second;
  }

  std::vector<std::uint32_t> calls_in(At at) {
    std::vector<std::uint32_t> calls;
    const UnitData& data = *linker_.unit(at).data;
    const auto& uses = data.uses().uses;
    for (std::uint32_t u = 0; u < uses.size(); ++u) {
      const Use& use = uses[u];
      if (use.kind != UseKind::call || use.call == kNone || data.facts->calls[use.call].argument_count == 0) continue;
      if (data.facts->functions[use.function].module || use.guarded) continue;
      const bool itself = FunctionKey{at.module, at.unit, use.function} == function_;
      if (!itself && is_called(at, use)) calls.push_back(u);
    }
    return calls;
  }

  void add(At at, std::uint32_t use) {
    if (found_.size() >= kMost) return;
    Sizes sizes = view_.effects().estimates().handed_sizes(at, use, function_);
    const bool known =
        std::any_of(sizes.begin(), sizes.end(), [](const SizeOf& s) { return s.value >= 0 || s.length >= 0; });
    const bool told = std::any_of(found_.begin(), found_.end(), [&](const HandedSizes& h) { return h.sizes == sizes; });
    const FunctionKey caller{at.module, at.unit, linker_.unit(at).data->uses().uses[use].function};
    if (known && !told) found_.push_back({std::move(sizes), caller, note(at, use)});
  }

  bool is_called(At at, const Use& use) {
    const Uses& uses = linker_.unit(at).data->uses();
    const Term& target = uses.terms[use.target];
    if (target.text != view_.exports().functions[function_.function].name && target.kind != TermKind::either &&
        target.kind != TermKind::from_import)
      return false;
    const ValueSet callee = linker_.values(uses.terms, use.target, at);
    if (callee.unknown || callee.values.size() != 1) return false;
    const Value& v = callee.values[0];
    return v.kind == ValueKind::function && !v.probable && FunctionKey{v.module, v.unit, v.id} == function_;
  }

  Note note(At at, std::uint32_t use) {
    const IndexedUnit& home = linker_.unit(at);
    const Use& how = home.data->uses().uses[use];
    const Node& node = (*home.data->unit)[how.node];
    Note note;
    note.text = short_name(linker_, {at.module, at.unit, how.function}) + " calls it";
    if (at.module == 0) {
      note.unit = static_cast<int>(at.unit);
      note.use = static_cast<int>(use);
      note.range = {node.start, node.end};
    } else {
      note.file = linker_.index(at.module).path;
      note.range = {home.to_document(node.start), home.to_document(node.end)};
    }
    return note;
  }

  const UnitView& view_;
  Linker& linker_;
  const FunctionKey function_;
  std::vector<HandedSizes> found_;
};

}  // namespace

std::vector<HandedSizes> sizes_from_callers(const UnitView& view, FunctionId function) {
  return Callers(view, function).find();
}

bool hangs_on_parameter(const Costs& costs, SizeId size) {
  if (size == 0) return false;
  const Size& s = costs.sizes[size];
  if (s.kind == SizeKind::value || s.kind == SizeKind::length) return true;
  return hangs_on_parameter(costs, s.a) || hangs_on_parameter(costs, s.b);
}

}  // namespace awaitd::analysis
