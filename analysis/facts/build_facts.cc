// One forward pass over a unit's flat nodes; bindings are in bindings.cc.
#include <algorithm>

#include "analysis/facts/fact_builder.h"
#include "analysis/facts/facts.h"

namespace awaitd::analysis {

NodeId outside_parentheses(const Unit& unit, NodeId node) {
  while (unit[node].parent != kNoNode && unit[unit[node].parent].kind == Kind::parenthesized_expression) {
    node = unit[node].parent;
  }
  return node;
}

NodeId inside_parentheses(const Unit& unit, NodeId node) {
  while (unit[node].kind == Kind::parenthesized_expression && unit.first_child(node) != kNoNode) {
    NodeId inner = kNoNode;
    for (NodeId child : children(unit, node)) {
      if (unit[child].kind != Kind::comment) inner = child;
    }
    if (inner == kNoNode) return node;
    node = inner;
  }
  return node;
}

const Argument* Facts::keyword(const Call& call, std::string_view name) const {
  for (const Argument& argument : arguments_of(call)) {
    if (argument.name == name) return &argument;
  }
  return nullptr;
}

const Argument* Facts::positional(const Call& call, int index) const {
  for (const Argument& argument : arguments_of(call)) {
    if (argument.stars != 0) return nullptr;
    if (!argument.name.empty()) continue;
    if (index-- == 0) return &argument;
  }
  return nullptr;
}

const Call* Facts::call_at(NodeId call_node) const {
  auto it = std::lower_bound(calls.begin(), calls.end(), call_node,
                             [](const Call& call, NodeId node) { return call.node < node; });
  return it != calls.end() && it->node == call_node ? &*it : nullptr;
}

std::span<const std::uint32_t> Facts::bindings_in(ScopeId scope, std::string_view name) const {
  auto before = [&](std::uint32_t id) {
    const Binding& b = bindings[id];
    return b.scope != scope ? b.scope < scope : b.name < name;
  };
  auto first = std::partition_point(by_name.begin(), by_name.end(), before);
  auto last = first;
  while (last != by_name.end() && bindings[*last].scope == scope && bindings[*last].name == name) ++last;
  return {first, last};
}

NodeId Facts::statement_of(NodeId node) const {
  const Unit& u = *unit;
  while (u[node].parent != kNoNode) {
    Kind parent = u[u[node].parent].kind;
    if (parent == Kind::block || parent == Kind::module) return node;
    node = u[node].parent;
  }
  return node;
}

FactBuilder::FactBuilder(std::shared_ptr<const Unit> unit) : facts_(std::make_shared<Facts>()), unit_(*unit) {
  facts_->unit = std::move(unit);
}

std::shared_ptr<const Facts> FactBuilder::build() {
  Facts& f = *facts_;
  Function outer;
  outer.module = true;
  outer.body = 0;
  f.functions.push_back(outer);
  f.scopes.push_back({ScopeKind::module, kNone, 0, 0});
  f.scope_of.resize(unit_.nodes.size());
  stack_.push_back({static_cast<NodeId>(unit_.nodes.size()), 0});
  for (NodeId node = 0; node < unit_.nodes.size(); ++node) {
    while (stack_.back().end <= node) stack_.pop_back();
    while (!pending_.empty() && pending_.back().node == node) {
      stack_.push_back({node + unit_[node].size, pending_.back().scope});
      pending_.pop_back();
    }
    f.scope_of[node] = stack_.back().scope;
    visit(node);
  }
  f.by_name.resize(f.bindings.size());
  for (std::uint32_t i = 0; i < f.by_name.size(); ++i) f.by_name[i] = i;
  std::sort(f.by_name.begin(), f.by_name.end(), [&](std::uint32_t a, std::uint32_t b) {
    const Binding &x = f.bindings[a], &y = f.bindings[b];
    if (x.scope != y.scope) return x.scope < y.scope;
    int order = x.name.compare(y.name);
    return order != 0 ? order < 0 : a < b;
  });
  // They stay as long as the document is open, and no longer grow.
  auto trim = [](auto&... rows) { (rows.shrink_to_fit(), ...); };
  trim(f.functions, f.scopes, f.bindings, f.calls, f.arguments, f.attribute_stores, f.returns, f.awaits, f.loops,
       f.comments);
  return facts_;
}

void FactBuilder::visit(NodeId node) {
  switch (unit_[node].kind) {
    case Kind::function_definition:
      return function(node);
    case Kind::lambda:
      return lambda(node);
    case Kind::class_definition:
      return class_definition(node);
    case Kind::decorated_definition:
      return decorated(node);
    case Kind::list_comprehension:
    case Kind::set_comprehension:
    case Kind::dictionary_comprehension:
    case Kind::generator_expression:
      open_scope(node, ScopeKind::comprehension, current_function(), node);
      return;
    case Kind::call:
      return call(node);
    case Kind::await:
      return facts_->awaits.push_back({node, operand(node), current_function()});
    case Kind::yield:
      facts_->functions[current_function()].generator = true;
      return facts_->yields.push_back({node, operand(node), current_function()});
    case Kind::return_statement:
      return facts_->returns.push_back({node, operand(node), current_function()});
    case Kind::with_statement:
      return with_statement(node);
    case Kind::for_statement:
    case Kind::for_in_clause:
      return loop(node);
    case Kind::comment:
      return facts_->comments.push_back({unit_[node].start, unit_[node].end});
    default:
      return bind(node);
  }
}

NodeId FactBuilder::operand(NodeId node) const {
  for (NodeId child : children(unit_, node)) {
    Kind kind = unit_[child].kind;
    if (kind != Kind::comment && kind != Kind::kw_await && kind != Kind::kw_from && kind != Kind::op_at) return child;
  }
  return kNoNode;
}

ScopeId FactBuilder::open_scope(NodeId node, ScopeKind kind, FunctionId function, NodeId body) {
  auto id = static_cast<ScopeId>(facts_->scopes.size());
  facts_->scopes.push_back({kind, stack_.back().scope, function, node});
  if (body == node) {
    stack_.push_back({node + unit_[node].size, id});
    facts_->scope_of[node] = id;
  } else if (body != kNoNode) {
    auto later = std::find_if(pending_.begin(), pending_.end(), [&](const Pending& p) { return p.node < body; });
    pending_.insert(later, {body, id});
  }
  return id;
}

FunctionId FactBuilder::add_function(NodeId node) {
  Function fn;
  fn.node = node;
  fn.parameters = unit_.child(node, Field::parameters);
  fn.body = unit_.child(node, Field::body);
  fn.parent = current_function();
  const Scope& scope = facts_->scopes[stack_.back().scope];
  if (scope.kind == ScopeKind::cls) fn.cls = class_of_scope_[stack_.back().scope];
  auto id = static_cast<FunctionId>(facts_->functions.size());
  facts_->functions.push_back(fn);
  ScopeId opened = open_scope(node, ScopeKind::function, id, fn.body);
  facts_->functions[id].scope = opened;
  parameters(id);
  return id;
}

void FactBuilder::function(NodeId node) {
  FunctionId id = add_function(node);
  Function& fn = facts_->functions[id];
  fn.name = unit_.child(node, Field::name);
  fn.returns = unit_.child(node, Field::return_type);
  fn.async = unit_.child(node, Kind::kw_async) != kNoNode;
  NodeId outer = unit_[node].parent;
  bool decorated = outer != kNoNode && unit_[outer].kind == Kind::decorated_definition;
  if (decorated) {
    for (Decorator& d : facts_->decorators) {
      if (unit_[d.expression].parent != kNoNode && unit_[unit_[d.expression].parent].parent == outer) d.function = id;
    }
  }
  if (fn.name == kNoNode) return;
  Binding b;
  b.name = unit_.text_of(fn.name);
  b.kind = BindingKind::function;
  b.scope = stack_.back().scope;
  b.target = fn.name;
  b.value = node;
  b.statement = decorated ? outer : node;
  facts_->bindings.push_back(b);
}

void FactBuilder::lambda(NodeId node) {
  FunctionId id = add_function(node);
  facts_->functions[id].lambda = true;
}

void FactBuilder::decorated(NodeId node) {
  for (NodeId child : children(unit_, node)) {
    if (unit_[child].kind != Kind::decorator) continue;
    Decorator d;
    d.expression = operand(child);
    if (d.expression != kNoNode) facts_->decorators.push_back(d);
  }
}

void FactBuilder::class_definition(NodeId node) {
  Class cls;
  cls.node = node;
  cls.name = unit_.child(node, Field::name);
  cls.bases = unit_.child(node, Field::superclasses);
  cls.body = unit_.child(node, Field::body);
  cls.function = current_function();
  ScopeId outer_scope = stack_.back().scope;
  if (facts_->scopes[outer_scope].kind == ScopeKind::cls) cls.parent = class_of_scope_[outer_scope];
  auto id = static_cast<ClassId>(facts_->classes.size());
  cls.scope = open_scope(node, ScopeKind::cls, cls.function, cls.body);
  class_of_scope_.resize(facts_->scopes.size(), kNone);
  class_of_scope_[cls.scope] = id;
  facts_->classes.push_back(cls);
  NodeId outer = unit_[node].parent;
  bool decorated = outer != kNoNode && unit_[outer].kind == Kind::decorated_definition;
  if (decorated) {
    for (Decorator& d : facts_->decorators) {
      if (unit_[unit_[d.expression].parent].parent == outer) d.cls = id;
    }
  }
  if (cls.name == kNoNode) return;
  Binding b;
  b.name = unit_.text_of(cls.name);
  b.kind = BindingKind::cls;
  b.scope = outer_scope;
  b.target = cls.name;
  b.value = node;
  b.statement = decorated ? outer : node;
  facts_->bindings.push_back(b);
}

void FactBuilder::call(NodeId node) {
  Call call;
  call.node = node;
  call.callee = unit_.child(node, Field::function);
  call.arguments = unit_.child(node, Field::arguments);
  call.function = current_function();
  call.first_argument = static_cast<std::uint32_t>(facts_->arguments.size());
  if (call.arguments != kNoNode) {
    if (unit_[call.arguments].kind == Kind::generator_expression) {
      facts_->arguments.push_back({call.arguments, {}, 0});
    } else {
      for (NodeId child : children(unit_, call.arguments)) add_argument(child);
    }
  }
  call.argument_count = static_cast<std::uint32_t>(facts_->arguments.size()) - call.first_argument;
  NodeId outer = outside_parentheses(unit_, node);
  NodeId parent = unit_[outer].parent;
  call.awaited = parent != kNoNode && unit_[parent].kind == Kind::await;
  call.statement = parent != kNoNode && unit_[parent].kind == Kind::expression_statement;
  facts_->calls.push_back(call);
}

void FactBuilder::add_argument(NodeId node) {
  switch (unit_[node].kind) {
    case Kind::comment:
      return;
    case Kind::keyword_argument: {
      NodeId name = unit_.child(node, Field::name), value = unit_.child(node, Field::value);
      if (name != kNoNode && value != kNoNode) facts_->arguments.push_back({value, unit_.text_of(name), 0});
      return;
    }
    case Kind::list_splat:
    case Kind::dictionary_splat: {
      std::uint8_t stars = unit_[node].kind == Kind::list_splat ? 1 : 2;
      for (NodeId child : children(unit_, node)) {
        if (unit_[child].kind != Kind::op_star && unit_[child].kind != Kind::op_double_star) {
          facts_->arguments.push_back({child, {}, stars});
        }
      }
      return;
    }
    default:
      facts_->arguments.push_back({node, {}, 0});
  }
}

std::shared_ptr<const Facts> build_facts(std::shared_ptr<const Unit> unit) {
  return FactBuilder(std::move(unit)).build();
}

}  // namespace awaitd::analysis
