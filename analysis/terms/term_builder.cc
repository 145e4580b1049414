#include "analysis/terms/term_builder.h"

#include <charconv>

namespace awaitd::analysis {
namespace {

constexpr int kMaxDepth = 120;       // nesting of one expression that is followed; deeper is unknown
constexpr TermId kBuilding = 0xffffffffu;

// What the conditions of a fact may ask of the arguments of a call that stands elsewhere (effects/excuses.cc): names and
// simple values, but not the text of strings, so that typing in one changes nothing for others.
std::uint32_t argument_shape(const Facts& facts, const Call& call) {
  std::uint32_t hash = 2166136261u;  // FNV-1a
  auto add = [&](std::string_view text) {
    for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
    hash = (hash ^ 0xffu) * 16777619u;
  };
  for (const Argument& a : facts.arguments_of(call)) {
    const Node& value = (*facts.unit)[a.value];
    bool simple = value.kind == Kind::none || value.kind == Kind::true_ || value.kind == Kind::false_ || value.kind == Kind::integer ||
                  value.kind == Kind::float_ || value.kind == Kind::identifier || value.kind == Kind::attribute;
    add(a.name);
    add(simple ? facts.unit->text_of(a.value) : std::string_view());
    hash += a.stars;
  }
  return hash;
}

}  // namespace

TermBuilder::TermBuilder(const Facts& facts, Terms& arena) : facts_(facts), unit_(*facts.unit), arena_(arena) {}

TermId TermBuilder::add(Term term) {
  arena_.terms.push_back(term);
  return static_cast<TermId>(arena_.terms.size() - 1);
}

TermId TermBuilder::make(TermKind kind, TermId a, TermId b, std::string_view text) {
  Term term;
  term.kind = kind;
  term.a = a;
  term.b = b;
  term.text = text;
  return add(term);
}

TermId TermBuilder::either(TermId a, TermId b) { return a == b ? a : make(TermKind::either, a, b); }

TermId TermBuilder::expression(NodeId node) {
  if (node == kNoNode || depth_ > kMaxDepth) return 0;
  auto [it, fresh] = built_.try_emplace(node, 0);
  if (!fresh) return it->second;
  ++depth_;
  TermId id = build(node);
  --depth_;
  built_[node] = id;
  return id;
}

TermId TermBuilder::build(NodeId node) {
  const Node& n = unit_[node];
  switch (n.kind) {
    case Kind::identifier: return name(unit_.text_of(node), node);
    case Kind::attribute: {
      NodeId attribute = unit_.child(node, Field::attribute);
      if (attribute == kNoNode) return 0;
      NodeId object = unit_.child(node, Field::object);
      // tree-sitter binds the star of `f(*x.items())` to x alone.
      if (object != kNoNode && unit_[object].kind == Kind::list_splat) {
        const NodeId star = object;
        for (NodeId c : children(unit_, star)) object = c;
      }
      TermId value = make(TermKind::attribute, expression(object), 0, unit_.text_of(attribute));
      return narrowed(value, unit_.text_of(node), node);
    }
    case Kind::dotted_name: {  // of a class pattern: `case asyncio.CancelledError():`
      TermId value = 0;
      for (NodeId part : children(unit_, node)) {
        const std::string_view text = unit_.text_of(part);
        value = part == unit_.first_child(node) ? name(text, part) : make(TermKind::attribute, value, 0, text);
      }
      return value;
    }
    case Kind::call: return call(node);
    case Kind::await: {
      for (const Return& a : facts_.awaits) {
        if (a.node == node) return make(TermKind::await, expression(a.value));
      }
      return 0;
    }
    case Kind::parenthesized_expression: {
      NodeId inner = inside_parentheses(unit_, node);
      return inner == node ? 0 : expression(inner);
    }
    case Kind::named_expression: return expression(unit_.child(node, Field::value));
    case Kind::conditional_expression: {
      NodeId then = kNoNode, otherwise = kNoNode;
      for (NodeId c : children(unit_, node)) {
        if (unit_[c].kind == Kind::comment) continue;
        if (then == kNoNode) then = c;
        otherwise = c;
      }
      return either(expression(then), expression(otherwise));
    }
    case Kind::boolean_operator: {
      const NodeId op = unit_.child(node, Field::operator_);
      const TermId right = expression(unit_.child(node, Field::right));
      // Of `page and page.context` the page is given on only where it is none.
      if (op != kNoNode && unit_.text_of(op) == "and") return either(make(TermKind::literal, 0, 0, "NoneType"), right);
      return either(expression(unit_.child(node, Field::left)), right);
    }
    case Kind::binary_operator: {
      NodeId op = unit_.child(node, Field::operator_);
      if (op == kNoNode) return 0;
      return make(TermKind::binary, expression(unit_.child(node, Field::left)),
                  expression(unit_.child(node, Field::right)), unit_.text_of(op));
    }
    case Kind::subscript: return subscript(node);
    case Kind::lambda:
      for (FunctionId f = 0; f < facts_.functions.size(); ++f) {
        if (facts_.functions[f].node == node && facts_.functions[f].lambda) {
          Term term;
          term.kind = TermKind::function;
          term.number = static_cast<std::int32_t>(f);
          return add(term);
        }
      }
      return 0;
    case Kind::string: {
      std::string_view text = unit_.text_of(node);
      std::size_t quote = text.find_first_of("'\"");
      bool bytes = text.substr(0, quote).find_first_of("bB") != std::string_view::npos;
      return make(TermKind::literal, 0, 0, bytes ? "bytes" : "str");
    }
    case Kind::concatenated_string: return make(TermKind::literal, 0, 0, "str");
    case Kind::integer: return integer(node);
    case Kind::float_: return make(TermKind::literal, 0, 0, "float");
    case Kind::true_:
    case Kind::false_: {
      Term term;
      term.kind = TermKind::literal;
      term.text = "bool";
      term.number = n.kind == Kind::true_ ? 1 : 0;
      return add(term);
    }
    case Kind::not_operator:
    case Kind::comparison_operator: return make(TermKind::literal, 0, 0, "bool");
    case Kind::none: return make(TermKind::literal, 0, 0, "NoneType");
    case Kind::list: return sequence(node, "list");
    case Kind::set: return sequence(node, "set");
    case Kind::tuple:
    case Kind::expression_list: return sequence(node, "tuple");
    case Kind::dictionary: return sequence(node, "dict");
    case Kind::list_comprehension:
    case Kind::set_comprehension:
    case Kind::generator_expression:
    case Kind::dictionary_comprehension: {
      std::string_view cls = n.kind == Kind::list_comprehension         ? "list"
                             : n.kind == Kind::set_comprehension        ? "set"
                             : n.kind == Kind::dictionary_comprehension ? "dict"
                                                                        : "generator";
      NodeId body = unit_.child(node, Field::body);
      if (body != kNoNode && unit_[body].kind == Kind::pair) body = unit_.child(body, Field::value);
      Term term;
      term.kind = TermKind::container;
      term.text = cls;
      TermId element = expression(body);
      term.first = static_cast<std::uint32_t>(arena_.lists.size());
      term.count = 1;
      arena_.lists.push_back(element);
      return add(term);
    }
    default: return 0;
  }
}

// Small numbers inside functions say nothing to others, and change often.
TermId TermBuilder::integer(NodeId node) {
  constexpr std::int32_t kLarge = 1000;
  Term term;
  term.kind = TermKind::literal;
  term.text = "int";
  std::int32_t number = 0;
  for (char c : unit_.text_of(node)) {
    if (c == '_') continue;
    if (c < '0' || c > '9' || number > 200'000'000) return add(term);
    number = number * 10 + (c - '0');
  }
  if (unit_.skeleton || number >= kLarge) term.number = number;
  return add(term);
}

TermId TermBuilder::sequence(NodeId node, std::string_view cls) {
  constexpr std::size_t kMaxElements = 8;  // enough to know what a literal holds
  std::vector<TermId> elements;
  for (NodeId c : children(unit_, node)) {
    if (unit_[c].kind == Kind::comment) continue;
    if (elements.size() == kMaxElements) break;
    elements.push_back(expression(unit_[c].kind == Kind::pair ? unit_.child(c, Field::value) : c));
  }
  Term term;
  term.kind = TermKind::container;
  term.text = cls;
  term.first = static_cast<std::uint32_t>(arena_.lists.size());
  term.count = static_cast<std::uint32_t>(elements.size());
  arena_.lists.insert(arena_.lists.end(), elements.begin(), elements.end());
  return add(term);
}

TermId TermBuilder::call(NodeId node) {
  const Call* call = facts_.call_at(node);
  if (call == nullptr) return 0;
  NodeId callee = call->callee;
  if (callee != kNoNode && unit_[callee].kind == Kind::identifier && unit_.text_of(callee) == "super") {
    return make(TermKind::super_call, 0);
  }
  TermId target = expression(callee);
  std::vector<TermId> list;
  for (int i = 0; i < 2; ++i) {
    const Argument* argument = facts_.positional(*call, i);
    if (argument == nullptr) break;
    list.push_back(expression(argument->value));
  }
  Term term;
  term.kind = TermKind::call;
  term.number = static_cast<std::int32_t>(call - facts_.calls.data());
  term.a = target;
  term.shape = argument_shape(facts_, *call);
  term.count = static_cast<std::uint32_t>(list.size());
  if (const Argument* bound = facts_.keyword(*call, "bound")) {
    term.base = "bound";  // of a type variable: one more in the list
    list.push_back(type_expression(bound->value));
  }
  term.first = static_cast<std::uint32_t>(arena_.lists.size());
  arena_.lists.insert(arena_.lists.end(), list.begin(), list.end());
  return add(term);
}

TermId TermBuilder::subscript(NodeId node) {
  NodeId slice = unit_.child(node, Field::subscript);
  // A slice of a list is a list.
  if (slice != kNoNode && unit_[slice].kind == Kind::slice) return expression(unit_.child(node, Field::value));
  Term term;
  term.kind = TermKind::item;
  term.a = expression(unit_.child(node, Field::value));
  NodeId index = unit_.child(node, Field::subscript);
  if (index != kNoNode && unit_[index].kind == Kind::slice) return term.a;  // a part of a sequence is one like it
  if (index != kNoNode && unit_[index].kind == Kind::integer) {
    std::string_view text = unit_.text_of(index);
    std::int32_t number = -1;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size()) term.number = number;
  } else if (index != kNoNode && facts_.scopes[facts_.scope_of[node]].kind == ScopeKind::module) {
    term.b = type_expression(node);  // it may be the value of a type alias
  }
  return add(term);
}

