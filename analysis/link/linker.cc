// Terms to values: names, classes, functions. What operations do to values is in operations.cc.
#include "analysis/link/linker.h"

#include <algorithm>

#include "analysis/knowledge/entries.h"
#include "analysis/link/callables.h"
#include "analysis/link/value_sets.h"

namespace awaitd::analysis {
namespace {
constexpr std::size_t kMaxDepth = 200;  // longest chain of terms followed; beyond it a value is unknown
constexpr int kMaxRounds = 6;           // for terms that need each other; they settle in two or three
}

Linker::Linker(ModulePtr own, std::shared_ptr<const Knowledge> knowledge, std::shared_ptr<ModuleSource> source)
    : knowledge_(std::move(knowledge)), source_(std::move(source)) {
  modules_.push_back(std::move(own));
}

Linker::Linker(ModulePtr own, const Linker& before)
    : modules_(before.modules_),
      module_ids_(before.module_ids_),
      knowledge_(before.knowledge_),
      source_(before.source_),
      makers_(before.makers_),
      mentioning_(before.mentioning_),
      packages_met_(before.packages_met_) {
  renew_mentions(*modules_[0], *own);
  modules_[0] = std::move(own);
}

bool Linker::seen_by_others() const {
  return std::any_of(module_ids_.begin(), module_ids_.end(),
                     [](const auto& entry) { return entry.second == 0 && entry.first.importer != 0; });
}

void Linker::renew(ModulePtr own) {
  for (std::size_t u = 0; u < own->units.size(); ++u) {
    const auto& before = modules_[0]->units[u].data;
    if (before == own->units[u].data) continue;
    forget(before->exports->terms);
    if (before->uses_if_built() != nullptr) forget(before->uses_if_built()->terms);
  }
  renew_mentions(*modules_[0], *own);
  modules_[0] = std::move(own);
}

void Linker::renew_mentions(const ModuleIndex& before, const ModuleIndex& now) {
  if (before.units.size() != now.units.size()) return mentioning_.clear();
  for (std::uint32_t u = 0; u < now.units.size(); ++u) {
    if (before.units[u].data == now.units[u].data) continue;
    for (auto& [hash, units] : mentioning_) {
      const auto at = std::lower_bound(units.begin(), units.end(), u);
      const bool was = at != units.end() && *at == u, is = now.units[u].mentions_any({hash});
      if (was && !is) units.erase(at);
      if (is && !was) units.insert(at, u);
    }
  }
}

const std::vector<std::uint32_t>& Linker::mentioning(std::string_view name) {
  const std::uint32_t hash = mention_hash(name);
  auto [it, fresh] = mentioning_.try_emplace(hash);
  if (!fresh) return it->second;
  const std::vector<IndexedUnit>& units = modules_[0]->units;
  for (std::uint32_t u = 0; u < units.size(); ++u) {
    if (units[u].mentions_any({hash})) it->second.push_back(u);
  }
  return it->second;
}

void Linker::forget(const Terms& terms) {
  known_.erase(&terms);
  if (latest_ == &terms) latest_ = nullptr;
}

// One arena is asked many times in a row.
Linker::KnownValues& Linker::known_values(const Terms& terms) {
  if (latest_ != &terms) {
    latest_ = &terms;
    latest_known_ = &known_[&terms];
  }
  return *latest_known_;
}

// A term that needs itself sees its approximation, at first nothing; the outermost term of such a knot is evaluated
// until no approximation in the knot moves. Values found inside a knot count only when it is settled.
ValueSet Linker::values(const Terms& terms, TermId term, At at) {
  if (term == 0) return unknown_value();
  Key key{&terms, term};
  const KnownValues& known = known_values(terms);
  if (auto it = known.find(term); it != known.end()) return it->second;
  if (auto it = provisional_.find(key); it != provisional_.end()) {
    low_ = std::min(low_, it->second.low);
    return it->second.value;
  }
  for (std::size_t i = 0; i < frames_.size(); ++i) {
    if (!(frames_[i].key == key)) continue;
    frames_[i].hit = true;
    low_ = std::min(low_, i);
    return approximations_[key];
  }
  if (frames_.size() >= kMaxDepth) return unknown_value();
  const std::size_t depth = frames_.size(), outer_low = low_, first = provisional_order_.size();
  const bool outer_moved = moved_;
  moved_ = false;
  frames_.push_back({key});
  for (int round = 1;; ++round) {
    low_ = kNoFrame;
    ValueSet result = evaluate(terms, term, at);
    if (packages_met_) doubt_packages(result, terms, terms[term], at);
    if (frames_[depth].hit && !same(approximations_[key], result)) {
      approximations_[key] = result;
      moved_ = true;
    }
    if (low_ < depth) {  // part of a knot further out
      frames_.pop_back();
      provisional_.emplace(key, Provisional{result, low_});
      provisional_order_.push_back(key);
      low_ = std::min(low_, outer_low);
      moved_ |= outer_moved;
      return result;
    }
    const bool again = moved_ && round < kMaxRounds;
    settle(first, !again);
    if (again) {
      moved_ = false;
      continue;
    }
    frames_.pop_back();
    approximations_.erase(key);
    known_values(terms).emplace(term, result);
    low_ = outer_low;
    moved_ = outer_moved;
    return result;
  }
}

// Ends the provisional values made since `first`: they become known, or are forgotten for another round.
void Linker::settle(std::size_t first, bool keep) {
  for (std::size_t i = first; i < provisional_order_.size(); ++i) {
    auto node = provisional_.extract(provisional_order_[i]);
    if (keep) {
      approximations_.erase(provisional_order_[i]);
      known_values(*node.key().terms).emplace(node.key().term, std::move(node.mapped().value));
    }
  }
  provisional_order_.resize(first);
}

ValueSet Linker::evaluate(const Terms& terms, TermId id, At at) {
  const Term& t = terms[id];
  auto of = [&](TermId other) { return values(terms, other, at); };
  switch (t.kind) {
    case TermKind::free_name: return free_name(t.text, at.module);
    case TermKind::import: return imported(t.text, at.module);
    case TermKind::from_import: return from_import(t.base, t.number, t.text, at.module);
    case TermKind::attribute: return attribute(of(t.a), t.text);
    case TermKind::call: return call_result(of(t.a), &terms, &t, at);
    case TermKind::await: return await_of(of(t.a));
    case TermKind::enter: return enter_of(of(t.a), false);
    case TermKind::aenter: return enter_of(of(t.a), true);
    case TermKind::iterate: return iterate_of(of(t.a), false);
    case TermKind::aiterate: return iterate_of(of(t.a), true);
    case TermKind::item: {
      ValueSet base = of(t.a);
      ValueSet alias = t.b == 0 ? ValueSet{} : alias_of(base, terms, t.b, at);
      return alias.empty() ? item_of(base, t.number) : alias;
    }
    case TermKind::element: return element_of(of(t.a), t.number);
    case TermKind::binary: return binary_of(of(t.a), of(t.b), t.text);
    case TermKind::instance: return t.b == 0 ? type_values(terms, t.a, at) : made_as(type_values(terms, t.a, at), of(t.b));
    case TermKind::generic: return of(t.a);
    case TermKind::either: {
      ValueSet both = of(t.a);
      merge(both, of(t.b));
      return both;
    }
    case TermKind::self: return self_value(at, t.number);
    case TermKind::function: {
      return decorated(function_value(at.module, {at.unit, static_cast<FunctionId>(t.number), 0, false}), nullptr);
    }
    case TermKind::cls: return one(class_value(at.module, unit(at).first_class + static_cast<std::uint32_t>(t.number)));
    case TermKind::literal:
      if (t.text == "NoneType") return one(Value{ValueKind::none, "None"});
      {
        Value v{ValueKind::instance, "builtins." + std::string(t.text)};
        if (t.text == "int") v.number = t.number;
        return one(std::move(v));
      }
    case TermKind::container: return container_value(terms, t, at);
    case TermKind::super_call: return super_value(at);
    case TermKind::narrow: return narrowed(of(t.a), type_values(terms, t.b, at), t.number != 1);
    case TermKind::parameter: return parameter_value(at, static_cast<FunctionId>(t.number), t.text);
    case TermKind::unknown: return unknown_value();
  }
  return unknown_value();
}

ValueSet Linker::container_value(const Terms& terms, const Term& t, At at) {
  Value v{ValueKind::instance, "builtins." + std::string(t.text)};
  std::vector<ValueSet> elements;
  ValueSet any;
  for (std::uint32_t i = 0; i < t.count; ++i) {
    elements.push_back(values(terms, terms.lists[t.first + i], at));
    merge(any, elements.back());
  }
  v.inner = std::make_shared<const ValueSet>(std::move(any));
  if (t.text == "tuple") v.elements = std::make_shared<const std::vector<ValueSet>>(std::move(elements));
  return one(std::move(v));
}

ValueSet Linker::free_name(std::string_view name, std::uint32_t id) {
  ValueSet member = module_member(id, name);
  if (!member.empty()) return member;
  if (!knowledge_->is_builtin_name(name)) return unknown_value();
  ValueSet builtin = one(Value{ValueKind::external, "builtins." + std::string(name)});
  if (member.unknown) builtin.values.edit().front().probable = true;  // a star import may have hidden it
  return builtin;
}

std::string Linker::function_name(At at, FunctionId function) const {
  const IndexedUnit& placed = unit(at);
  const ModuleIndex& home = *modules_[at.module];
  const Signature& s = placed.data->exports->functions[function];
  std::string name = home.module.empty() ? std::string() : home.module + ".";
  if (function == 1 && placed.cls != kNone) name += home.tables->classes[placed.cls].qualname + ".";
  if (s.cls != kNone) name += home.tables->classes[placed.first_class + s.cls].qualname + ".";
  return name + (s.name.empty() ? std::string("<lambda>") : std::string(s.name));
}

Value Linker::class_value(std::uint32_t id, std::uint32_t cls) const {
  const ModuleIndex& home = *modules_[id];
  std::string prefix = home.module.empty() ? std::string() : home.module + ".";
  Value v{ValueKind::cls, prefix + home.tables->classes[cls].qualname};
  v.module = id;
  v.id = cls;
  return v;
}

Value Linker::function_value(std::uint32_t id, const Member& member) const {
  Value v{ValueKind::function, function_name({id, member.unit}, member.function)};
  v.module = id;
  v.unit = member.unit;
  v.id = member.function;
  return v;
}

ValueSet Linker::self_value(At at, std::int32_t local_class) {
  const IndexedUnit& placed = unit(at);
  std::uint32_t cls = local_class < 0 ? placed.cls : placed.first_class + static_cast<std::uint32_t>(local_class);
  if (cls == kNone) return unknown_value();  // a plain function: its first parameter is anything
  Value v = class_value(at.module, cls);
  v.kind = ValueKind::object;
  if (local_class >= 0) return one(std::move(v));
  for (std::string_view effect : decorator_effects(function_value(at.module, {at.unit, 1, 0, false}))) {
    if (effect == "static") return unknown_value();
    if (effect == "class") v.kind = ValueKind::cls;
  }
  return one(std::move(v));
}

// What a framework passes to methods of the classes derived from its own, or what the code that makes objects of a class
// gives its constructor.
ValueSet Linker::parameter_value(At at, FunctionId function, std::string_view name) {
  const std::uint32_t cls = unit(at).cls;
  if (cls == kNone || function != 1) return unknown_value();
  for (const std::string& base : external_bases(at.module, cls).names) {
    const std::string_view types = knowledge_->injected(base, name);
    if (types.empty()) continue;
    ValueSet own = only_own_class(types);
    return own.empty() ? one(Value{ValueKind::instance, std::string(types.substr(0, types.find('|')))}) : own;
  }
  return constructed_with(at, name);
}

ValueSet Linker::super_value(At at) {
  std::uint32_t cls = unit(at).cls;
  if (cls == kNone) return unknown_value();
  ValueSet all;
  for (const ValueSet& base : bases_of(at.module, cls)) merge(all, instance_of(base));
  return all.empty() ? unknown_value() : all;
}

std::vector<ValueSet> Linker::bases_of(std::uint32_t id, std::uint32_t cls) {
  const IndexedClass& entry = modules_[id]->tables->classes[cls];
  At at{id, entry.unit};
  const Exports& exports = *unit(at).data->exports;
  std::vector<ValueSet> bases;
  for (TermId base : exports.classes[entry.id].bases) bases.push_back(values(exports.terms, base, at));
  return bases;
}

// Depth-first, left to right: not C3, but the first definition found is the same wherever no diamond overrides.
void Linker::linear_bases(ClassAt cls, std::vector<ClassAt>& out, ExternalBases& external) {
  if (std::find(out.begin(), out.end(), cls) != out.end() || out.size() > 64) return;
  out.push_back(cls);
  for (const ValueSet& base : bases_of(cls.module, cls.cls)) {
    external.unknown |= base.unknown;
    for (const Value& v : base.values) {
      if (v.kind == ValueKind::cls) linear_bases({v.module, v.id}, out, external);
      if (v.kind == ValueKind::external && !has_role(v.name, "bare")) external.names.push_back(v.name);
    }
  }
}

std::vector<Linker::MemberAt> Linker::find_member(std::uint32_t id, std::uint32_t cls, std::string_view name,
                                                  ExternalBases& external) {
  std::vector<ClassAt> order;
  linear_bases({id, cls}, order, external);
  std::vector<MemberAt> found;
  for (const ClassAt& c : order) {
    const auto& members = modules_[c.module]->tables->classes[c.cls].members;
    auto it = members.find(std::string(name));
    if (it == members.end()) continue;
    for (const Member& member : it->second) found.push_back({c.module, member});
    drop_declarations(found);
    return found;
  }
  return found;
}

// @overload says what an implementation beside it gives; by itself it is nothing that runs.
void Linker::drop_declarations(std::vector<MemberAt>& members) {
  if (members.size() < 2) return;
  std::vector<MemberAt> real;
  for (const MemberAt& m : members) {
    bool declaration = m.member.function != kNone && has_decorator_effect(function_value(m.module, m.member), "overload");
    if (!declaration) real.push_back(m);
  }
  if (!real.empty()) members = std::move(real);
}

Linker::ExternalBases Linker::external_bases(std::uint32_t id, std::uint32_t cls) {
  ExternalBases external;
  std::vector<ClassAt> order;
  linear_bases({id, cls}, order, external);
  return external;
}

std::vector<Value> Linker::member_functions(const Value& object, std::string_view name) {
  ExternalBases external;
  std::vector<Value> functions;
  for (const MemberAt& m : find_member(object.module, object.id, name, external)) {
    if (m.member.function == kNone) continue;
    Value v = function_value(m.module, m.member);
    v.inner = std::make_shared<const ValueSet>(one(object));
    functions.push_back(std::move(v));
  }
  return functions;
}

ValueSet Linker::member_value(const MemberAt& at, const Value* bound) {
  if (at.member.function == kNone) {
    At where{at.module, at.member.unit};
    return values(unit(where).data->exports->terms, at.member.term, where);
  }
  Value v = function_value(at.module, at.member);
  const bool object = bound != nullptr && bound->kind == ValueKind::object;
  if (bound != nullptr && (object || has_decorator_effect(v, "class"))) v.inner = std::make_shared<const ValueSet>(one(*bound));
  return decorated(std::move(v), object ? bound : nullptr);
}

ValueSet Linker::function_result(const Value& function) {
  At at{function.module, function.unit};
  const Exports& exports = *unit(at).data->exports;
  const Signature& s = exports.functions[function.id];
  ValueSet result;
  if (s.annotated != 0) {
    result = values(exports.terms, s.annotated, at);
    replace_self(result, function);
    // What a function gives back is often a wrapper, and its annotation a way of speaking: the body says more.
    const auto is_callable = [](const Value& v) { return v.name == kCallable; };
    const auto leave_out = [&](ValueSet& set) {
      if (std::none_of(set.values.begin(), set.values.end(), is_callable)) return;
      set.unknown = true;
      std::erase_if(set.values.edit(), is_callable);
    };
    leave_out(result);
    if (result.unknown && result.empty() && s.returns_value) {
      ValueSet made = returned_values(function, s.returned, 0);
      leave_out(made);
      if (!made.empty()) result = std::move(made);
    }
  } else if (s.returns_value) {
    result = returned_values(function, s.returned, 0);
  } else if (s.stub && function.inner) {
    result.unknown = true;  // the methods that take its place say what they give
  } else {
    result = one(Value{ValueKind::none, "None"});
  }
  if (s.generator) {
    ValueSet yielded = s.annotated != 0 ? iterate_of(result, s.async) : values(exports.terms, s.yielded, at);
    Value v = function;  // keeps where it comes from: consuming it runs that body
    v.kind = ValueKind::generator;
    v.inner = std::make_shared<const ValueSet>(std::move(yielded));
    for (std::string_view effect : decorator_effects(function)) {
      if (effect != "contextmanager") continue;
      v.kind = ValueKind::instance;
      v.name = s.async ? "contextlib.AbstractAsyncContextManager" : "contextlib.AbstractContextManager";
    }
    return one(std::move(v));
  }
  if (!s.async) return result;
  Value v = function;
  v.kind = ValueKind::coroutine;
  v.inner = std::make_shared<const ValueSet>(std::move(result));
  return one(std::move(v));
}

}  // namespace awaitd::analysis
