#include "analysis/rules/needed_values.h"

#include <algorithm>
#include <optional>

#include "analysis/knowledge/coroutines.h"
#include "analysis/knowledge/words.h"
#include "analysis/rules/awaitables.h"
#include "analysis/rules/coroutine_values.h"

namespace awaitd::analysis {
namespace {

At place_of(const Value& function) { return {function.module, function.unit}; }

// Which argument of a call a value is: its number among the positional ones, or its keyword.
struct Slot {
  int position = -1;
  std::string_view keyword;
};

std::optional<Slot> slot_of(const Facts& facts, const Call& call, NodeId value) {
  int position = 0;
  for (const Argument& a : facts.arguments_of(call)) {
    if (a.stars != 0) return std::nullopt;
    if (a.value == value) return a.name.empty() ? Slot{position, {}} : Slot{-1, a.name};
    if (a.name.empty()) ++position;
  }
  return std::nullopt;
}

// The parameter that takes a slot; `skipped` of them are bound already. Nothing for *args and **kwargs.
const ExportedParameter* parameter_at(const Signature& s, const Slot& slot, std::size_t skipped) {
  for (std::size_t i = 0; i < s.parameters.size(); ++i) {
    const ExportedParameter& p = s.parameters[i];
    if (p.name.starts_with('*') && slot.keyword.empty()) return nullptr;
    bool meant = slot.keyword.empty() ? i == static_cast<std::size_t>(slot.position) + skipped : p.name == slot.keyword;
    if (meant) return &p;
  }
  return nullptr;
}

Need need_of_function(const UnitView& view, const Value& function, const Slot& slot, std::size_t skipped, int depth);

// True if a body hands a value to a function of the project that needs it.
bool hands_on(const UnitView& view, At at, const UseOfResult& use, int depth) {
  constexpr int kMaxDepth = 3;
  const UnitData& data = *view.linker().unit(at).data;
  const Call* call = data.facts->call_at(use.node);
  if (call == nullptr || depth >= kMaxDepth) return false;
  const std::optional<Slot> slot = slot_of(*data.facts, *call, use.value);
  const auto number = static_cast<std::uint32_t>(call - data.facts->calls.data());
  const auto& uses = data.uses();
  auto made = std::find_if(uses.uses.begin(), uses.uses.end(), [&](const Use& u) { return u.call == number; });
  if (!slot || made == uses.uses.end()) return false;
  const ValueSet callee = view.linker().values(uses.terms, made->target, at);
  if (callee.unknown || callee.values.size() != 1 || callee.values.front().kind != ValueKind::function) return false;
  const Value& v = callee.values.front();
  return need_of_function(view, v, *slot, v.inner ? 1 : 0, depth + 1) == Need::value;
}

// True if the body does with a parameter what fails with every coroutine, or hands it to one that does.
bool body_needs(const UnitView& view, const Value& function, std::string_view name, int depth) {
  view.look_at(place_of(function));
  const Facts& facts = *view.linker().unit(place_of(function)).data->facts;
  auto found = facts.bindings_in(facts.functions[function.id].scope, name);
  if (found.empty() || facts.bindings[found.front()].kind != BindingKind::parameter) return false;
  if (asks_about(facts, name, function.id)) return false;
  bool needs = false;
  for (NodeId node : uses_of_binding(facts, found.front()).nodes) {
    UseOfResult use = use_of_result(facts, node);
    if (use.use == ResultUse::awaited) return false;
    needs |= fails(use.use) && use.use != ResultUse::called;
    needs |= use.use == ResultUse::argument && hands_on(view, place_of(function), use, depth);
  }
  return needs;
}

Need need_of_function(const UnitView& view, const Value& function, const Slot& slot, std::size_t skipped, int depth) {
  const Exports& exports = *view.linker().unit(place_of(function)).data->exports;
  const Signature& s = exports.functions[function.id];
  const ExportedParameter* parameter = parameter_at(s, slot, skipped);
  if (parameter == nullptr) return Need::none;
  if (!s.decorators.empty() && gives(view, function) == CallGives::unknown) return Need::none;
  if (exports.terms[parameter->term].kind == TermKind::instance) {
    ValueSet type = view.linker().values(exports.terms, parameter->term, place_of(function));
    return is_plain_type(view, type) ? Need::value : Need::none;
  }
  return body_needs(view, function, parameter->name, depth) ? Need::value : Need::none;
}

// A keyword of a class that has no __init__ of its own: the field of a model, a dataclass, a mapped table.
Need need_of_field(const UnitView& view, const Value& cls, std::string_view name) {
  Linker::ExternalBases external;
  for (const Linker::MemberAt& m : view.linker().find_member(cls.module, cls.id, name, external)) {
    if (m.member.function != kNone || m.member.instance) return Need::none;
    At at{m.module, m.member.unit};
    const Terms& terms = view.linker().unit(at).data->exports->terms;
    const Term& t = terms[m.member.term];
    if (t.kind == TermKind::call) {
      ValueSet callee = view.linker().values(terms, t.a, at);
      if (callee.unknown || callee.values.size() != 1) return Need::none;
      return coroutine_use(callee.values.front().name).role == CoroutineRole::field ? Need::value : Need::none;
    }
    if (t.kind != TermKind::instance) return Need::none;
    ValueSet type = view.linker().values(terms, m.member.term, at);
    ValueSet held = type;
    for (const Value& v : type.values) {  // Mapped[str]
      if (coroutine_use(v.name).role == CoroutineRole::field && v.inner) held = *v.inner;
    }
    return is_plain_type(view, held) ? Need::value : Need::none;
  }
  return Need::none;
}

Need need_of_constructor(const UnitView& view, const Value& cls, const Slot& slot) {
  Value object = cls;
  object.kind = ValueKind::object;
  std::vector<Value> init = view.linker().member_functions(object, "__init__");
  if (init.size() == 1) return need_of_function(view, init.front(), slot, 1, 0);
  return init.empty() && !slot.keyword.empty() ? need_of_field(view, cls, slot.keyword) : Need::none;
}

Need need_of_outside(const UnitView& view, const Call& call, const UseOfResult& use, const Value& callee) {
  CoroutineUse fact = coroutine_use(callee.name);
  if (callee.probable || fact.role != CoroutineRole::value) return Need::none;
  const std::optional<Slot> slot = slot_of(view.facts(), call, use.value);
  if (fact.words == "positional" && slot && !slot->keyword.empty()) return Need::none;
  if (use.use != ResultUse::argument && fact.words != "elements") return Need::none;
  return fact.words == "text" ? Need::text : Need::value;
}

// True for the name of a class, none of whose objects can be awaited.
bool is_plain_class(const UnitView& view, NodeId node) {
  ValueSet objects = view.values(node);
  if (objects.unknown || objects.empty()) return false;
  for (Value& v : objects.values.edit()) {
    if (v.kind == ValueKind::external) v.kind = ValueKind::instance;
    if (v.kind == ValueKind::cls) v.kind = ValueKind::object;
  }
  return surely_not_awaitable(view, objects, true);
}

}  // namespace

bool asks_about(const Facts& facts, std::string_view name, FunctionId function) {
  for (const Call& call : facts.calls) {
    const Argument* first = facts.positional(call, 0);
    if (call.function != function || first == nullptr || call.callee == kNoNode) continue;
    if (facts.unit->text_of(first->value) != name) continue;
    std::string_view callee = facts.unit->text_of(call.callee);
    callee = callee.substr(callee.rfind('.') == std::string_view::npos ? 0 : callee.rfind('.') + 1);
    if (is_word_for("asks_kind", callee)) return true;
  }
  return false;
}

bool asks_for_plain(const UnitView& view, const UseOfResult& use) {
  const Call* call = use.use == ResultUse::argument ? view.facts().call_at(use.node) : nullptr;
  if (call == nullptr || call->callee == kNoNode || call->argument_count != 2) return false;
  const ValueSet callee = view.callee(*call);
  if (callee.unknown || callee.values.size() != 1 || callee.values.front().name != "builtins.isinstance") return false;
  const auto arguments = view.facts().arguments_of(*call);
  if (arguments[0].value != use.value) return false;
  const NodeId classes = inside_parentheses(view.unit(), arguments[1].value);
  if (view.unit()[classes].kind != Kind::tuple) return is_plain_class(view, classes);
  for (NodeId one : children(view.unit(), classes)) {
    if (view.unit()[one].kind != Kind::comment && !is_plain_class(view, one)) return false;
  }
  return true;
}

bool is_plain_type(const UnitView& view, const ValueSet& type) {
  bool nothing =
      std::all_of(type.values.begin(), type.values.end(), [](const Value& v) { return v.kind == ValueKind::none; });
  return !nothing && surely_not_awaitable(view, type, true);
}

Need need_of(const UnitView& view, const UseOfResult& use) {
  const Call* call = view.facts().call_at(use.node);
  if (call == nullptr || call->callee == kNoNode) return Need::none;
  ValueSet callee = view.callee(*call);
  if (callee.unknown || callee.values.size() != 1) return Need::none;
  const Value& v = callee.values.front();
  if (v.kind == ValueKind::external) return need_of_outside(view, *call, use, v);
  if (use.use != ResultUse::argument) return Need::none;
  std::optional<Slot> slot = slot_of(view.facts(), *call, use.value);
  if (!slot) return Need::none;
  if (v.kind == ValueKind::cls) return need_of_constructor(view, v, *slot);
  return v.kind == ValueKind::function ? need_of_function(view, v, *slot, v.inner ? 1 : 0, 0) : Need::none;
}

}  // namespace awaitd::analysis
