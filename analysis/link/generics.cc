// Results that depend on who is asked: Self, `return cls()`, type variables (PEP 484, 673, 695).
#include "analysis/link/linker.h"
#include "analysis/link/value_sets.h"

namespace awaitd::analysis {
namespace {

constexpr int kMaxDepth = 12;  // of alternatives in one returned expression or annotation

Value as_object(Value v) {
  if (v.kind == ValueKind::cls) v.kind = ValueKind::object;
  return v;
}

bool same_name(const Term& a, const Term& b) { return a.kind == b.kind && !a.text.empty() && a.text == b.text && a.base == b.base; }

// Where in a parameter's annotation the type variable stands.
enum class Spot : std::uint8_t { none, itself, instance, element, result, awaited };

Spot spot_of(const Terms& terms, TermId annotation, const Term& variable, int depth = 0) {
  const Term& t = terms[annotation];
  if (depth > kMaxDepth) return Spot::none;
  if (same_name(t, variable)) return Spot::itself;
  if (t.kind == TermKind::either) {
    Spot left = spot_of(terms, t.a, variable, depth + 1);
    return left != Spot::none ? left : spot_of(terms, t.b, variable, depth + 1);
  }
  if (t.kind != TermKind::generic) return Spot::none;
  for (std::uint32_t i = 0; i < t.count; ++i) {
    Spot inside = spot_of(terms, terms.lists[t.first + i], variable, depth + 1);
    if (inside != Spot::itself) continue;
    std::string_view base = terms[t.a].text;
    if (base == "type" || base == "Type") return Spot::instance;
    if (base == "Callable") return Spot::result;
    if (base == "Awaitable" || base == "Coroutine") return Spot::awaited;
    return base == "Optional" || base == "Annotated" || base == "Union" ? Spot::itself : Spot::element;
  }
  return Spot::none;
}

bool is_type_of_one(const Terms& terms, TermId annotation) {
  const Term& t = terms[annotation];
  if (t.kind != TermKind::generic || t.count != 1) return false;
  return terms[t.a].text == "type" || terms[t.a].text == "Type";
}

}  // namespace

// typing.Self, at the top or one level inside, is the class of the object that was asked.
void Linker::replace_self(ValueSet& result, const Value& function) {
  if (!function.inner || function.inner->values.empty()) return;
  const Value receiver = as_object(function.inner->values.front());
  const auto inside = [](const Value& v) {
    return v.inner && std::any_of(v.inner->values.begin(), v.inner->values.end(), is_self_type);
  };
  const auto concerned = [&](const Value& v) { return is_self_type(v) || inside(v); };
  if (std::none_of(result.values.begin(), result.values.end(), concerned)) return;
  for (Value& v : result.values.edit()) {
    if (v.kind != ValueKind::instance) continue;
    if (is_self_type(v)) {
      v = receiver;
    } else if (inside(v)) {
      ValueSet inner = *v.inner;
      for (Value& i : inner.values.edit()) {
        if (is_self_type(i)) i = receiver;
      }
      v.inner = std::make_shared<const ValueSet>(std::move(inner));
    }
  }
}

// What a method without an annotation gives when a subclass is asked: `self` and `cls()` are of that subclass.
ValueSet Linker::returned_values(const Value& function, TermId returned, int depth) {
  At at{function.module, function.unit};
  const Exports& exports = *unit(at).data->exports;
  if (!function.inner || function.inner->values.empty() || depth > kMaxDepth) return values(exports.terms, returned, at);
  const Value& receiver = function.inner->values.front();
  const Term& t = exports.terms[returned];
  bool project = receiver.kind == ValueKind::object || receiver.kind == ValueKind::cls;
  bool other = project && (receiver.module != function.module || receiver.id != unit(at).cls);
  if (!other || function.id != 1) return values(exports.terms, returned, at);
  if (t.kind == TermKind::either) {
    ValueSet both = returned_values(function, t.a, depth + 1);
    merge(both, returned_values(function, t.b, depth + 1));
    return both;
  }
  if (t.kind == TermKind::self && t.number < 0) return one(receiver);
  const Term& callee = exports.terms[t.a];
  if (t.kind == TermKind::call && callee.kind == TermKind::self && callee.number < 0 && has_decorator_effect(function, "class")) {
    return one(as_object(receiver));
  }
  return values(exports.terms, returned, at);
}

// A result annotated with a type variable: what the arguments say it is.
ValueSet Linker::inferred_result(const Value& function, const Terms* terms, const Term* call, At at) {
  const Exports& exports = *unit({function.module, function.unit}).data->exports;
  const Signature& s = exports.functions[function.id];
  if (s.annotated == 0 || exports.terms[s.annotated].kind != TermKind::instance) return {};
  TermId stated = exports.terms[s.annotated].a;
  const bool type = is_type_of_one(exports.terms, stated);  // -> type[T]
  if (type) stated = exports.terms.lists[exports.terms[stated].first];
  const Term& variable = exports.terms[stated];
  if (variable.kind != TermKind::free_name && variable.kind != TermKind::from_import) return {};
  if (s.async || s.generator) return {};
  for (const Value& v : values(exports.terms, stated, {function.module, function.unit}).values) {
    if (v.kind == ValueKind::cls || v.kind == ValueKind::external || v.kind == ValueKind::none) return {};
  }
  const bool bound = function.inner && !function.inner->values.empty();
  for (std::size_t p = 0; p < s.parameters.size(); ++p) {
    const Term& parameter = exports.terms[s.parameters[p].term];
    if (parameter.kind != TermKind::instance) continue;
    Spot spot = spot_of(exports.terms, parameter.a, variable);
    if (spot == Spot::none) continue;
    ValueSet argument;
    std::size_t position = p - (bound ? 1 : 0);
    if (bound && p == 0) argument = *function.inner;
    else if (call != nullptr && position < call->count) argument = values(*terms, terms->lists[call->first + position], at);
    else continue;
    if (type) return spot == Spot::instance ? argument : ValueSet{};
    switch (spot) {
      case Spot::instance: return instance_of(argument);
      case Spot::element: return iterate_of(argument, false);
      case Spot::result: return call_result(argument, nullptr, nullptr, at);
      case Spot::awaited: return await_of(argument);
      default: return argument;
    }
  }
  return {};
}

// The bound of T = TypeVar("T", bound="Base"), as an instance. A bound that is a variable itself, which may be this one
// while it is being typed, is none (PEP 484).
ValueSet Linker::bound_of_variable(const Value& variable) {
  if (inside_bound_) return unknown_value();
  if (variable.call == kNoCall || variable.unit >= modules_[variable.module]->units.size()) return unknown_value();
  At at{variable.module, variable.unit};
  const Terms& terms = unit(at).data->exports->terms;
  for (const Term& t : terms.terms) {
    if (t.kind != TermKind::call || t.number != static_cast<std::int32_t>(variable.call) || t.base != "bound") continue;
    inside_bound_ = true;
    ValueSet bound = type_values(terms, terms.lists[t.first + t.count], at);
    inside_bound_ = false;
    return bound;
  }
  return unknown_value();
}

}  // namespace awaitd::analysis