TermId TermBuilder::name(std::string_view text, NodeId use) {
  ScopeId start = facts_.scope_of[use];
  FunctionId user = facts_.scopes[start].function;
  for (ScopeId s = start; s != kNone; s = facts_.scopes[s].parent) {
    const Scope& scope = facts_.scopes[s];
    if (scope.kind == ScopeKind::cls && s != start) continue;  // a class body is no scope for what stands inside its functions
    if (scope.kind == ScopeKind::module) break;
    auto found = facts_.bindings_in(s, text);
    if (found.empty()) continue;
    bool elsewhere = false, global = false;
    for (std::uint32_t id : found) {
      global |= facts_.bindings[id].kind == BindingKind::global;
      elsewhere |= facts_.bindings[id].kind == BindingKind::nonlocal;
    }
    if (global) break;
    if (elsewhere) continue;
    std::vector<std::uint32_t> reaching(found.begin(), found.end());
    if (scope.function == user && scope.kind != ScopeKind::comprehension) reaching = reaching_bindings(facts_, found, use);
    TermId value = 0;
    bool first = true;
    for (std::uint32_t id : reaching) {
      TermId one = binding(id);
      value = first ? one : either(value, one);
      first = false;
    }
    return narrowed(value, text, use);
  }
  return narrowed(make(TermKind::free_name, 0, 0, text), text, use);
}

