// try, with, and what runs on the way out of them.
#include <algorithm>

#include "analysis/flow/flow_builder.h"

namespace awaitd::analysis {
namespace {

Handler handler_of(const UnitView& view, NodeId clause) {
  const Unit& unit = view.unit();
  Handler handler;
  handler.clause = clause;
  handler.statement = unit[clause].parent;
  NodeId first = kNoNode;
  bool several = false;
  for (NodeId child : children(unit, clause)) {
    if (unit[child].kind == Kind::op_star) handler.group = true;
    if (unit[child].field != Field::value) continue;
    several |= first != kNoNode;
    if (first == kNoNode) first = child;
  }
  if (!handler.group) handler.group = unit.text_of(clause).starts_with("except*");
  NodeId alias = unit.child(clause, Field::alias);
  if (first != kNoNode && unit[first].kind == Kind::as_pattern) {
    alias = unit.child(first, Field::alias);
    first = unit.first_child(first);
  }
  if (alias != kNoNode && unit[alias].kind == Kind::as_pattern_target && unit.first_child(alias) != kNoNode)
    alias = unit.first_child(alias);
  handler.type = first;
  handler.alias = alias;
  if (!several) {
    handler.catches = catches_of(view, first);
    return handler;
  }
  for (NodeId child : children(unit, clause)) {  // `except A, B:` of Python 3.14
    if (unit[child].field != Field::value) continue;
    Catches one = catches_of(view, child);
    handler.catches.error = std::max(handler.catches.error, one.error);
    handler.catches.cancel = std::max(handler.catches.cancel, one.cancel);
    handler.catches.named |= one.named;
  }
  return handler;
}

EdgeKind edge_of(Way way) { return way == Way::cancel ? EdgeKind::cancel : EdgeKind::error; }

NodeId suite_of(const Unit& unit, NodeId clause) { return unit.child(clause, Kind::block); }

}  // namespace

void FlowBuilder::try_statement(NodeId node) {
  NodeId finally = unit_.child(node, Kind::finally_clause);
  NodeId otherwise = unit_.child(node, Kind::else_clause);
  BlockId after = new_block();
  if (finally != kNoNode) {
    contexts_.push_back({});
    contexts_.back().kind = Context::Kind::cleanup;
    contexts_.back().node = finally;
    contexts_.back().after = after;
  }
  BlockId done = finally == kNoNode ? after : landing({Way::normal}, contexts_.size());
  contexts_.push_back({});
  contexts_.back().kind = Context::Kind::handlers;
  bool handles = unit_.child(node, Kind::except_clause) != kNoNode;
  if (!handles) contexts_.pop_back();
  {
    Keep keep(*this);
    enter_frame(FrameKind::try_body, node);
    next_block();
    NodeId body = unit_.child(node, Field::body);
    if (body != kNoNode) block(body);
  }
  Context context;
  if (handles) {
    context = contexts_.back();
    contexts_.pop_back();
  }
  next_block();
  NodeId suite = otherwise == kNoNode ? kNoNode : unit_.child(otherwise, Field::body);
  if (suite != kNoNode) block(suite);
  go(done);
  if (handles) handlers(node, context, done);
  if (finally != kNoNode) finish_cleanup();
  start(after);
}

void FlowBuilder::handlers(NodeId node, const Context& context, BlockId after) {
  std::vector<Handler> all;
  for (NodeId clause : children(unit_, node)) {
    if (unit_[clause].kind != Kind::except_clause) continue;
    const Handler* known = flow_.handler(clause);  // the try stands in a copied finally
    if (known == nullptr) {
      auto later = std::partition_point(flow_.handlers.begin(), flow_.handlers.end(),
                                        [&](const Handler& h) { return h.clause < clause; });
      known = &*flow_.handlers.insert(later, handler_of(view_, clause));
    }
    all.push_back(*known);
  }
  for (Way way : {Way::error, Way::cancel}) {
    BlockId dispatch = way == Way::error ? context.dispatch_error : context.dispatch_cancel;
    if (dispatch == kNone) continue;
    drafts_[dispatch].frame = frame_;
    drafts_[dispatch].cancelled = cancelled_ || way == Way::cancel;
    bool caught = false;
    for (const Handler& handler : all) {
      Catch what = way == Way::error ? handler.catches.error : handler.catches.cancel;
      if (what == Catch::none) continue;
      handler_copy(handler, way, dispatch, after);
      caught = what == Catch::all;
      if (caught) break;
    }
    if (caught) continue;
    BlockId outer = landing(way);
    edge(dispatch, outer, edge_of(way));
  }
}

void FlowBuilder::handler_copy(const Handler& handler, Way way, BlockId dispatch, BlockId after) {
  Keep keep(*this);
  enter_frame(FrameKind::handler, handler.clause, false, way);
  flight_.way = way;
  flight_.alias = handler.alias == kNoNode ? std::string_view() : unit_.text_of(handler.alias);
  if (way == Way::cancel) cancelled_ = true;
  BlockId entry = new_block();
  edge(dispatch, entry, edge_of(way));
  start(entry);
  emit(EventKind::catch_, handler.clause, handler.type);
  if (handler.alias != kNoNode) emit(EventKind::write_name, handler.alias);
  NodeId suite = suite_of(unit_, handler.clause);
  if (suite != kNoNode) block(suite);
  go(after);
}

// Builds the copies of a finally block or the exits of a with item, one for each way that leaves it.
void FlowBuilder::finish_cleanup() {
  Context context = std::move(contexts_.back());
  contexts_.pop_back();
  for (const Copy& copy : context.copies) {
    Keep keep(*this);
    if (copy.exit.way == Way::cancel) cancelled_ = true;
    if (copy.exit.way == Way::error || copy.exit.way == Way::cancel) {
      flight_.way = copy.exit.way;
      flight_.alias = {};
    }
    if (!context.with) enter_frame(FrameKind::finally_, context.node, false, copy.exit.way);
    start(copy.block);
    drafts_[copy.block].frame = frame_;
    drafts_[copy.block].cancelled = cancelled_;
    if (context.with) {
      quiet_ = context.suppression.timeout || context.suppression.own_cancel;
      emit(context.async ? EventKind::async_exit : EventKind::exit, context.node);
      quiet_ = false;
    } else {
      NodeId suite = suite_of(unit_, context.node);
      if (suite != kNoNode) block(suite);
    }
    after_exit(context, copy.exit);
  }
}

void FlowBuilder::after_exit(const Context& context, Exit exit) {
  if (exit.way == Way::normal) return go(context.after);
  BlockId to = landing(exit, contexts_.size());
  if (exit.way != Way::error && exit.way != Way::cancel) return go(to);
  Catch swallowed = exit.way == Way::error ? context.suppression.catches.error : context.suppression.catches.cancel;
  bool own = exit.way == Way::cancel && context.suppression.own_cancel;
  if (own || swallowed != Catch::none) go(context.after, EdgeKind::suppressed);
  if (swallowed == Catch::all) return;
  go(to, edge_of(exit.way));
  if (exit.way == Way::cancel && context.suppression.timeout) {
    BlockId error = landing(Way::error);
    go(error, EdgeKind::error);
  }
}

void FlowBuilder::with_statement(NodeId node) {
  auto first = std::partition_point(facts_.with_items.begin(), facts_.with_items.end(),
                                    [&](const WithItem& item) { return item.statement < node; });
  Keep keep(*this);
  BlockId after = new_block();
  std::size_t outer = contexts_.size();
  for (auto item = first; item != facts_.with_items.end() && item->statement == node; ++item) {
    if (item->value == kNoNode) continue;
    expression(item->value);
    Context context;
    context.suppression = suppression_of(view_, item->value);
    quiet_ = context.suppression.timeout || context.suppression.own_cancel;
    emit(item->async ? EventKind::async_enter : EventKind::enter, item->value, item->target);
    quiet_ = false;
    context.kind = Context::Kind::cleanup;
    context.with = true;
    context.async = item->async;
    context.node = item->value;
    context.after = contexts_.size() == outer ? after : landing({Way::normal}, contexts_.size());
    contexts_.push_back(std::move(context));
    enter_frame(FrameKind::with, item->value, item->async);
    next_block();
    if (item->target != kNoNode) target(item->target, kNoNode);
  }
  NodeId body = unit_.child(node, Field::body);
  if (body != kNoNode) block(body);
  go(contexts_.size() == outer ? after : landing({Way::normal}, contexts_.size()));
  while (contexts_.size() > outer) {
    frame_ = flow_.frames[frame_].parent;
    finish_cleanup();
  }
  start(after);
}

}  // namespace awaitd::analysis
