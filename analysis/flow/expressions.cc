// Expressions in the order in which CPython evaluates them.
#include "analysis/flow/flow_builder.h"

namespace awaitd::analysis {

NodeId FlowBuilder::only_child(NodeId node) const {
  for (NodeId child : children(unit_, node)) {
    Kind kind = unit_[child].kind;
    if (kind != Kind::comment && kind != Kind::kw_await && kind != Kind::kw_from && kind != Kind::kw_not &&
        kind != Kind::line_continuation)
      return child;
  }
  return kNoNode;
}

void FlowBuilder::operands(NodeId node) {
  for (NodeId child : children(unit_, node)) expression(child);
}

void FlowBuilder::expression(NodeId node) {
  ++depth_;
  if (deeper()) element(node);
  --depth_;
}

void FlowBuilder::element(NodeId node) {
  switch (unit_[node].kind) {
    case Kind::identifier:
      return emit(EventKind::read_name, node);
    case Kind::attribute: {
      NodeId object = unit_.child(node, Field::object);
      if (object != kNoNode) expression(object);
      return emit(EventKind::read_attribute, node);
    }
    case Kind::subscript:
      operands(node);
      return emit(EventKind::read_item, node);
    case Kind::call:
      return call(node);
    case Kind::await: {
      NodeId operand = only_child(node);
      if (operand != kNoNode) expression(operand);
      return emit(EventKind::await, node, operand);
    }
    case Kind::yield: {
      NodeId operand = only_child(node);
      if (operand != kNoNode) expression(operand);
      return emit(EventKind::yield, node, operand);
    }
    case Kind::assignment:
      return assignment(node);
    case Kind::augmented_assignment:
      return augmented(node);
    case Kind::named_expression: {
      NodeId name = unit_.child(node, Field::name), value = unit_.child(node, Field::value);
      if (value != kNoNode) expression(value);
      if (name != kNoNode) emit(EventKind::write_name, name, value);
      return;
    }
    case Kind::binary_operator:
      return binary(node);
    case Kind::comparison_operator:
      return comparison(node);
    case Kind::boolean_operator:
      return boolean(node);
    case Kind::conditional_expression:
      return ternary(node);
    case Kind::lambda: {
      NodeId parameters = unit_.child(node, Field::parameters);
      if (parameters != kNoNode) defaults(parameters);
      return;
    }
    case Kind::list_comprehension:
    case Kind::set_comprehension:
    case Kind::dictionary_comprehension:
    case Kind::generator_expression:
      return comprehension(node);
    case Kind::unary_operator:
    case Kind::interpolation:
      operands(node);
      return emit(EventKind::operate, node);
    case Kind::keyword_argument: {
      NodeId value = unit_.child(node, Field::value);
      if (value != kNoNode) expression(value);
      return;
    }
    case Kind::list_splat:
    case Kind::dictionary_splat:
      operands(node);
      return emit(EventKind::operate, node);
    case Kind::type:
    case Kind::comment:
      return;
    default:
      return operands(node);
  }
}

// Sums are deep on the left: down the spine, then up.
void FlowBuilder::binary(NodeId node) {
  std::vector<NodeId> spine;
  NodeId left = node;
  while (left != kNoNode && unit_[left].kind == Kind::binary_operator) {
    spine.push_back(left);
    left = unit_.child(left, Field::left);
  }
  if (left != kNoNode) expression(left);
  for (std::size_t i = spine.size(); i-- > 0;) {
    NodeId right = unit_.child(spine[i], Field::right);
    if (right != kNoNode) expression(right);
    emit(EventKind::operate, spine[i]);
  }
}

// a < b < c stops at the first that is false.
void FlowBuilder::comparison(NodeId node) {
  BlockId after = kNone;
  int count = 0;
  for (NodeId child : children(unit_, node)) {
    if (unit_[child].field == Field::operators || unit_[child].kind == Kind::comment) continue;
    if (count == 2) {
      after = new_block();
      drafts_[current_].condition = node;
    }
    if (count >= 2) {
      BlockId more = new_block();
      go(more, EdgeKind::yes);
      go(after, EdgeKind::no);
      start(more);
    }
    expression(child);
    if (++count > 1) emit(EventKind::operate, node);
  }
  if (after == kNone) return;
  go(after);
  start(after);
}

void FlowBuilder::boolean(NodeId node) {
  NodeId left = unit_.child(node, Field::left), right = unit_.child(node, Field::right);
  if (left == kNoNode || right == kNoNode) return operands(node);
  BlockId more = new_block(), after = new_block();
  bool both = unit_.child(node, Kind::kw_and) != kNoNode;
  condition(left, both ? more : after, both ? after : more);
  start(more);
  expression(right);
  go(after);
  start(after);
}

void FlowBuilder::ternary(NodeId node) {
  std::vector<NodeId> parts;
  for (NodeId child : children(unit_, node)) {
    if (unit_[child].kind != Kind::comment) parts.push_back(child);
  }
  if (parts.size() != 3) return operands(node);
  BlockId yes = new_block(), no = new_block(), after = new_block();
  condition(parts[1], yes, no);
  start(yes);
  expression(parts[0]);
  go(after);
  start(no);
  expression(parts[2]);
  go(after);
  start(after);
}

void FlowBuilder::condition(NodeId node, BlockId yes, BlockId no) {
  ++depth_;
  if (!deeper()) {
    --depth_;
    return;
  }
  node = inside_parentheses(unit_, node);
  NodeId left = unit_.child(node, Field::left), right = unit_.child(node, Field::right);
  if (unit_[node].kind == Kind::not_operator && only_child(node) != kNoNode) {
    condition(only_child(node), no, yes);
  } else if (unit_[node].kind == Kind::boolean_operator && left != kNoNode && right != kNoNode) {
    BlockId more = new_block();
    bool both = unit_.child(node, Kind::kw_and) != kNoNode;
    condition(left, both ? more : yes, both ? no : more);
    start(more);
    condition(right, yes, no);
  } else {
    expression(node);
    int known = decided(node);
    drafts_[current_].condition = node;
    if (known != 0) go(yes, EdgeKind::yes);
    if (known != 1) go(no, EdgeKind::no);
  }
  --depth_;
}

// True, 1, False, 0, None; and in the copy of a handler for errors or cancellation `isinstance(e, CancelledError)`.
int FlowBuilder::decided(NodeId node) const {
  switch (unit_[node].kind) {
    case Kind::true_:
      return 1;
    case Kind::false_:
    case Kind::none:
      return 0;
    case Kind::integer:
      return unit_.text_of(node) == "0" ? 0 : unit_.text_of(node) == "1" ? 1 : -1;
    default:
      break;
  }
  if (flight_.alias.empty() || unit_[node].kind != Kind::call) return -1;
  const Call* test = facts_.call_at(node);
  if (test == nullptr || test->argument_count != 2 || unit_.text_of(test->callee) != "isinstance") return -1;
  std::span<const Argument> arguments = facts_.arguments_of(*test);
  if (unit_.text_of(arguments[0].value) != flight_.alias) return -1;
  return decided_by(arguments[1].value);
}

int FlowBuilder::decided_by(NodeId classes) const {
  const Catches what = catches_of(view_, classes);
  if (flight_.way == Way::cancel) return what.cancel == Catch::all ? 1 : what.cancel == Catch::none ? 0 : -1;
  return what.error == Catch::all ? 1 : what.error == Catch::none ? 0 : -1;
}

// `OSError()`, `OSError() | asyncio.CancelledError()`; a pattern that asks for more than the class may always fail.
int FlowBuilder::decided_case(NodeId pattern, int depth) const {
  constexpr int kMaxDepth = 4;
  const NodeId inner = unit_.first_child(pattern);
  if (inner == kNoNode || depth > kMaxDepth) return -1;
  switch (unit_[pattern].kind) {
    case Kind::case_pattern:
      return unit_.next_sibling(inner) == kNoNode ? decided_case(inner, depth + 1) : -1;
    case Kind::class_pattern: {
      const int known = decided_by(inner);
      return known == 1 && unit_.next_sibling(inner) != kNoNode ? -1 : known;
    }
    case Kind::union_pattern: {
      int all = 0;
      for (NodeId one : children(unit_, pattern)) {
        const int known = decided_case(one, depth + 1);
        if (known == 1) return 1;
        if (known == -1) all = -1;
      }
      return all;
    }
    default:
      return -1;
  }
}

void FlowBuilder::call(NodeId node) {
  const Call* call = facts_.call_at(node);
  if (call == nullptr) return operands(node);
  if (call->callee != kNoNode) expression(call->callee);
  for (bool keywords : {false, true}) {  // positional and *args come first wherever they stand
    for (const Argument& a : facts_.arguments_of(*call)) {
      if ((!a.name.empty() || a.stars == 2) == keywords) expression(a.value);
    }
  }
  emit(EventKind::call, node);
}

// The first iterable is evaluated where the comprehension stands. What a generator expression does besides runs later.
void FlowBuilder::comprehension(NodeId node) {
  Keep keep(*this);
  BlockId after = new_block(), head = after;
  bool generator = unit_[node].kind == Kind::generator_expression, first = true;
  for (NodeId clause : children(unit_, node)) {
    if (unit_[clause].kind == Kind::if_clause && only_child(clause) != kNoNode) {
      BlockId more = new_block();
      condition(only_child(clause), more, head);
      start(more);
    }
    if (unit_[clause].kind != Kind::for_in_clause) continue;
    bool async = unit_.child(clause, Kind::kw_async) != kNoNode;
    NodeId left = unit_.child(clause, Field::left);
    for (NodeId child : children(unit_, clause)) {
      if (unit_[child].field == Field::right) expression(child);
    }
    emit(EventKind::iterate, clause, unit_.child(clause, Field::right));
    if (first) {
      deferred_ += generator ? 1 : 0;
      enter_frame(FrameKind::loop, node, async);
    }
    first = false;
    BlockId step = new_block(), body = new_block();
    go(step);
    start(step);
    emit(async ? EventKind::async_next : EventKind::next, clause);
    go(body, EdgeKind::yes);
    go(head, EdgeKind::no);
    head = step;
    start(body);
    if (left != kNoNode) target(left, kNoNode);
  }
  NodeId body = unit_.child(node, Field::body);
  if (body != kNoNode) expression(body);
  go(head);
  if (!first && generator) --deferred_;
  start(after);
}

void FlowBuilder::defaults(NodeId parameters) {
  for (NodeId parameter : children(unit_, parameters)) {
    NodeId value = unit_.child(parameter, Field::value);
    if (value != kNoNode) expression(value);
  }
}

// Stores into a target; value: what is stored, kNoNode if no expression stands for it.
void FlowBuilder::target(NodeId node, NodeId value) {
  ++depth_;
  if (deeper()) {
    switch (unit_[node].kind) {
      case Kind::identifier:
        emit(EventKind::write_name, node, value);
        break;
      case Kind::attribute: {
        NodeId object = unit_.child(node, Field::object);
        if (object != kNoNode) expression(object);
        emit(EventKind::write_attribute, node, value);
        break;
      }
      case Kind::subscript:
        operands(node);
        emit(EventKind::write_item, node, value);
        break;
      case Kind::parenthesized_expression:
      case Kind::as_pattern_target:
      case Kind::list_splat_pattern:
      case Kind::list_splat:
        for (NodeId child : children(unit_, node)) target(child, kNoNode);
        break;
      case Kind::pattern_list:
      case Kind::tuple_pattern:
      case Kind::list_pattern:
      case Kind::tuple:
      case Kind::list:
      case Kind::expression_list:
        unpack(node, value);
        break;
      default:
        break;
    }
  }
  --depth_;
}

void FlowBuilder::unpack(NodeId node, NodeId value) {
  emit(EventKind::operate, node);
  std::vector<NodeId> targets, values;
  bool starred = false;
  for (NodeId child : children(unit_, node)) {
    if (unit_[child].kind == Kind::comment) continue;
    starred |= unit_[child].kind == Kind::list_splat_pattern || unit_[child].kind == Kind::list_splat;
    targets.push_back(child);
  }
  if (value != kNoNode) value = inside_parentheses(unit_, value);
  bool row = value != kNoNode && (unit_[value].kind == Kind::tuple || unit_[value].kind == Kind::expression_list ||
                                  unit_[value].kind == Kind::list);
  if (row) {
    for (NodeId child : children(unit_, value)) {
      if (unit_[child].kind == Kind::comment) continue;
      starred |= unit_[child].kind == Kind::list_splat;
      values.push_back(child);
    }
  }
  bool pairs = !starred && values.size() == targets.size();
  for (std::size_t i = 0; i < targets.size(); ++i) target(targets[i], pairs ? values[i] : kNoNode);
}

void FlowBuilder::remove(NodeId node) {
  switch (unit_[node].kind) {
    case Kind::identifier:
      return emit(EventKind::delete_name, node);
    case Kind::attribute: {
      NodeId object = unit_.child(node, Field::object);
      if (object != kNoNode) expression(object);
      return emit(EventKind::delete_attribute, node);
    }
    case Kind::subscript:
      operands(node);
      return emit(EventKind::delete_item, node);
    case Kind::comment:
      return;
    default:
      for (NodeId child : children(unit_, node)) remove(child);
  }
}

}  // namespace awaitd::analysis