TermId TermBuilder::binding(std::uint32_t id) {
  auto [it, fresh] = built_bindings_.try_emplace(id, kBuilding);
  if (!fresh) return it->second == kBuilding ? 0 : it->second;
  TermId value = bound_value(facts_.bindings[id]);
  built_bindings_[id] = value;
  return value;
}

TermId TermBuilder::bound_value(const Binding& b) {
  TermId value = 0;
  bool alias = b.annotation != kNoNode && unit_.text_of(b.annotation).ends_with("TypeAlias");  // PEP 613
  if (b.annotation != kNoNode && b.kind != BindingKind::parameter && !alias) {
    // The value may say more than the type: how the object was made, what a list holds.
    bool made = b.value != kNoNode && b.index < 0 && unit_[inside_parentheses(unit_, b.value)].kind == Kind::call;
    TermId type = type_expression(b.annotation);
    TermId declared = make(TermKind::instance, type, made ? expression(b.value) : 0);
    arena_.terms[declared].number = 1;
    return declared;
  }
  switch (b.kind) {
    case BindingKind::parameter: return parameter(b);
    case BindingKind::assign:
    case BindingKind::walrus: value = expression(b.value); break;
    case BindingKind::augmented: {
      NodeId op = unit_.child(b.value, Field::operator_);
      NodeId left = unit_.child(b.value, Field::left);
      if (op == kNoNode || left == kNoNode || unit_[left].kind != Kind::identifier) return 0;
      std::string_view text = unit_.text_of(op);
      text.remove_suffix(text.empty() ? 0 : 1);
      return make(TermKind::binary, name(unit_.text_of(left), left), expression(unit_.child(b.value, Field::right)), text);
    }
    case BindingKind::import:
    case BindingKind::from_import: return import_term(b);
    case BindingKind::function:
      for (FunctionId f = 0; f < facts_.functions.size(); ++f) {
        if (facts_.functions[f].node != b.value) continue;
        Term term;
        term.kind = TermKind::function;
        term.number = static_cast<std::int32_t>(f);
        return add(term);
      }
      return 0;
    case BindingKind::cls:
      for (ClassId c = 0; c < facts_.classes.size(); ++c) {
        if (facts_.classes[c].node != b.value) continue;
        Term term;
        term.kind = TermKind::cls;
        term.number = static_cast<std::int32_t>(c);
        return add(term);
      }
      return 0;
    case BindingKind::loop:
    case BindingKind::comprehension:
      value = make(b.async ? TermKind::aiterate : TermKind::iterate, expression(b.value));
      break;
    case BindingKind::with: value = make(b.async ? TermKind::aenter : TermKind::enter, expression(b.value)); break;
    case BindingKind::except: return make(TermKind::instance, type_expression(b.value));
    default: return 0;
  }
  if (b.index == -2) return 0;
  if (b.index >= 0) {
    Term term;
    term.kind = TermKind::element;
    term.a = value;
    term.number = b.index;
    return add(term);
  }
  return value;
}

