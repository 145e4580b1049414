// What decorators make of a def: the table's words (property, static...), a route, and functions of the project, read
// off their shape: one that gives its function back, one that runs a wrapper around it, one whose wrapper takes its
// place (an async wrapper that hands a plain def to a thread, a sync one that runs a coroutine).
#include "analysis/link/linker.h"
#include "analysis/link/value_sets.h"

namespace awaitd::analysis {
namespace {

// The decorator's own code, and the parameter that is the decorated function.
struct Maker {
  const Facts& facts;
  const Unit& unit;
  FunctionId id;
  std::string_view subject;
};

std::string_view first_parameter(const Facts& facts, FunctionId function, int index) {
  for (const Binding& b : facts.bindings) {
    if (b.kind == BindingKind::parameter && b.scope == facts.functions[function].scope && b.index == index)
      return b.name;
  }
  return {};
}

bool binds(const Maker& m, FunctionId function, std::string_view name) {
  return !m.facts.bindings_in(m.facts.functions[function].scope, name).empty();
}

bool is_subject(const Maker& m, NodeId node) {
  return node != kNoNode && m.unit[node].kind == Kind::identifier && m.unit.text_of(node) == m.subject;
}

// The defs in the decorator that a name stands for: one name may have a sync and an async one.
std::vector<FunctionId> nested(const Maker& m, NodeId node) {
  std::vector<FunctionId> found;
  if (node == kNoNode || m.unit[node].kind != Kind::identifier) return found;
  for (std::uint32_t b : m.facts.bindings_in(m.facts.functions[m.id].scope, m.unit.text_of(node))) {
    const Binding& binding = m.facts.bindings[b];
    if (binding.kind != BindingKind::function) continue;
    for (FunctionId f = 0; f < m.facts.functions.size(); ++f) {
      if (m.facts.functions[f].node == binding.value) found.push_back(f);
    }
  }
  return found;
}

// `func(...)`, `await func(...)`, or a name that holds one of these.
bool is_call_of_subject(const Maker& m, FunctionId wrapper, NodeId node, int depth = 0) {
  if (node == kNoNode || depth > 4) return false;
  node = inside_parentheses(m.unit, node);
  if (m.unit[node].kind == Kind::await) return is_call_of_subject(m, wrapper, m.unit.first_child(node), depth + 1);
  if (m.unit[node].kind == Kind::call) return is_subject(m, m.unit.child(node, Field::function));
  if (m.unit[node].kind != Kind::identifier) return false;
  for (std::uint32_t b : m.facts.bindings_in(m.facts.functions[wrapper].scope, m.unit.text_of(node))) {
    const Binding& binding = m.facts.bindings[b];
    if (binding.kind == BindingKind::assign && is_call_of_subject(m, wrapper, binding.value, depth + 1)) return true;
  }
  return false;
}

// Like functools.wraps, update_wrapper() and cast() hand on what they are given, whatever they are called.
NodeId handed_on(const Maker& m, NodeId node) {
  const Call* call = m.unit[node].kind == Kind::call ? m.facts.call_at(node) : nullptr;
  if (call == nullptr) return node;
  NodeId found = node;
  for (const Argument& a : m.facts.arguments_of(*call)) {
    if (!nested(m, a.value).empty()) found = a.value;
  }
  return found;
}

struct Shape {
  bool keeps = false;  // gives the function back as it is
  bool unknown = false;
  std::vector<FunctionId> wrappers;
};

// `later if iscoroutinefunction(func) else now`: of a choice both.
void add_returned(const Maker& m, NodeId value, Shape& shape) {
  NodeId node = value == kNoNode ? kNoNode : inside_parentheses(m.unit, value);
  if (node != kNoNode && m.unit[node].kind == Kind::conditional_expression) {
    int arm = 0;
    for (NodeId child : children(m.unit, node)) {
      if (m.unit[child].kind != Kind::comment && arm++ != 1) add_returned(m, child, shape);
    }
    return;
  }
  if (node != kNoNode) node = handed_on(m, node);
  const std::vector<FunctionId> wrappers = nested(m, node);
  shape.wrappers.insert(shape.wrappers.end(), wrappers.begin(), wrappers.end());
  if (!wrappers.empty()) return;
  if (is_subject(m, node))
    shape.keeps = true;
  else
    shape.unknown = true;
}

Shape shape_of(const Maker& m) {
  Shape shape;
  for (const Return& r : m.facts.returns) {
    if (r.function == m.id) add_returned(m, r.value, shape);
  }
  return shape;
}

bool runs_subject(const Maker& m, FunctionId wrapper) {
  if (binds(m, wrapper, m.subject)) return false;
  for (const Call& call : m.facts.calls) {
    if (call.function == wrapper && is_subject(m, call.callee)) return true;
  }
  return false;
}

bool returns_subject(const Maker& m, FunctionId wrapper) {
  for (const Return& r : m.facts.returns) {
    if (r.function == wrapper && is_call_of_subject(m, wrapper, r.value)) return true;
  }
  return false;
}

}  // namespace

Linker::Decoration Linker::decoration(const Value& decorator, const Value& function) {
  Decoration made;
  if (decorator.kind != ValueKind::function) return made;
  const Facts& facts = *unit({decorator.module, decorator.unit}).data->facts;
  const Function& fn = facts.functions[decorator.id];
  if (fn.async || fn.generator || fn.lambda) return made;
  bool bound = decorator.inner != nullptr;
  Maker m{facts, *facts.unit, decorator.id, first_parameter(facts, decorator.id, bound ? 1 : 0)};
  if (m.subject.empty()) return made;
  Shape shape = shape_of(m);
  if (shape.unknown || (shape.wrappers.empty() && !shape.keeps)) return made;
  if (shape.wrappers.empty()) {
    made.kind = Decoration::Kind::keeps;
    return made;
  }
  // Of a sync and an async wrapper the one that is like the function.
  const Signature& s = signature(function);
  // What asynccontextmanager makes of an async generator is a plain function.
  const bool async = s.async && !(s.generator && has_decorator_effect(function, "contextmanager"));
  FunctionId wrapper = kNone;
  for (FunctionId w : shape.wrappers) {
    if (wrapper == kNone || (facts.functions[w].async == async && facts.functions[wrapper].async != async)) wrapper = w;
  }
  const Function& inner = facts.functions[wrapper];
  if (inner.generator) return made;
  made.wrapper = function_value(decorator.module, {decorator.unit, wrapper, 0, false});
  bool runs = runs_subject(m, wrapper);
  // Nobody runs the function itself where the wrapper only hands it on, or runs its coroutine to the end.
  bool through = runs && (inner.async == async || (async && returns_subject(m, wrapper)));
  made.kind = through ? Decoration::Kind::around : Decoration::Kind::replaces;
  return made;
}

std::string_view Linker::decorator_effect(const Value& decorator) const {
  // `@d` and `@d(...)`: the call's result is named after the callable.
  if (decorator.kind != ValueKind::external && decorator.kind != ValueKind::instance) return {};
  for (const TypeFact* fact : knowledge_->results(decorator.name, How::decorator)) return fact->result;
  return {};
}

std::vector<std::string_view> Linker::decorator_effects(const Value& function) {
  std::vector<std::string_view> effects;
  At at{function.module, function.unit};
  const Exports& exports = *unit(at).data->exports;
  for (TermId d : exports.functions[function.id].decorators) {
    for (const Value& v : values(exports.terms, d, at).values) effects.push_back(decorator_effect(v));
  }
  return effects;
}

bool Linker::has_decorator_effect(const Value& function, std::string_view effect) {
  At at{function.module, function.unit};
  if (unit(at).data->exports->functions[function.id].decorators.empty()) return false;
  for (std::string_view e : decorator_effects(function)) {
    if (e == effect) return true;
  }
  return false;
}

bool Linker::is_accessor(const Value& function) const {
  const Exports& exports = *unit({function.module, function.unit}).data->exports;
  for (TermId d : exports.functions[function.id].decorators) {
    const Term& t = exports.terms[d];
    if (t.kind == TermKind::attribute && (t.text == "setter" || t.text == "deleter")) return true;
  }
  return false;
}

// A class decorator or metaclass that puts something of its own in the place of methods.
bool Linker::rewrites(const Value& maker) {
  if (maker.kind == ValueKind::function) return signature(maker).rewrites;
  if (maker.kind != ValueKind::cls) return false;
  for (std::string_view method : {"__new__", "__init__"}) {
    ExternalBases ignored;
    for (const MemberAt& m : find_member(maker.module, maker.id, method, ignored)) {
      if (m.member.function != kNone && signature(function_value(m.module, m.member)).rewrites) return true;
    }
  }
  return false;
}

// What a method of such a class is nobody can tell: its metaclass, or __init_subclass__ of a base, has wrapped it.
bool Linker::rewritten(const Value& method) {
  const std::uint32_t cls = unit({method.module, method.unit}).cls;
  if (cls == kNone) return false;
  std::vector<ClassAt> order;
  ExternalBases ignored;
  linear_bases({method.module, cls}, order, ignored);
  static const std::string kInitSubclass = "__init_subclass__";
  for (const ClassAt& c : order) {
    const IndexedClass& entry = modules_[c.module]->tables->classes[c.cls];
    const At at{c.module, entry.unit};
    const Exports& exports = *unit(at).data->exports;
    const bool own = &c == &order.front();
    for (TermId d : exports.classes[entry.id].decorators) {
      for (const Value& v : values(exports.terms, d, at).values) {
        if ((own || v.kind == ValueKind::cls) && rewrites(v)) return true;
      }
    }
    const auto hook = entry.members.find(kInitSubclass);
    if (own || hook == entry.members.end()) continue;
    for (const Member& m : hook->second) {
      if (m.function != kNone && signature(function_value(c.module, m)).rewrites) return true;
    }
  }
  return false;
}

// What a def is after its decorators, the nearest first: itself, a property's value, an object, or probably itself.
ValueSet Linker::decorated(Value function, const Value* bound) {
  At at{function.module, function.unit};
  const Exports& exports = *unit(at).data->exports;
  if (exports.functions[function.id].async && rewritten(function)) return unknown_value();
  const auto& decorators = exports.functions[function.id].decorators;
  for (auto d = decorators.rbegin(); d != decorators.rend(); ++d) {
    ValueSet decorator = values(exports.terms, *d, at);
    std::string_view effect;
    for (const Value& v : decorator.values) effect = decorator_effect(v);
    if (effect == "property" && bound != nullptr) return function_result(function);
    if (effect == "static") function.inner = nullptr;
    if (effect.find('.') != std::string_view::npos) return one(Value{ValueKind::instance, std::string(effect)});
    if (!effect.empty()) continue;
    Decoration made;
    if (decorator.values.size() == 1 && !decorator.unknown) made = decoration(decorator.values.front(), function);
    if (made.kind == Decoration::Kind::keeps) continue;
    if (made.kind == Decoration::Kind::replaces) {
      made.wrapper.probable = function.probable;
      made.wrapper.around = function.around;
      return one(std::move(made.wrapper));
    }
    if (made.kind == Decoration::Kind::around) {
      ValueSet around = function.around ? *function.around : ValueSet{};
      merge(around, one(std::move(made.wrapper)));
      function.around = std::make_shared<const ValueSet>(std::move(around));
      continue;
    }
    bool route = false;
    for (const Value& v : decorator.values) route |= knowledge_->context(v.name) != nullptr;
    function.probable |= !route;
  }
  return one(std::move(function));
}

}  // namespace awaitd::analysis
