#include "analysis/terms/exports.h"

#include <algorithm>

#include "analysis/terms/term_builder.h"

namespace awaitd::analysis {
namespace {

TermId join(Terms& arena, TermId a, TermId b, bool first) {
  if (first || a == b) return b;
  Term term;
  term.kind = TermKind::either;
  term.a = a;
  term.b = b;
  arena.terms.push_back(term);
  return static_cast<TermId>(arena.terms.size() - 1);
}

TermId instance_of(Terms& arena, TermId type) {
  Term term;
  term.kind = TermKind::instance;
  term.a = type;
  arena.terms.push_back(term);
  return static_cast<TermId>(arena.terms.size() - 1);
}

bool is_stub_statement(const Unit& unit, NodeId statement) {
  switch (unit[statement].kind) {
    case Kind::pass_statement:
    case Kind::raise_statement:
    case Kind::comment:
      return true;
    case Kind::expression_statement: {
      NodeId inner = unit.first_child(statement);
      if (inner == kNoNode) return true;
      Kind kind = unit[inner].kind;
      return kind == Kind::string || kind == Kind::concatenated_string || kind == Kind::ellipsis;
    }
    default:
      return false;
  }
}

bool is_stub(const Unit& unit, const Function& fn) {
  if (fn.body == kNoNode) return true;
  if (fn.lambda) return false;
  for (NodeId statement : children(unit, fn.body)) {
    if (!is_stub_statement(unit, statement)) return false;
  }
  return true;
}

bool only_declares(const Unit& unit, const Function& fn) {
  bool raises = false;
  for (NodeId statement : children(unit, fn.body)) {
    if (unit[statement].kind != Kind::raise_statement) continue;
    if (unit.text_of(statement).find("NotImplementedError") == std::string_view::npos) return false;
    raises = true;
  }
  return raises;
}

// A parameter as it is written: *args, **kwargs.
std::string_view with_stars(const Unit& unit, const Binding& parameter) {
  const NodeId parent = parameter.target == kNoNode ? kNoNode : unit[parameter.target].parent;
  if (parent == kNoNode) return parameter.name;
  Kind kind = unit[parent].kind;
  bool starred = kind == Kind::list_splat_pattern || kind == Kind::dictionary_splat_pattern;
  return starred ? unit.text_of(parent) : parameter.name;
}

// setattr(cls, name, wrapped); of a metaclass also namespace[name] = wrapped, and {name: wrap(f) for name, f in ...}.
void mark_rewriting(const Facts& facts, Exports& out) {
  const Unit& unit = *facts.unit;
  auto computed = [&](NodeId name) { return name != kNoNode && unit[name].kind != Kind::string; };
  for (const Call& call : facts.calls) {
    if (call.callee == kNoNode || unit.text_of(call.callee) != "setattr") continue;
    const Argument* name = facts.positional(call, 1);
    if (name != nullptr && computed(name->value)) out.functions[call.function].rewrites = true;
  }
  for (FunctionId f = 0; f < facts.functions.size(); ++f) {
    if (out.functions[f].name != "__new__") continue;
    const NodeId body = facts.functions[f].body;
    for (NodeId n = body; body != kNoNode && n < body + unit[body].size; ++n) {
      const bool sets = unit[n].kind == Kind::subscript && unit[n].field == Field::left;
      if (unit[n].kind == Kind::dictionary_comprehension || (sets && computed(unit.child(n, Field::subscript))))
        out.functions[f].rewrites = true;
    }
  }
}

void signatures(const Facts& facts, TermBuilder& builder, Exports& out) {
  for (FunctionId id = 0; id < facts.functions.size(); ++id) {
    const Function& fn = facts.functions[id];
    Signature s;
    if (fn.name != kNoNode) s.name = facts.unit->text_of(fn.name);
    s.cls = fn.cls;
    s.async = fn.async;
    s.generator = fn.generator;
    s.lambda = fn.lambda;
    s.stub = is_stub(*facts.unit, fn);
    s.declares = s.stub && fn.body != kNoNode && only_declares(*facts.unit, fn);
    if (fn.returns != kNoNode) s.annotated = instance_of(out.terms, builder.type_expression(fn.returns));
    if (fn.lambda) {
      s.returned = builder.expression(fn.body);
      s.returns_value = true;
    }
    out.functions.push_back(std::move(s));
  }
  for (const Return& r : facts.returns) {
    Signature& s = out.functions[r.function];
    if (r.value == kNoNode) continue;
    s.returned = join(out.terms, s.returned, builder.expression(r.value), !s.returns_value);
    s.returns_value = true;
  }
  for (const Return& y : facts.yields) {
    Signature& s = out.functions[y.function];
    if (s.yielded == 0) s.yielded = builder.expression(y.value);
  }
  for (const Decorator& d : facts.decorators) {
    TermId term = builder.expression(d.expression);
    if (d.function != kNone) out.functions[d.function].decorators.push_back(term);
    if (d.cls != kNone) out.classes[d.cls].decorators.push_back(term);
  }
  for (std::uint32_t b = 0; b < facts.bindings.size(); ++b) {
    const Binding& binding = facts.bindings[b];
    if (binding.kind != BindingKind::parameter) continue;
    FunctionId fn = facts.scopes[binding.scope].function;
    out.functions[fn].parameters.push_back({with_stars(*facts.unit, binding), builder.binding(b)});
  }
  mark_rewriting(facts, out);
}

void classes(const Facts& facts, TermBuilder& builder, Exports& out) {
  const Unit& unit = *facts.unit;
  for (const Class& cls : facts.classes) {
    ExportedClass c;
    if (cls.name != kNoNode) c.name = unit.text_of(cls.name);
    c.parent = cls.parent;
    if (cls.bases != kNoNode) {
      for (NodeId base : children(unit, cls.bases)) {
        Kind kind = unit[base].kind;
        const bool metaclass =
            kind == Kind::keyword_argument && unit.text_of(unit.child(base, Field::name)) == "metaclass";
        if (metaclass) c.decorators.push_back(builder.expression(unit.child(base, Field::value)));
        if (kind == Kind::comment || kind == Kind::keyword_argument || kind == Kind::list_splat) continue;
        c.bases.push_back(builder.type_expression(base));
      }
    }
    for (std::uint32_t b = 0; b < facts.bindings.size(); ++b) {
      const Binding& binding = facts.bindings[b];
      if (binding.scope == cls.scope) c.members.push_back({binding.name, builder.binding(b), binding.kind});
    }
    out.classes.push_back(std::move(c));
  }
}

// The part of `if TYPE_CHECKING: ... else: ...` that a statement stands in: consequence or alternative, or none.
Field checking_branch(const Unit& unit, NodeId statement) {
  for (NodeId n = statement; n != kNoNode && unit[n].parent != kNoNode; n = unit[n].parent) {
    const NodeId outer = unit[n].parent;
    if (unit[outer].kind != Kind::if_statement || unit[n].kind == Kind::elif_clause) continue;
    const NodeId condition = unit.child(outer, Field::condition);
    if (condition != kNoNode && unit.text_of(condition).ends_with("TYPE_CHECKING") &&
        unit[condition].kind != Kind::not_operator)
      return unit[n].field;
  }
  return Field::none;
}

// `if TYPE_CHECKING: app: App  else: app = Proxy()`: the declaration says what the name is to others.
bool stands_in_for(const Facts& facts, const Binding& binding) {
  const Unit& unit = *facts.unit;
  if (binding.kind != BindingKind::assign || binding.statement == kNoNode ||
      checking_branch(unit, binding.statement) != Field::alternative)
    return false;
  const auto all = facts.bindings_in(binding.scope, binding.name);
  return std::any_of(all.begin(), all.end(), [&](std::uint32_t id) {
    const Binding& other = facts.bindings[id];
    return other.annotation != kNoNode && other.statement != kNoNode &&
           checking_branch(unit, other.statement) == Field::consequence;
  });
}

void globals(const Facts& facts, TermBuilder& builder, Exports& out) {
  for (std::uint32_t b = 0; b < facts.bindings.size(); ++b) {
    const Binding& binding = facts.bindings[b];
    const Scope& scope = facts.scopes[binding.scope];
    if (scope.kind == ScopeKind::module) {
      // A function unit's own def is known from its place; a method's is a member of its class.
      if (facts.unit->skeleton && !stands_in_for(facts, binding))
        out.globals.push_back({binding.name, builder.binding(b), binding.kind});
      continue;
    }
    if (scope.kind != ScopeKind::function || binding.kind == BindingKind::global) continue;
    for (std::uint32_t other : facts.bindings_in(binding.scope, binding.name)) {
      if (facts.bindings[other].kind == BindingKind::global) {
        out.globals.push_back({binding.name, builder.binding(b), binding.kind});
        break;
      }
    }
  }
}

// The first parameter of a method, also where it has an annotation (mixins say what they are mixed into).
bool is_annotated_self(const Facts& facts, const AttributeStore& store) {
  const Function& fn = facts.functions[store.function];
  if (fn.lambda || facts.unit->skeleton || fn.parent != 0) return false;
  for (std::uint32_t b : facts.bindings_in(fn.scope, facts.unit->text_of(store.object))) {
    const Binding& binding = facts.bindings[b];
    if (binding.kind != BindingKind::parameter || binding.index != 0 || binding.annotation == kNoNode) return false;
  }
  return !facts.bindings_in(fn.scope, facts.unit->text_of(store.object)).empty();
}

void attributes(const Facts& facts, TermBuilder& builder, Exports& out) {
  for (const AttributeStore& store : facts.attribute_stores) {
    TermId id = builder.expression(store.object);
    const Term object = out.terms[id];
    const bool self = object.kind == TermKind::self;
    if (!self && object.kind != TermKind::unknown && store.how.kind != BindingKind::augmented) {
      TermId value = builder.bound_value(store.how);
      if (value != 0) out.outside.push_back({store.attribute, id, value});
    }
    // Whether the first parameter of a def is a self is known only where the unit's class is: it is exported as both.
    if (!self && !is_annotated_self(facts, store)) continue;
    std::int32_t cls = self ? object.number : -1;
    out.attributes.push_back({store.attribute, builder.bound_value(store.how), cls});
  }
}

void settings(const Facts& facts, Exports& out) {
  const Unit& unit = *facts.unit;
  for (const Call& call : facts.calls) {
    const Argument* value = facts.positional(call, 0);
    if (!call.statement || call.argument_count != 1 || value == nullptr || call.callee == kNoNode ||
        unit[call.callee].kind != Kind::attribute)
      continue;
    Kind kind = unit[value->value].kind;
    if (kind != Kind::false_ && kind != Kind::true_ && kind != Kind::none && kind != Kind::integer &&
        kind != Kind::float_)
      continue;
    NodeId object = unit.child(call.callee, Field::object), method = unit.child(call.callee, Field::attribute);
    if (object == kNoNode || method == kNoNode || unit[object].kind != Kind::attribute) continue;
    out.settings.push_back({unit.text_of(object), unit.text_of(method), unit.text_of(value->value)});
  }
}

// Written like a class (PEP 8), and nothing that is made to be raised.
bool is_class_name(std::string_view name) {
  if (name == "cls") return true;
  while (name.starts_with('_')) name.remove_prefix(1);
  if (name.empty() || name[0] < 'A' || name[0] > 'Z') return false;
  return !name.ends_with("Error") && !name.ends_with("Exception") && !name.ends_with("Warning");
}

// Arguments whose meaning others may ask for. The rest - texts, numbers, containers - changes often and tells little.
bool is_telling(Kind kind) {
  return kind == Kind::identifier || kind == Kind::attribute || kind == Kind::call || kind == Kind::await ||
         kind == Kind::none;
}

// `super().__init__`
bool is_base_constructor(const Unit& unit, NodeId callee) {
  if (unit[callee].kind != Kind::attribute) return false;
  const NodeId object = unit.child(callee, Field::object), name = unit.child(callee, Field::attribute);
  if (object == kNoNode || name == kNoNode || unit.text_of(name) != "__init__") return false;
  const NodeId called = unit[object].kind == Kind::call ? unit.child(object, Field::function) : kNoNode;
  return called != kNoNode && unit.text_of(called) == "super";
}

void constructions(const Facts& facts, TermBuilder& builder, Exports& out) {
  const Unit& unit = *facts.unit;
  for (const Call& call : facts.calls) {
    if (call.callee == kNoNode || call.argument_count == 0) continue;
    NodeId last = call.callee;
    if (unit[last].kind == Kind::attribute) last = unit.child(last, Field::attribute);
    const bool base = is_base_constructor(unit, call.callee);
    if (last == kNoNode || unit[last].kind != Kind::identifier || !(base || is_class_name(unit.text_of(last))))
      continue;
    ExportedConstruction made;
    made.name = base ? std::string_view("super") : unit.text_of(last);
    made.callee = builder.expression(call.callee);
    for (const Argument& a : facts.arguments_of(call)) {
      made.stars |= a.stars != 0;
      const NodeId value = inside_parentheses(unit, a.value);
      made.given.push_back({a.name, is_telling(unit[value].kind) ? builder.expression(value) : 0});
    }
    out.constructions.push_back(std::move(made));
  }
}

}  // namespace

std::shared_ptr<const Exports> build_exports(const Facts& facts) {
  auto out = std::make_shared<Exports>();
  TermBuilder builder(facts, out->terms);
  classes(facts, builder, *out);
  signatures(facts, builder, *out);
  globals(facts, builder, *out);
  attributes(facts, builder, *out);
  settings(facts, *out);
  constructions(facts, builder, *out);
  out->terms.shrink_to_fit();
  return out;
}

}  // namespace awaitd::analysis