TermId TermBuilder::import_term(const Binding& b) {
  Term term;
  if (b.kind == BindingKind::import) {
    term.kind = TermKind::import;
    term.text = unit_.text_of(b.value);
    return add(term);
  }
  term.kind = TermKind::from_import;
  term.text = unit_.text_of(b.value);
  term.number = 0;
  NodeId module = unit_.child(b.statement, Field::module_name);
  if (module == kNoNode) return 0;
  if (unit_[module].kind == Kind::relative_import) {
    NodeId prefix = unit_.child(module, Kind::import_prefix);
    if (prefix != kNoNode) term.number = static_cast<std::int32_t>(unit_.text_of(prefix).size());
    module = unit_.child(module, Kind::dotted_name);
  }
  if (module != kNoNode) term.base = unit_.text_of(module);
  return add(term);
}

TermId TermBuilder::parameter(const Binding& b) {
  const Function& fn = facts_.functions[facts_.scopes[b.scope].function];
  if (b.annotation != kNoNode) {
    // A default that is a constant decides what the function does for callers that leave it out.
    Kind value = b.value == kNoNode ? Kind::none : unit_[b.value].kind;
    bool constant = value == Kind::true_ || value == Kind::false_;
    return make(TermKind::instance, type_expression(b.annotation), constant ? expression(b.value) : 0);
  }
  bool method = fn.cls != kNone || (fn.parent == 0 && !unit_.skeleton && !fn.lambda);
  if (method && b.index == 0 && b.value == kNoNode) {
    Term term;
    term.kind = TermKind::self;
    term.number = fn.cls == kNone ? -1 : static_cast<std::int32_t>(fn.cls);
    term.text = b.name;
    return add(term);
  }
  Term term;
  term.kind = TermKind::parameter;
  term.number = static_cast<std::int32_t>(facts_.scopes[b.scope].function);
  term.text = b.name;
  TermId unknown = add(term);
  bool none = b.value == kNoNode || unit_[b.value].kind == Kind::none;
  return none ? unknown : either(unknown, expression(b.value));
}

}  // namespace awaitd::analysis
