// Where names get their values: the binding half of FactBuilder.
#include "analysis/facts/fact_builder.h"

namespace awaitd::analysis {

void FactBuilder::bind(NodeId node) {
  switch (unit_[node].kind) {
    case Kind::assignment: return assignment(node);
    case Kind::augmented_assignment: {
      Binding b;
      b.kind = BindingKind::augmented;
      b.value = node;
      b.statement = facts_->statement_of(node);
      NodeId left = unit_.child(node, Field::left);
      return left == kNoNode ? void() : bind_target(left, b);
    }
    case Kind::named_expression: {
      Binding b;
      b.kind = BindingKind::walrus;
      b.target = unit_.child(node, Field::name);
      b.value = unit_.child(node, Field::value);
      b.statement = facts_->statement_of(node);
      b.scope = stack_.back().scope;
      while (facts_->scopes[b.scope].kind == ScopeKind::comprehension) b.scope = facts_->scopes[b.scope].parent;
      if (b.target == kNoNode) return;
      b.name = unit_.text_of(b.target);
      return add(b);
    }
    case Kind::import_statement: return import(node);
    case Kind::import_from_statement: return from_import(node);
    case Kind::except_clause: return except_clause(node);
    case Kind::case_pattern: return case_pattern(node);
    case Kind::global_statement:
    case Kind::nonlocal_statement:
    case Kind::delete_statement: {
      Binding b;
      b.kind = unit_[node].kind == Kind::global_statement     ? BindingKind::global
               : unit_[node].kind == Kind::nonlocal_statement ? BindingKind::nonlocal
                                                              : BindingKind::deleted;
      b.statement = node;
      b.scope = stack_.back().scope;
      for (NodeId child : children(unit_, node)) {
        if (unit_[child].kind != Kind::identifier) continue;
        b.target = child;
        b.name = unit_.text_of(child);
        add(b);
      }
      return;
    }
    default: return;
  }
}

void FactBuilder::parameters(FunctionId id) {
  NodeId list = facts_->functions[id].parameters;
  if (list == kNoNode) return;
  std::int16_t index = 0;
  for (NodeId child : children(unit_, list)) {
    Binding b;
    b.kind = BindingKind::parameter;
    b.scope = facts_->functions[id].scope;
    b.statement = facts_->functions[id].node;
    b.target = child;
    b.annotation = unit_.child(child, Field::type);
    switch (unit_[child].kind) {
      case Kind::identifier: break;
      case Kind::default_parameter:
      case Kind::typed_default_parameter:
        b.target = unit_.child(child, Field::name);
        b.value = unit_.child(child, Field::value);
        break;
      case Kind::typed_parameter:
      case Kind::list_splat_pattern:
      case Kind::dictionary_splat_pattern: {
        NodeId inner = unit_.first_child(child);
        if (inner != kNoNode && unit_[inner].kind != Kind::identifier) {
          // *args and **kwargs are a tuple and a dict of the annotated type, not the type itself.
          b.annotation = kNoNode;
          NodeId splat = unit_[inner].size > 1 ? inner : child;
          inner = unit_.child(splat, Kind::identifier);
        }
        if (unit_[child].kind != Kind::typed_parameter) index = -2;
        b.target = inner;
        break;
      }
      case Kind::keyword_separator:
        index = -2;
        continue;
      default: continue;
    }
    if (b.target == kNoNode || unit_[b.target].kind != Kind::identifier) continue;
    b.name = unit_.text_of(b.target);
    b.index = index < 0 ? static_cast<std::int16_t>(-2) : index++;
    add(b);
  }
}

void FactBuilder::bind_target(NodeId target, Binding proto) {
  proto.target = target;
  switch (unit_[target].kind) {
    case Kind::identifier:
      proto.name = unit_.text_of(target);
      proto.scope = stack_.back().scope;
      return add(proto);
    case Kind::attribute: {
      AttributeStore store;
      store.object = unit_.child(target, Field::object);
      NodeId name = unit_.child(target, Field::attribute);
      if (store.object == kNoNode || name == kNoNode) return;
      store.attribute = unit_.text_of(name);
      store.how = proto;
      store.how.name = store.attribute;
      store.function = current_function();
      return facts_->attribute_stores.push_back(store);
    }
    case Kind::parenthesized_expression:
    case Kind::as_pattern_target:
      for (NodeId child : children(unit_, target)) bind_target(child, proto);
      return;
    case Kind::list_splat_pattern:
      proto.index = -2;
      for (NodeId child : children(unit_, target)) bind_target(child, proto);
      return;
    case Kind::pattern_list:
    case Kind::tuple_pattern:
    case Kind::list_pattern:
    case Kind::tuple:
    case Kind::list: {
      std::int16_t index = 0;
      bool nested = proto.index != -1;  // only one level of unpacking is followed; below it the value is unknown
      for (NodeId child : children(unit_, target)) {
        if (unit_[child].kind == Kind::comment) continue;
        proto.index = nested || index < 0 ? static_cast<std::int16_t>(-2) : index;
        if (unit_[child].kind == Kind::list_splat_pattern) index = -2;
        if (index >= 0) ++index;
        bind_target(child, proto);
      }
      return;
    }
    default: return;
  }
}

void FactBuilder::assignment(NodeId node) {
  Binding b;
  b.annotation = unit_.child(node, Field::type);
  NodeId value = unit_.child(node, Field::right);
  while (value != kNoNode && unit_[value].kind == Kind::assignment) value = unit_.child(value, Field::right);
  b.value = value;
  b.kind = value == kNoNode ? BindingKind::annotation : BindingKind::assign;
  b.statement = facts_->statement_of(node);
  NodeId left = unit_.child(node, Field::left);
  if (left != kNoNode) bind_target(left, b);
}

void FactBuilder::with_statement(NodeId node) {
  bool async = unit_.child(node, Kind::kw_async) != kNoNode;
  NodeId clause = unit_.child(node, Kind::with_clause);
  if (clause == kNoNode) return;
  for (NodeId item : children(unit_, clause)) {
    if (unit_[item].kind != Kind::with_item) continue;
    WithItem with;
    with.statement = node;
    with.value = unit_.child(item, Field::value);
    with.function = current_function();
    with.async = async;
    if (with.value != kNoNode && unit_[with.value].kind == Kind::as_pattern) {
      with.target = unit_.child(with.value, Field::alias);
      with.value = unit_.first_child(with.value);
    }
    facts_->with_items.push_back(with);
    if (with.target == kNoNode) continue;
    Binding b;
    b.kind = BindingKind::with;
    b.value = with.value;
    b.statement = node;
    b.async = async;
    bind_target(with.target, b);
  }
}

void FactBuilder::loop(NodeId node) {
  Loop l;
  l.node = node;
  l.target = unit_.child(node, Field::left);
  l.iterable = unit_.child(node, Field::right);
  l.function = current_function();
  l.async = unit_.child(node, Kind::kw_async) != kNoNode;
  facts_->loops.push_back(l);
  if (l.target == kNoNode) return;
  Binding b;
  b.kind = unit_[node].kind == Kind::for_in_clause ? BindingKind::comprehension : BindingKind::loop;
  b.value = l.iterable;
  b.statement = node;
  b.async = l.async;
  bind_target(l.target, b);
}

void FactBuilder::import(NodeId node) {
  for (NodeId child : children(unit_, node)) {
    Binding b;
    b.kind = BindingKind::import;
    b.scope = stack_.back().scope;
    b.statement = node;
    if (unit_[child].kind == Kind::aliased_import) {
      b.value = unit_.child(child, Field::name);
      b.target = unit_.child(child, Field::alias);
      if (b.value == kNoNode || b.target == kNoNode) continue;
      b.name = unit_.text_of(b.target);
    } else if (unit_[child].kind == Kind::dotted_name) {
      b.target = unit_.first_child(child);  // `import a.b` binds a
      b.value = b.target;
      if (b.target == kNoNode) continue;
      b.name = unit_.text_of(b.target);
    } else {
      continue;
    }
    add(b);
  }
}

void FactBuilder::from_import(NodeId node) {
  NodeId module = unit_.child(node, Field::module_name);
  for (NodeId child : children(unit_, node)) {
    if (child == module) continue;
    Binding b;
    b.kind = BindingKind::from_import;
    b.scope = stack_.back().scope;
    b.statement = node;
    if (unit_[child].kind == Kind::aliased_import) {
      b.value = unit_.child(child, Field::name);
      b.target = unit_.child(child, Field::alias);
    } else if (unit_[child].kind == Kind::dotted_name) {
      b.value = b.target = child;
    } else if (unit_[child].kind == Kind::wildcard_import) {
      b.value = b.target = child;
    } else {
      continue;
    }
    if (b.value == kNoNode || b.target == kNoNode) continue;
    b.name = unit_.text_of(b.target);
    add(b);
  }
}

void FactBuilder::except_clause(NodeId node) {
  NodeId value = unit_.child(node, Field::value);
  if (value == kNoNode || unit_[value].kind != Kind::as_pattern) return;
  NodeId alias = unit_.child(value, Field::alias);
  if (alias == kNoNode) return;
  Binding b;
  b.kind = BindingKind::except;
  b.value = unit_.first_child(value);
  b.statement = node;
  bind_target(alias, b);
}

void FactBuilder::case_pattern(NodeId node) {
  NodeId inner = unit_.first_child(node);
  if (inner == kNoNode) return;
  NodeId name = kNoNode;
  if (unit_[inner].kind == Kind::dotted_name && unit_[inner].size == 2) name = inner + 1;
  if (unit_[inner].kind == Kind::as_pattern || unit_[inner].kind == Kind::splat_pattern) {
    name = unit_.child(inner, Kind::identifier);
  }
  if (name == kNoNode) return;
  Binding b;
  b.kind = BindingKind::capture;
  b.statement = facts_->statement_of(node);
  bind_target(name, b);
}

}  // namespace awaitd::analysis
