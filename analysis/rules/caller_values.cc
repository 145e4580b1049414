#include "analysis/rules/caller_values.h"

#include "analysis/link/value_sets.h"

namespace awaitd::analysis {
namespace {

constexpr int kMaxDepth = 3;  // a caller passes on what its own caller passed

struct Parameter {
  std::uint32_t unit = 0;
  FunctionId function = 0;
  std::string_view name;
};

// The parameters among the alternatives of a term. The first one of a plain function has the form of a `self`.
void parameters_in(const Linker& linker, const Terms& terms, TermId id, std::uint32_t unit, std::vector<Parameter>& out,
                   int depth = 0) {
  const Term& t = terms[id];
  if (depth > 8) return;
  if (t.kind == TermKind::parameter) out.push_back({unit, static_cast<FunctionId>(t.number), t.text});
  const bool plain = t.kind == TermKind::self && t.number < 0 && linker.unit({0, unit}).cls == kNone;
  if (plain) out.push_back({unit, 1, t.text});
  if (t.kind != TermKind::either) return;
  parameters_in(linker, terms, t.a, unit, out, depth + 1);
  parameters_in(linker, terms, t.b, unit, out, depth + 1);
}

class Search {
 public:
  explicit Search(const UnitView& view) : view_(view), linker_(view.linker()) {}

  ValueSet term(const UnitView& at, const Terms& terms, TermId id, int depth) {
    std::vector<Parameter> parameters;
    parameters_in(linker_, terms, id, at.at().unit, parameters);
    const Term& t = terms[id];
    if (t.kind == TermKind::attribute && terms[t.a].kind == TermKind::self) attribute(at, t.text, parameters);
    ValueSet all;
    for (const Parameter& p : parameters) merge(all, passed(p, depth));
    return all;
  }

 private:
  // self.loop = loop, in any method of the class.
  void attribute(const UnitView& at, std::string_view name, std::vector<Parameter>& out) {
    const std::uint32_t cls = linker_.unit(at.at()).cls;
    if (cls == kNone) return;
    const auto& members = linker_.index().tables->classes[cls].members;
    auto it = members.find(std::string(name));
    if (it == members.end()) return;
    for (const Member& m : it->second) {
      if (m.function != kNone) continue;
      view_.look_at({0, m.unit});
      parameters_in(linker_, linker_.unit({0, m.unit}).data->exports->terms, m.term, m.unit, out);
    }
  }

  // How many parameters a call fills before the first it writes down; -1 if it calls something else.
  int bound(const ValueSet& callee, const Parameter& p) {
    for (const Value& v : callee.values) {
      if (v.module != 0) continue;
      if (v.kind == ValueKind::function && v.unit == p.unit && v.id == p.function) return v.inner ? 1 : 0;
      if (v.kind != ValueKind::cls) continue;
      Linker::ExternalBases external;
      for (const Linker::MemberAt& m : linker_.find_member(0, v.id, "__init__", external)) {
        if (m.module == 0 && m.member.unit == p.unit && m.member.function == p.function) return 1;
      }
    }
    return -1;
  }

  ValueSet passed(const Parameter& p, int depth) {
    ValueSet all;
    const Signature& s = linker_.unit({0, p.unit}).data->exports->functions[p.function];
    int position = -1;
    for (std::size_t i = 0; i < s.parameters.size(); ++i) {
      if (s.parameters[i].name == p.name) position = static_cast<int>(i);
    }
    if (position < 0 || depth > kMaxDepth) return all;
    const std::uint32_t cls = linker_.unit({0, p.unit}).cls;
    const std::string_view made_as =
        cls == kNone ? std::string_view() : std::string_view(linker_.index().tables->classes[cls].qualname);
    view_.each_unit_that_mentions({s.name, made_as.substr(made_as.rfind('.') + 1)}, [&](const UnitView& other) {
      for (const Use& use : other.uses().uses) {
        if (use.kind != UseKind::call || use.call == kNone) continue;
        const Call& call = other.facts().calls[use.call];
        if (call.argument_count == 0) continue;
        const int given = bound(linker_.values(other.uses().terms, use.target, other.at()), p);
        if (given < 0) continue;
        const Argument* a = other.facts().keyword(call, p.name);
        if (a == nullptr && position >= given) a = other.facts().positional(call, position - given);
        if (a != nullptr) merge(all, argument(other, use, *a, depth));
      }
    });
    return all;
  }

  ValueSet argument(const UnitView& at, const Use& use, const Argument& a, int depth) {
    ValueSet values = at.values(a.value);
    if (!values.values.empty()) return values;
    const Uses& uses = at.uses();
    for (std::uint32_t h = use.first_handed; h < use.first_handed + use.handed_count; ++h) {
      if (uses.handed[h].node == a.value) return term(at, uses.terms, uses.handed[h].value, depth + 1);
    }
    return values;
  }

  const UnitView& view_;
  Linker& linker_;
};

}  // namespace

ValueSet from_callers(const UnitView& view, TermId term) { return Search(view).term(view, view.uses().terms, term, 0); }

}  // namespace awaitd::analysis
