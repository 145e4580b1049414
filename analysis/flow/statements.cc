// Statements in the order in which they run.
#include <algorithm>

#include "analysis/flow/flow_builder.h"
#include "analysis/knowledge/words.h"

namespace awaitd::analysis {

void FlowBuilder::block(NodeId node) {
  ++depth_;
  if (deeper()) {
    for (NodeId child : children(unit_, node)) {
      if (unit_[child].kind != Kind::comment) statement(child);
    }
  }
  --depth_;
}

void FlowBuilder::statement(NodeId node) {
  switch (unit_[node].kind) {
    case Kind::if_statement:
      return if_statement(node);
    case Kind::while_statement:
      return while_statement(node);
    case Kind::for_statement:
      return for_statement(node);
    case Kind::try_statement:
      return try_statement(node);
    case Kind::with_statement:
      return with_statement(node);
    case Kind::match_statement:
      return match_statement(node);
    case Kind::function_definition:
    case Kind::class_definition:
    case Kind::decorated_definition:
      return definition(node);
    case Kind::block:
      return block(node);
    default:
      return simple(node);
  }
}

void FlowBuilder::simple(NodeId node) {
  switch (unit_[node].kind) {
    case Kind::expression_statement:
      operands(node);
      return ends_here(only_child(node)) ? dead_end() : void();
    case Kind::return_statement: {
      NodeId value = only_child(node);
      if (value != kNoNode) expression(value);
      emit(EventKind::return_, node, value);
      leave({Way::return_});
      return dead_end();
    }
    case Kind::raise_statement:
      return raise(node);
    case Kind::break_statement:
      emit(EventKind::break_, node);
      return jump(Way::break_);
    case Kind::continue_statement:
      emit(EventKind::continue_, node);
      return jump(Way::continue_);
    case Kind::assert_statement:
      return assertion(node);
    case Kind::delete_statement:
      for (NodeId child : children(unit_, node)) remove(child);
      return;
    case Kind::import_statement:
    case Kind::import_from_statement:
      return import(node);
    case Kind::future_import_statement:
    case Kind::global_statement:
    case Kind::nonlocal_statement:
    case Kind::type_alias_statement:
    case Kind::pass_statement:
    case Kind::placeholder:
    case Kind::comment:
      return;
    default:
      return expression(node);
  }
}

// The innermost loop; outside of any (broken code) the path just ends.
void FlowBuilder::jump(Way way) {
  for (std::size_t i = contexts_.size(); i-- > 0;) {
    if (contexts_[i].kind != Context::Kind::loop) continue;
    leave({way, i});
    break;
  }
  dead_end();
}

void FlowBuilder::assignment(NodeId node) {
  NodeId right = unit_.child(node, Field::right);
  if (right == kNoNode) return;  // an annotation alone
  std::vector<NodeId> targets{unit_.child(node, Field::left)};
  while (unit_[right].kind == Kind::assignment && unit_.child(right, Field::right) != kNoNode) {
    targets.push_back(unit_.child(right, Field::left));
    right = unit_.child(right, Field::right);
  }
  expression(right);
  for (NodeId t : targets) {
    if (t != kNoNode) target(t, right);
  }
}

void FlowBuilder::augmented(NodeId node) {
  NodeId left = unit_.child(node, Field::left), right = unit_.child(node, Field::right);
  if (left == kNoNode || right == kNoNode) return operands(node);
  left = inside_parentheses(unit_, left);
  expression(left);  // its object and index are evaluated once
  if (!drafts_[current_].events.empty()) last().augmented = true;
  expression(right);
  emit(EventKind::operate, node);
  EventKind kind = EventKind::write_name;
  if (unit_[left].kind == Kind::attribute) kind = EventKind::write_attribute;
  if (unit_[left].kind == Kind::subscript) kind = EventKind::write_item;
  emit(kind, left, right);
  last().augmented = true;
}

void FlowBuilder::import(NodeId node) {
  emit(EventKind::import, node);
  NodeId end = node + unit_[node].size;
  for (const Binding& b : facts_.bindings) {
    if (b.target >= node && b.target < end) emit(EventKind::write_name, b.target);
  }
}

// sys.exit(1), self._fail(error): what they raise leaves from the call itself.
bool FlowBuilder::ends_here(NodeId value) {
  if (value != kNoNode && unit_[value].kind == Kind::await) value = only_child(value);
  const Call* call = value == kNoNode ? nullptr : facts_.call_at(value);
  if (call == nullptr || call->callee == kNoNode) return false;
  // Most calls are neither: a look at the name is enough.
  const std::string_view text = unit_.text_of(call->callee);
  const std::string_view name = text.substr(text.rfind('.') + 1);
  const auto words = words_for("never_returns");
  const auto globals = &view_.linker().index().tables->globals;
  const bool may_be =
      std::any_of(words.begin(), words.end(), [&](std::string_view w) { return w.substr(w.rfind('.') + 1) == name; }) ||
      globals->contains("NoReturn") || globals->contains("Never");
  return may_be && never_returns(view_, *call);
}

void FlowBuilder::raise(NodeId node) {
  NodeId value = only_child(node);
  for (NodeId child : children(unit_, node)) {
    if (unit_[child].kind != Kind::kw_from && unit_[child].kind != Kind::comment) expression(child);
  }
  emit(EventKind::raise_, node, value);
  bool again = value == kNoNode || (!flight_.alias.empty() && unit_.text_of(value) == flight_.alias);
  Way way = Way::error;
  if (again) {
    last().rethrow = true;
    if (flight_.way == Way::cancel) way = Way::cancel;
  } else if (raised_by(view_, value).cancel == Catch::all) {
    way = Way::cancel;
  }
  BlockId to = landing(way);
  go(to, way == Way::cancel ? EdgeKind::cancel : EdgeKind::error);
  dead_end();
}

void FlowBuilder::assertion(NodeId node) {
  NodeId test = only_child(node);
  if (test == kNoNode) return;
  BlockId yes = new_block(), no = new_block();
  condition(test, yes, no);
  start(no);
  for (NodeId child : children(unit_, node)) {
    if (child > test) expression(child);
  }
  emit(EventKind::raise_, node);
  BlockId to = landing(Way::error);
  go(to, EdgeKind::error);
  start(yes);
}

void FlowBuilder::if_statement(NodeId node) {
  BlockId after = new_block();
  NodeId part = node;
  NodeId next = unit_.child(node, Field::alternative);
  for (;;) {  // the if and its elifs, which are siblings
    NodeId test = unit_.child(part, Field::condition), body = unit_.child(part, Field::consequence);
    BlockId yes = new_block(), no = new_block();
    if (test != kNoNode) condition(test, yes, no);
    start(yes);
    if (body != kNoNode) block(body);
    go(after);
    start(no);
    if (next == kNoNode || unit_[next].kind != Kind::elif_clause) break;
    part = next;
    do {
      next = unit_.next_sibling(next);
    } while (next != kNoNode && unit_[next].field != Field::alternative);
  }
  if (next != kNoNode) {
    NodeId body = unit_.child(next, Field::body);
    if (body != kNoNode) block(body);
  }
  go(after);
  start(after);
}

// The else of a loop whose condition turned false, then what is behind both.
void FlowBuilder::loop_end(NodeId node, BlockId otherwise, BlockId after) {
  start(otherwise);
  NodeId clause = unit_.child(node, Field::alternative);
  NodeId body = clause == kNoNode ? kNoNode : unit_.child(clause, Field::body);
  if (body != kNoNode) block(body);
  go(after);
  start(after);
}

void FlowBuilder::while_statement(NodeId node) {
  BlockId after = new_block(), otherwise = new_block();
  {
    Keep keep(*this);
    enter_frame(FrameKind::loop, node);
    BlockId head = new_block(), body = new_block();
    go(head);
    start(head);
    contexts_.push_back({});
    contexts_.back().after = after;
    contexts_.back().head = head;
    NodeId test = unit_.child(node, Field::condition);
    if (test != kNoNode) condition(test, body, otherwise);
    start(body);
    NodeId statements = unit_.child(node, Field::body);
    if (statements != kNoNode) block(statements);
    go(head);
    contexts_.pop_back();
  }
  loop_end(node, otherwise, after);
}

void FlowBuilder::for_statement(NodeId node) {
  bool async = unit_.child(node, Kind::kw_async) != kNoNode;
  NodeId iterable = unit_.child(node, Field::right), left = unit_.child(node, Field::left);
  if (iterable != kNoNode) expression(iterable);
  emit(EventKind::iterate, node, iterable);
  BlockId after = new_block(), otherwise = new_block();
  {
    Keep keep(*this);
    enter_frame(FrameKind::loop, node, async);
    BlockId head = new_block(), body = new_block();
    go(head);
    start(head);
    emit(async ? EventKind::async_next : EventKind::next, node);
    go(body, EdgeKind::yes);
    go(otherwise, EdgeKind::no);
    start(body);
    contexts_.push_back({});
    contexts_.back().after = after;
    contexts_.back().head = head;
    if (left != kNoNode) target(left, kNoNode);
    NodeId statements = unit_.child(node, Field::body);
    if (statements != kNoNode) block(statements);
    go(head);
    contexts_.pop_back();
  }
  loop_end(node, otherwise, after);
}

void FlowBuilder::match_statement(NodeId node) {
  bool exception = false;  // the one that is handled
  for (NodeId child : children(unit_, node)) {
    if (unit_[child].field != Field::subject) continue;
    expression(child);
    exception = !flight_.alias.empty() && unit_.text_of(inside_parentheses(unit_, child)) == flight_.alias;
  }
  BlockId after = new_block();
  NodeId cases = unit_.child(node, Field::body);
  if (cases == kNoNode) cases = node;
  for (NodeId clause : children(unit_, cases)) {
    if (unit_[clause].kind != Kind::case_clause) continue;
    BlockId yes = new_block(), no = new_block();
    NodeId guard = unit_.child(clause, Field::guard);
    NodeId body = unit_.child(clause, Field::consequence);
    NodeId pattern = unit_.child(clause, Kind::case_pattern);
    NodeId inner = pattern == kNoNode ? kNoNode : unit_.first_child(pattern);
    bool any =
        inner != kNoNode && unit_[pattern].size <= 3 &&
        (unit_[inner].kind == Kind::wildcard || (unit_[inner].kind == Kind::dotted_name && unit_[inner].size == 2));
    if (inner == kNoNode && pattern != kNoNode) any = unit_.text_of(pattern) == "_";
    any = any && (unit_.next_sibling(pattern) == guard || unit_.next_sibling(pattern) == body);
    if (!any) {
      const int known = exception && pattern != kNoNode ? decided_case(pattern) : -1;
      emit(EventKind::test, clause);
      drafts_[current_].condition = clause;
      if (known != 1) go(no, EdgeKind::no);
      BlockId matched = new_block();
      if (known != 0) go(matched, EdgeKind::yes);
      start(matched);
    }
    NodeId end = body == kNoNode ? clause + unit_[clause].size : body;
    for (const Binding& b : facts_.bindings) {
      if (b.kind == BindingKind::capture && b.target > clause && b.target < end) emit(EventKind::write_name, b.target);
    }
    NodeId test = guard == kNoNode ? kNoNode : only_child(guard);
    if (test != kNoNode) {
      condition(test, yes, no);
    } else {
      go(yes);
    }
    start(yes);
    if (body != kNoNode) block(body);
    go(after);
    start(no);  // behind a pattern that always matches nobody comes here
  }
  go(after);
  start(after);
}

void FlowBuilder::definition(NodeId node) {
  NodeId inner = node;
  if (unit_[node].kind == Kind::decorated_definition) {
    for (NodeId child : children(unit_, node)) {
      if (unit_[child].kind == Kind::decorator) operands(child);
    }
    inner = unit_.child(node, Field::definition);
    if (inner == kNoNode) return;
  }
  if (unit_[inner].kind == Kind::class_definition) {
    NodeId bases = unit_.child(inner, Field::superclasses), body = unit_.child(inner, Field::body);
    if (bases != kNoNode) operands(bases);
    if (body != kNoNode) block(body);
  } else {
    NodeId parameters = unit_.child(inner, Field::parameters);
    if (parameters != kNoNode) defaults(parameters);
  }
  std::vector<NodeId> decorators;
  for (NodeId child : children(unit_, node)) {
    if (inner != node && unit_[child].kind == Kind::decorator) decorators.push_back(child);
  }
  for (std::size_t i = decorators.size(); i-- > 0;) emit(EventKind::call, decorators[i]);
  NodeId name = unit_.child(inner, Field::name);
  if (name != kNoNode) emit(EventKind::write_name, name, inner);
}

}  // namespace awaitd::analysis
