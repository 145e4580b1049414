// Who overrides a method that a base class only declares, and what other code sets on the objects of a class. Both look
// beyond the class's own module, into modules that do not depend on what was asked before: the Linker's own, the
// class's, and the ones those import.
#include <algorithm>
#include <set>

#include "analysis/link/linker.h"
#include "analysis/link/value_sets.h"

namespace awaitd::analysis {
namespace {

constexpr std::size_t kMaxModules = 64;   // looked into for subclasses of one class
constexpr std::size_t kMaxOverrides = 8;  // more implementations than this say nothing of this call
constexpr std::size_t kMaxStores = 16;    // of one attribute name; more of them are of many classes

}  // namespace

bool Linker::is_abstract(const Value& function) {
  return signature(function).declares || has_decorator_effect(function, "abstract");
}

std::vector<std::uint32_t> Linker::imported_modules(std::uint32_t id) {
  std::vector<std::uint32_t> found;
  std::set<std::string> names;
  const ModulePtr from = modules_[id];
  for (const IndexedUnit& placed : from->units) {
    for (const Term& t : placed.data->exports->terms.terms) {
      if (t.kind == TermKind::import) names.insert(std::string(t.text));
      if (t.kind != TermKind::from_import) continue;
      std::string base = absolute(t.base, t.number, id);
      names.insert(base);
      if (t.text != "*") names.insert(base.empty() ? std::string(t.text) : base + "." + std::string(t.text));
    }
  }
  for (const std::string& name : names) {
    if (found.size() >= kMaxModules) break;
    if (auto other = module(name, id)) found.push_back(*other);
  }
  return found;
}

const std::vector<Linker::ClassAt>& Linker::subclasses(ClassAt base) {
  auto known = subclasses_.find(base);
  if (known != subclasses_.end()) return known->second;
  std::vector<std::uint32_t> candidates{base.module};
  auto add_imports = [&](std::uint32_t id) {
    for (std::uint32_t m : imported_modules(id)) candidates.push_back(m);
  };
  if (!modules_[base.module]->installed) {
    candidates.push_back(0);
    add_imports(0);
  }
  add_imports(base.module);
  std::string package = modules_[base.module]->module;
  if (!modules_[base.module]->package) {
    std::size_t dot = package.rfind('.');
    package.resize(dot == std::string::npos ? 0 : dot);
  }
  if (auto home = module(package, base.module)) {
    candidates.push_back(*home);
    add_imports(*home);
  }
  std::vector<ClassAt> found;
  std::set<std::uint32_t> seen;
  for (std::uint32_t m : candidates) {
    if (!seen.insert(m).second) continue;
    const ModulePtr holder = modules_[m];
    for (std::uint32_t c = 0; c < holder->tables->classes.size(); ++c) {
      ClassAt cls{m, c};
      if (cls == base) continue;
      std::vector<ClassAt> order;
      ExternalBases external;
      linear_bases(cls, order, external);
      if (std::find(order.begin(), order.end(), base) != order.end()) found.push_back(cls);
    }
  }
  return subclasses_.emplace(base, std::move(found)).first->second;
}

std::vector<Value> Linker::overrides(const Value& function) {
  std::vector<Value> found;
  if (!function.inner || function.inner->values.empty()) return found;
  const Value receiver = function.inner->values.front();
  if (receiver.kind != ValueKind::object && receiver.kind != ValueKind::cls) return found;
  const std::string name(signature(function).name);
  const std::vector<ClassAt> known = subclasses({receiver.module, receiver.id});
  for (const ClassAt& cls : known) {
    const auto& members = modules_[cls.module]->tables->classes[cls.cls].members;
    auto it = members.find(name);
    if (it == members.end()) continue;
    for (const Member& member : it->second) {
      if (member.function == kNone) continue;
      Value v = function_value(cls.module, member);
      Value object = class_value(cls.module, cls.cls);
      object.kind = ValueKind::object;
      v.inner = std::make_shared<const ValueSet>(one(std::move(object)));
      v.probable = true;
      found.push_back(std::move(v));
    }
    if (found.size() > kMaxOverrides) return {};
  }
  return found;
}

// What code of the asking module or the class's own sets on such an object from outside.
ValueSet Linker::outside_values(const Value& object, std::string_view name) {
  ValueSet all;
  std::vector<std::uint32_t> places{object.module};
  if (object.module != 0 && !modules_[object.module]->installed) places.push_back(0);
  for (std::uint32_t m : places) {
    const ModulePtr holder = modules_[m];
    const auto* stores = holder->tables->outside.find(name);
    if (stores == nullptr || stores->size() > kMaxStores) continue;
    for (const OutsideStore& store : *stores) {
      At at{m, store.unit};
      const Terms& terms = unit(at).data->exports->terms;
      bool meant = false;
      for (const Value& v : values(terms, store.object, at).values) {
        if (v.kind != ValueKind::object) continue;
        meant |= (v.module == object.module && v.id == object.id) || derives(object, {v.module, v.id});
      }
      if (meant) merge(all, values(terms, store.value, at));
    }
  }
  return all;
}

bool Linker::derives(const Value& object, ClassAt base) {
  std::vector<ClassAt> order;
  ExternalBases external;
  linear_bases({object.module, object.id}, order, external);
  return std::find(order.begin(), order.end(), base) != order.end();
}

std::vector<Value> Linker::property_functions(const Value& object, std::string_view name, bool setter) {
  std::vector<Value> functions;
  ExternalBases external;
  for (const MemberAt& m : find_member(object.module, object.id, name, external)) {
    if (m.member.function != kNone || m.member.instance) continue;
    At at{m.module, m.member.unit};
    const Terms& terms = unit(at).data->exports->terms;
    const Term& t = terms[m.member.term];
    if (t.kind != TermKind::call || terms[t.a].kind != TermKind::free_name || terms[t.a].text != "property") continue;
    if (t.count <= (setter ? 1u : 0u)) continue;
    TermId accessor = terms.lists[t.first + (setter ? 1 : 0)];
    if (terms[accessor].kind == TermKind::free_name) {  // a method, which is a unit of its own
      std::vector<Value> methods = member_functions(object, terms[accessor].text);
      functions.insert(functions.end(), methods.begin(), methods.end());
      continue;
    }
    for (Value v : values(terms, accessor, at).values) {
      if (v.kind != ValueKind::function) continue;
      v.inner = std::make_shared<const ValueSet>(one(object));
      functions.push_back(std::move(v));
    }
  }
  return functions;
}

}  // namespace awaitd::analysis
