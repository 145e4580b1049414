#include "analysis/rules/cancel_paths.h"

#include <algorithm>

#include "analysis/knowledge/exceptions.h"
#include "analysis/knowledge/words.h"

namespace awaitd::analysis {
namespace {

std::string_view last_name(const Unit& unit, NodeId expression) {
  if (unit[expression].kind != Kind::attribute) return unit.text_of(expression);
  NodeId name = unit.child(expression, Field::attribute);
  return name == kNoNode ? std::string_view() : unit.text_of(name);
}

}  // namespace

std::vector<FunctionId> suspending_functions(const UnitView& view, std::string_view needs) {
  std::vector<FunctionId> found;
  const Facts& facts = view.facts();
  if (facts.awaits.empty() && facts.with_items.empty() && facts.loops.empty() && facts.yields.empty()) return found;
  if (view.unit().text.find(needs) == std::string::npos) return found;
  for (FunctionId f = 1; f < facts.functions.size(); ++f) {
    if (facts.functions[f].async && view.flow(f).complete) found.push_back(f);
  }
  return found;
}

std::vector<EventId> arrivals(const Flow& flow, BlockId block) {
  std::vector<EventId> found;
  std::vector<bool> seen(flow.blocks.size());
  std::vector<BlockId> open{block};
  seen[block] = true;
  while (!open.empty()) {
    BlockId b = open.back();
    open.pop_back();
    for (const Edge& edge : flow.predecessors(b)) {
      if (!flow.blocks[edge.to].reachable) continue;
      if (edge.early) {
        if (edge.kind != EdgeKind::cancel) continue;
        for (EventId e = flow.blocks[edge.to].first; e < flow.blocks[edge.to].last; ++e) {
          if (flow.events[e].suspends) found.push_back(e);
        }
      } else if (!seen[edge.to] && (edge.kind == EdgeKind::cancel || flow.blocks[edge.to].cancelled)) {
        seen[edge.to] = true;
        open.push_back(edge.to);
      }
    }
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

std::vector<BlockId> going_on(const Flow& flow, EventId entry, NodeId clause) {
  std::vector<BlockId> found;
  auto outside = [&](const Event&, EventId e) { return !flow.block_of(e).cancelled; };
  Reached reached = explore_from(flow, entry, {}, outside);
  reached.blocks[flow.block_of_event[entry]] = true;
  for (BlockId b = 0; b < flow.blocks.size(); ++b) {
    if (!reached.blocks[b] || !flow.blocks[b].cancelled) continue;
    // Raised on from here and caught further out: that handler's doing.
    if (clause != kNoNode && flow.around(b, FrameKind::handler, clause) == kNone) continue;
    for (const Edge& edge : flow.successors(b)) {
      if (edge.early || flow.blocks[edge.to].cancelled || edge.to == Flow::cancelled) continue;
      if (edge.kind != EdgeKind::error && edge.kind != EdgeKind::cancel) found.push_back(edge.to);
    }
  }
  return found;
}

Aftermath aftermath(const Flow& flow, std::span<const BlockId> from, std::span<const EventId> cancelled) {
  bool suspends = false;
  for (BlockId block : from) {
    Reached reached = explore_block(flow, block, {false, false}, [](const Event&, EventId) { return false; });
    for (EventId e : cancelled) {
      if (reached.events[e]) return Aftermath::repeats;
    }
    for (EventId e = 0; e < flow.events.size(); ++e) suspends |= reached.events[e] && flow.events[e].suspends;
  }
  return suspends ? Aftermath::goes_on : Aftermath::ends;
}

bool falls_through(const Flow& flow, NodeId clause, Way way) {
  for (BlockId b = 0; b < flow.blocks.size(); ++b) {
    FrameId frame = flow.blocks[b].reachable ? flow.around(b, FrameKind::handler, clause) : kNone;
    if (frame == kNone || flow.frames[frame].way != way) continue;
    for (const Edge& edge : flow.successors(b)) {
      if (edge.early || edge.kind == EdgeKind::error || edge.kind == EdgeKind::cancel) continue;
      FrameId behind = flow.around(edge.to, FrameKind::handler, clause);
      if (behind == kNone) return true;
    }
  }
  return false;
}

bool calls_one_of(const UnitView& view, const Call& call, std::string_view purpose) {
  const ValueSet callee = view.callee(call);
  return !callee.values.empty() && std::all_of(callee.values.begin(), callee.values.end(), [&](const Value& v) {
    return v.kind == ValueKind::external && is_word_for(purpose, v.name);
  });
}

bool is_own_task(const UnitView& view, NodeId object) {
  const Facts& facts = view.facts();
  if (view.unit()[object].kind == Kind::identifier) {
    const auto bound = facts.bindings_in(facts.function_of(object).scope, view.text(object));
    if (bound.size() != 1 || facts.bindings[bound.front()].value == kNoNode) return false;
    object = facts.bindings[bound.front()].value;
  }
  const Call* call = facts.call_at(inside_parentheses(view.unit(), object));
  return call != nullptr && calls_one_of(view, *call, "own_task");
}

const TaskFact* task_fact(const UnitView& view, const Call& call) {
  for (const Value& v : view.callee(call).values) {
    if (v.kind != ValueKind::external) continue;
    if (const TaskFact* fact = find_task(view.knowledge(), v.name)) return fact;
  }
  return nullptr;
}

bool is_future(const UnitView& view, NodeId expression) {
  ValueSet values = view.values(expression);
  bool found = false;
  for (const Value& v : values.values) {
    if (v.kind == ValueKind::none) continue;
    const TaskFact* fact = v.kind == ValueKind::instance ? find_task(view.knowledge(), v.name) : nullptr;
    if (fact == nullptr || fact->role != TaskFact::Role::future) return false;
    found = true;
  }
  return found;
}

bool asks_for_cancellation(const UnitView& view, NodeId node) {
  const Unit& unit = view.unit();
  for (const Call& call : view.facts().calls) {
    if (call.node < node || call.node >= node + unit[node].size || call.callee == kNoNode) continue;
    // Whose method it is does not matter for keeping silent.
    std::string_view name = last_name(unit, call.callee);
    if (name == "cancelling" || name == "uncancel") return true;
  }
  return false;
}

bool goes_through_release(const Flow& flow, std::span<const NodeId> clauses, EventId event) {
  BlockId block = flow.block_of_event[event];
  for (FrameId f = flow.blocks[block].frame; f != kNone; f = flow.frames[f].parent) {
    const Frame& frame = flow.frames[f];
    bool way_out = frame.kind == FrameKind::finally_ || (frame.kind == FrameKind::handler && frame.way == Way::cancel);
    if (way_out && std::find(clauses.begin(), clauses.end(), frame.node) != clauses.end()) return true;
  }
  return false;
}

void add_way_out(const Flow& flow, EventId event, std::vector<NodeId>& clauses) {
  for (FrameId f = flow.block_of(event).frame; f != kNone; f = flow.frames[f].parent) {
    const Frame& frame = flow.frames[f];
    if (frame.kind == FrameKind::finally_ || frame.kind == FrameKind::handler) clauses.push_back(frame.node);
  }
}

namespace {

// The tasks that an awaited expression waits for: itself, or the arguments of gather, wait, wait_for, shield.
bool tasks_of(const UnitView& view, NodeId operand, std::vector<NodeId>& tasks, int depth) {
  const Unit& unit = view.unit();
  operand = inside_parentheses(unit, operand);
  const Call* call = view.facts().call_at(operand);
  if (call == nullptr) {
    Kind kind = unit[operand].kind;
    if (kind != Kind::identifier && kind != Kind::attribute && kind != Kind::subscript) return false;
    tasks.push_back(operand);
    return true;
  }
  const TaskFact* fact = depth < 3 ? task_fact(view, *call) : nullptr;
  if (fact == nullptr || call->argument_count == 0) return false;
  using Role = TaskFact::Role;
  if (fact->role != Role::collect && fact->role != Role::watch && fact->role != Role::shield) return false;
  const Argument& first = view.facts().arguments_of(*call)[0];
  // gather(*tasks): a collection of tasks stands for them.
  if (first.stars == 1 || fact->role == Role::watch) {
    tasks.push_back(first.value);
    return true;
  }
  return tasks_of(view, first.value, tasks, depth + 1);
}

// task.cancel() in the same function; or for a whole collection: t.cancel() in a loop over it.
bool cancelled_before(const UnitView& view, FunctionId function, NodeId task, NodeId before) {
  const Unit& unit = view.unit();
  const Facts& facts = view.facts();
  for (const Call& call : facts.calls) {
    if (call.function != function || call.node > before || call.callee == kNoNode) continue;
    if (unit[call.callee].kind != Kind::attribute || last_name(unit, call.callee) != "cancel") continue;
    NodeId object = unit.child(call.callee, Field::object);
    if (object == kNoNode) continue;
    if (unit.text_of(object) == unit.text_of(task)) return true;
    for (const Loop& loop : facts.loops) {
      if (loop.target == kNoNode || loop.iterable == kNoNode || loop.function != function) continue;
      if (unit.text_of(loop.target) != unit.text_of(object)) continue;
      if (unit.text_of(loop.iterable).find(unit.text_of(task)) != std::string_view::npos) return true;
      if (unit.text_of(loop.target) == unit.text_of(task)) return true;
    }
  }
  return false;
}

}  // namespace

Waited waited_tasks(const UnitView& view, const Flow& flow, std::span<const EventId> suspensions) {
  Waited waited;
  std::vector<NodeId> tasks;
  bool typed = true;
  for (EventId e : suspensions) {
    const Event& event = flow.events[e];
    std::size_t before = tasks.size();
    if (event.kind != EventKind::await || event.value == kNoNode || !tasks_of(view, event.value, tasks, 0)) return {};
    for (std::size_t i = before; i < tasks.size(); ++i) {
      waited.cancelled_here |= cancelled_before(view, flow.function, tasks[i], event.node);
      typed &= is_future(view, tasks[i]);
    }
  }
  waited.tasks = !tasks.empty() && (typed || waited.cancelled_here);
  if (tasks.size() == 1) waited.task = tasks.front();
  return waited;
}

namespace {

bool starts_task(const UnitView& view, const Call& call) {
  for (const Value& v : view.callee(call).values) {
    const ContextFact* fact = view.knowledge().context(v.name);
    if (fact != nullptr && fact->role == Role::schedule && !fact->decorator) return true;
  }
  return false;
}

}  // namespace

Callers callers_of(const UnitView& view, FunctionId function) {
  Callers callers;
  const std::string name = view.function_name(function);
  if (name.empty() || name.front() == '<') return callers;
  auto look = [&](const UnitView& other) {
    const Facts& facts = other.facts();
    if (other.unit().text.find(name) == std::string::npos) return;
    auto meant = [&](const ValueSet& values) {
      return std::any_of(values.values.begin(), values.values.end(), [&](const Value& v) {
        return v.kind == ValueKind::function && v.module == 0 && v.unit == view.at().unit && v.id == function;
      });
    };
    for (const Call& call : facts.calls) {
      if (callers.awaited && callers.spawned) return;
      for (const Argument& a : facts.arguments_of(call)) {  // group.start_soon(f, 1)
        Kind kind = a.value == kNoNode ? Kind::none : other.unit()[a.value].kind;
        if ((kind != Kind::identifier && kind != Kind::attribute) || last_name(other.unit(), a.value) != name) continue;
        callers.spawned |= starts_task(other, call) && meant(other.values(a.value));
      }
      if (call.callee == kNoNode || last_name(other.unit(), call.callee) != name || !meant(other.callee(call)))
        continue;
      (call.awaited ? callers.awaited : callers.spawned) = true;
    }
  };
  if (function != 1) {
    look(view);
  } else {
    view.each_unit_that_mentions({name}, look);
  }
  return callers;
}

std::string quoted(const UnitView& view, NodeId node) {
  std::string text(view.text(node));
  std::string flat;
  for (char c : text) {
    bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (blank && (flat.empty() || flat.back() == ' ' || flat.back() == '(')) continue;
    flat += blank ? ' ' : c;
  }
  if (flat.size() > 60) flat = flat.substr(0, 57) + "...";
  return "`" + flat + "`";
}

std::string cancellation_name(const UnitView& view) {
  for (const ExceptionFact& row : view.knowledge().exceptions()) {
    bool own = row.cancel && row.name.starts_with(view.library().name) && row.name[view.library().name.size()] == '.';
    if (own && row.name.find('(') == std::string_view::npos)
      return std::string(row.name.substr(row.name.rfind('.') + 1));
  }
  return "CancelledError";
}

}  // namespace awaitd::analysis
