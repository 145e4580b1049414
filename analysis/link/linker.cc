// Terms to values: names, classes, functions. What operations do to values is in operations.cc.
#include "analysis/link/linker.h"

#include <algorithm>

#include "analysis/link/value_sets.h"

namespace awaitd::analysis {
namespace {
constexpr std::size_t kMaxDepth = 48;  // longest chain of terms followed; beyond it a value is unknown
}

Linker::Linker(std::shared_ptr<const ModuleIndex> index, std::shared_ptr<const Knowledge> knowledge)
    : index_(std::move(index)), knowledge_(std::move(knowledge)) {}

void Linker::forget(const Terms& terms) {
  for (auto it = known_.begin(); it != known_.end();) {
    it = it->first.terms == &terms ? known_.erase(it) : std::next(it);
  }
}

ValueSet Linker::values(const Terms& terms, TermId term, std::uint32_t unit) {
  if (term == 0) return unknown_value();
  Key key{&terms, term, unit};
  if (auto it = known_.find(key); it != known_.end()) return it->second;
  if (running_.size() >= kMaxDepth || std::find(running_.begin(), running_.end(), key) != running_.end()) {
    cut_ = true;
    return unknown_value();
  }
  running_.push_back(key);
  ValueSet result = evaluate(terms, term, unit);
  running_.pop_back();
  if (running_.empty()) cut_ = false;  // the root's own value: what a fresh evaluation of it gives
  else if (cut_) return result;
  known_.emplace(key, result);
  return result;
}

ValueSet Linker::evaluate(const Terms& terms, TermId id, std::uint32_t unit) {
  const Term& t = terms[id];
  auto of = [&](TermId other) { return values(terms, other, unit); };
  switch (t.kind) {
    case TermKind::free_name: return free_name(t.text);
    case TermKind::import: return one(Value{ValueKind::external, knowledge_->canonical(t.text)});
    case TermKind::from_import: {
      if (t.number > 0) return unknown_value();  // relative: a module of the project
      std::string origin = std::string(t.base) + "." + std::string(t.text);
      return one(Value{ValueKind::external, knowledge_->canonical(origin)});
    }
    case TermKind::attribute: return attribute(of(t.a), t.text);
    case TermKind::call: return call_result(of(t.a), &terms, &t, unit);
    case TermKind::await: return await_of(of(t.a));
    case TermKind::enter: return enter_of(of(t.a), false);
    case TermKind::aenter: return enter_of(of(t.a), true);
    case TermKind::iterate: return iterate_of(of(t.a), false);
    case TermKind::aiterate: return iterate_of(of(t.a), true);
    case TermKind::item: return item_of(of(t.a), t.number);
    case TermKind::element: return element_of(of(t.a), t.number);
    case TermKind::binary: return binary_of(of(t.a), of(t.b), t.text);
    case TermKind::instance: return type_values(terms, t.a, unit);
    case TermKind::generic: return of(t.a);
    case TermKind::either: {
      ValueSet both = of(t.a);
      merge(both, of(t.b));
      return both;
    }
    case TermKind::self: return self_value(unit, t.number);
    case TermKind::function: {
      Value v{ValueKind::function, function_name(unit, static_cast<FunctionId>(t.number))};
      v.unit = unit;
      v.id = static_cast<FunctionId>(t.number);
      return decorated(std::move(v), nullptr);
    }
    case TermKind::cls: return one(class_value(index_->units[unit].first_class + static_cast<std::uint32_t>(t.number)));
    case TermKind::literal:
      if (t.text == "NoneType") return one(Value{ValueKind::none, "None"});
      return one(Value{ValueKind::instance, "builtins." + std::string(t.text)});
    case TermKind::container: return container_value(terms, t, unit);
    case TermKind::super_call: return super_value(unit);
    case TermKind::narrow: return type_values(terms, t.b, unit);
    case TermKind::unknown:
    case TermKind::parameter: return unknown_value();
  }
  return unknown_value();
}

ValueSet Linker::container_value(const Terms& terms, const Term& t, std::uint32_t unit) {
  Value v{ValueKind::instance, "builtins." + std::string(t.text)};
  std::vector<ValueSet> elements;
  ValueSet any;
  for (std::uint32_t i = 0; i < t.count; ++i) {
    elements.push_back(values(terms, terms.lists[t.first + i], unit));
    merge(any, elements.back());
  }
  v.inner = std::make_shared<const ValueSet>(std::move(any));
  if (t.text == "tuple") v.elements = std::make_shared<const std::vector<ValueSet>>(std::move(elements));
  return one(std::move(v));
}

ValueSet Linker::free_name(std::string_view name) {
  auto found = index_->globals.find(name);
  if (found != index_->globals.end()) {
    ValueSet all;
    for (const Member& member : found->second) merge(all, member_value(member, nullptr));
    return all;
  }
  if (!knowledge_->is_builtin_name(name)) return unknown_value();
  ValueSet builtin = one(Value{ValueKind::external, "builtins." + std::string(name)});
  if (index_->star_import) builtin.values.front().probable = true;
  return builtin;
}

std::string Linker::function_name(std::uint32_t unit, FunctionId function) const {
  const IndexedUnit& placed = index_->units[unit];
  const Signature& s = placed.data->exports->functions[function];
  std::string name = index_->module.empty() ? std::string() : index_->module + ".";
  if (function == 1 && placed.cls != kNone) name += index_->classes[placed.cls].qualname + ".";
  if (s.cls != kNone) name += index_->classes[placed.first_class + s.cls].qualname + ".";
  return name + (s.name.empty() ? std::string("<lambda>") : std::string(s.name));
}

Value Linker::class_value(std::uint32_t cls) const {
  std::string prefix = index_->module.empty() ? std::string() : index_->module + ".";
  Value v{ValueKind::cls, prefix + index_->classes[cls].qualname};
  v.id = cls;
  return v;
}

ValueSet Linker::self_value(std::uint32_t unit, std::int32_t local_class) {
  const IndexedUnit& placed = index_->units[unit];
  std::uint32_t cls = local_class < 0 ? placed.cls : placed.first_class + static_cast<std::uint32_t>(local_class);
  if (cls == kNone) return unknown_value();  // a plain function: its first parameter is anything
  Value v = class_value(cls);
  v.kind = ValueKind::object;
  if (local_class >= 0) return one(std::move(v));
  for (TermId d : placed.data->exports->functions[1].decorators) {
    for (const Value& decorator : values(placed.data->exports->terms, d, unit).values) {
      std::string_view effect = decorator_effect(decorator);
      if (effect == "static") return unknown_value();
      if (effect == "class") v.kind = ValueKind::cls;
    }
  }
  return one(std::move(v));
}

ValueSet Linker::super_value(std::uint32_t unit) {
  std::uint32_t cls = index_->units[unit].cls;
  if (cls == kNone) return unknown_value();
  ValueSet all;
  for (const ValueSet& base : bases_of(cls)) merge(all, instance_of(base));
  return all.empty() ? unknown_value() : all;
}

std::vector<ValueSet> Linker::bases_of(std::uint32_t cls) {
  const IndexedClass& entry = index_->classes[cls];
  const Exports& exports = *index_->units[entry.unit].data->exports;
  std::vector<ValueSet> bases;
  for (TermId base : exports.classes[entry.id].bases) bases.push_back(values(exports.terms, base, entry.unit));
  return bases;
}

// Depth-first, left to right: not C3, but the first definition found is the same wherever no diamond overrides.
void Linker::linear_bases(std::uint32_t cls, std::vector<std::uint32_t>& out, ExternalBases& external) {
  if (std::find(out.begin(), out.end(), cls) != out.end() || out.size() > 64) return;
  out.push_back(cls);
  for (const ValueSet& base : bases_of(cls)) {
    external.unknown |= base.unknown;
    for (const Value& v : base.values) {
      if (v.kind == ValueKind::cls) linear_bases(v.id, out, external);
      if (v.kind == ValueKind::external && v.name != "builtins.object") external.names.push_back(v.name);
    }
  }
}

std::vector<Member> Linker::find_member(std::uint32_t cls, std::string_view name, ExternalBases& external) {
  std::vector<std::uint32_t> order;
  linear_bases(cls, order, external);
  for (std::uint32_t c : order) {
    auto it = index_->classes[c].members.find(name);
    if (it != index_->classes[c].members.end()) return it->second;
  }
  return {};
}

ValueSet Linker::member_value(const Member& member, const Value* bound) {
  if (member.function == kNone) return values(index_->units[member.unit].data->exports->terms, member.term, member.unit);
  Value v{ValueKind::function, function_name(member.unit, member.function)};
  v.unit = member.unit;
  v.id = member.function;
  if (bound != nullptr) v.inner = std::make_shared<const ValueSet>(one(*bound));
  return decorated(std::move(v), bound);
}

std::string_view Linker::decorator_effect(const Value& decorator) const {
  // `@d` and `@d(...)`: the call's result is named after the callable.
  if (decorator.kind != ValueKind::external && decorator.kind != ValueKind::instance) return {};
  for (const TypeFact* fact : knowledge_->results(decorator.name, How::decorator)) return fact->result;
  return {};
}

// What a def is after its decorators: itself, a property's value, an object, or probably itself.
ValueSet Linker::decorated(Value function, const Value* bound) {
  const Exports& exports = *index_->units[function.unit].data->exports;
  for (TermId d : exports.functions[function.id].decorators) {
    ValueSet decorator = values(exports.terms, d, function.unit);
    std::string_view effect;
    for (const Value& v : decorator.values) effect = decorator_effect(v);
    if (effect == "property" && bound != nullptr) return function_result(function);
    if (effect == "static") function.inner = nullptr;
    if (effect.empty()) {
      bool route = false;
      for (const Value& v : decorator.values) route |= knowledge_->context(v.name) != nullptr;
      function.probable |= !route;
      continue;
    }
    if (effect.find('.') != std::string_view::npos) return one(Value{ValueKind::instance, std::string(effect)});
  }
  return one(std::move(function));
}

ValueSet Linker::function_result(const Value& function) {
  const Exports& exports = *index_->units[function.unit].data->exports;
  const Signature& s = exports.functions[function.id];
  bool manager = false;
  for (TermId d : s.decorators) {
    for (const Value& v : values(exports.terms, d, function.unit).values) manager |= decorator_effect(v) == "contextmanager";
  }
  ValueSet result;
  if (s.annotated != 0) result = values(exports.terms, s.annotated, function.unit);
  else if (s.returns_value) result = values(exports.terms, s.returned, function.unit);
  else result = one(Value{ValueKind::none, "None"});
  if (s.generator) {
    ValueSet yielded = s.annotated != 0 ? iterate_of(result, s.async) : values(exports.terms, s.yielded, function.unit);
    Value v{ValueKind::generator, function.name};
    v.inner = std::make_shared<const ValueSet>(std::move(yielded));
    if (manager) {
      v.kind = ValueKind::instance;
      v.name = s.async ? "contextlib.AbstractAsyncContextManager" : "contextlib.AbstractContextManager";
    }
    return one(std::move(v));
  }
  if (!s.async) return result;
  Value v{ValueKind::coroutine, function.name};
  v.inner = std::make_shared<const ValueSet>(std::move(result));
  return one(std::move(v));
}

}  // namespace awaitd::analysis
