#include "analysis/rules/cleanups.h"

#include <algorithm>

#include "analysis/rules/cancel_paths.h"

namespace awaitd::analysis {
namespace {

struct Method {
  NodeId object = kNoNode;
  std::string_view name;
};
Method method_of(const Unit& unit, const Call& call) {
  if (call.callee == kNoNode || unit[call.callee].kind != Kind::attribute) return {};
  NodeId name = unit.child(call.callee, Field::attribute);
  return {unit.child(call.callee, Field::object), name == kNoNode ? std::string_view() : unit.text_of(name)};
}

bool has_word(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    std::size_t space = words.find(' ');
    if (words.substr(0, space) == word) return true;
    words.remove_prefix(space == std::string_view::npos ? words.size() : space + 1);
  }
  return false;
}

bool is_path(Kind kind) { return kind == Kind::identifier || kind == Kind::attribute || kind == Kind::subscript; }

const Loop* loop_of(const UnitView& view, NodeId variable, NodeId at) {
  const Unit& unit = view.unit();
  for (const Loop& loop : view.facts().loops) {
    bool inside = loop.node < at && at < loop.node + unit[loop.node].size;
    bool plain = unit[loop.node].kind == Kind::for_statement && loop.target != kNoNode && loop.iterable != kNoNode;
    if (inside && plain && unit.text_of(loop.target) == unit.text_of(variable)) return &loop;
  }
  return nullptr;
}

std::string_view root_name(std::string_view text) { return text.substr(0, text.find_first_of(".[(")); }

// The cleanup that a call is, by what it is (os.unlink) or else by how its method is called.
const CleanupFact* fact_of(const UnitView& view, const Call& call) {
  Method method = method_of(view.unit(), call);
  std::string_view word = first_word(method.name);
  if (word.empty() && method.object != kNoNode) return nullptr;
  const CleanupFact* by_name = method.name.empty() ? nullptr : find_cleanup(view.knowledge(), method.name);
  if (by_name == nullptr && !word.empty()) by_name = find_cleanup(view.knowledge(), word);
  // A function of a module: the name of the call must be one that some row ends with.
  for (const Value& v : view.callee(call).values) {
    if (v.kind != ValueKind::external) continue;
    if (const CleanupFact* fact = find_cleanup(view.knowledge(), v.name)) return fact;
    std::string_view top = std::string_view(v.name).substr(0, v.name.find('.'));
    if (method.object != kNoNode && view.text(method.object) == top) return nullptr;
  }
  return by_name;
}

// What a release is about: `pool.release(conn)` gives conn back, `sem.release()` the semaphore.
NodeId object_of(const UnitView& view, const Call& call, const CleanupFact& fact) {
  const Unit& unit = view.unit();
  Method method = method_of(unit, call);
  const Argument* first = view.facts().positional(call, 0);
  bool plain = first != nullptr && is_path(unit[first->value].kind);
  bool function = fact.name.find('.') != std::string_view::npos && (method.object == kNoNode || plain);
  if (function) return plain ? first->value : kNoNode;
  if (plain && (fact.kind == CleanupFact::Kind::release || fact.kind == CleanupFact::Kind::close)) return first->value;
  return method.object;
}

bool opposite(std::string_view a, std::string_view b) { return (a == "+=" && b == "-=") || (a == "-=" && b == "+="); }

std::string_view operator_of(const Unit& unit, NodeId target) {
  NodeId statement = unit[target].parent;
  if (statement == kNoNode || unit[statement].kind != Kind::augmented_assignment) return {};
  NodeId op = unit.child(statement, Field::operator_);
  return op == kNoNode ? std::string_view() : unit.text_of(op);
}

bool constant(Kind kind) {
  return kind == Kind::true_ || kind == Kind::false_ || kind == Kind::none || kind == Kind::integer ||
         kind == Kind::string;
}

class Finder {
 public:
  Finder(const UnitView& view, const Flow& flow) : view_(view), unit_(view.unit()), flow_(flow) {}

  bool undo_at(EventId id, Undo& undo) const {
    const Event& event = flow_.events[id];
    undo.event = id;
    undo.node = event.node;
    switch (event.kind) {
      case EventKind::call:
        return call(event, undo);
      case EventKind::write_attribute:
      case EventKind::write_item:
        return set_back(event, undo);
      case EventKind::delete_item: {
        undo.object = unit_.text_of(event.node);
        undo.done = last_before(id, [&](const Event& e) {
          return e.kind == EventKind::write_item && unit_.text_of(e.node) == undo.object;
        });
        return undo.done != kNone;
      }
      default:
        return false;
    }
  }

 private:
  // The last event in text order before this one that does it, outside of the code that undoes.
  template <typename Does>
  EventId last_before(EventId before, Does does) const {
    NodeId limit = flow_.events[before].node;
    EventId found = kNone;
    for (EventId e = 0; e < flow_.events.size(); ++e) {
      const Event& event = flow_.events[e];
      if (event.node >= limit || !flow_.block_of(e).reachable || !does(event)) continue;
      if (found == kNone || flow_.events[found].node < event.node) found = e;
    }
    return found;
  }

  bool call(const Event& event, Undo& undo) const {
    const Call* call = view_.facts().call_at(event.node);
    if (call == nullptr) return false;
    const CleanupFact* fact = fact_of(view_, *call);
    return (fact != nullptr && by_fact(*call, *fact, undo)) || by_helper(*call, undo);
  }

  bool by_fact(const Call& call, const CleanupFact& fact, Undo& undo) const {
    NodeId object = object_of(view_, call, fact);
    if (object == kNoNode || !is_path(unit_[object].kind)) return false;
    undo.fact = &fact;
    undo.object = unit_.text_of(object);
    undo.telling = fact.telling;
    Method method = method_of(unit_, call);
    if (fact.kind == CleanupFact::Kind::answer) return answers_otherwise(undo);
    if (given_back(call, method, undo) || of_all(object, undo)) return true;
    std::string_view receiver = method.object == kNoNode ? undo.object : unit_.text_of(method.object);
    undo.done = last_before(undo.event, [&](const Event& e) { return does(e, undo, receiver); });
    return undo.telling || undo.done != kNone;
  }

  // A future that is given its result here, too: to answer it is this function's job.
  bool answers_otherwise(const Undo& undo) const {
    for (const Call& call : view_.facts().calls) {
      Method method = method_of(unit_, call);
      if (call.function == flow_.function && method.object != kNoNode && has_word(undo.fact->undoes, method.name) &&
          unit_.text_of(method.object) == undo.object)
        return true;
    }
    return false;
  }

  // conn = await self.pool.get() ... self.pool.remove(conn): what the receiver gave goes back to it.
  bool given_back(const Call& call, const Method& method, Undo& undo) const {
    const Argument* first = view_.facts().positional(call, 0);
    if (first == nullptr || method.object == kNoNode || unit_[first->value].kind != Kind::identifier) return false;
    std::string_view name = unit_.text_of(first->value), receiver = unit_.text_of(method.object);
    EventId done = last_before(undo.event, [&](const Event& e) {
      if (e.kind != EventKind::write_name || e.value == kNoNode || unit_.text_of(e.node) != name) return false;
      const Call* made = view_.facts().call_at(made_by(e.value));
      if (made == nullptr) return false;
      NodeId from = method_of(unit_, *made).object;
      return from != kNoNode && unit_.text_of(from) == receiver;
    });
    if (done == kNone) return false;
    undo.object = name;
    undo.done = done;
    return true;
  }

  // tasks = [create_task(...) ...] for `for t in tasks: t.cancel()`.
  bool of_all(NodeId object, Undo& undo) const {
    if (unit_[object].kind != Kind::identifier || undo.fact->kind != CleanupFact::Kind::stop) return false;
    const Loop* loop = loop_of(view_, object, flow_.events[undo.event].node);
    if (loop == nullptr || !is_path(unit_[loop->iterable].kind)) return false;
    std::string_view all = unit_.text_of(loop->iterable);
    undo.done = last_before(undo.event, [&](const Event& e) {
      bool write = e.kind == EventKind::write_name || e.kind == EventKind::write_attribute;
      return write && e.value != kNoNode && unit_.text_of(e.node) == all && spawns_in(e.value);
    });
    if (undo.done == kNone) return false;
    undo.object = all;
    return true;
  }

  bool spawns_in(NodeId node) const {
    for (const Call& call : view_.facts().calls) {
      if (call.node < node || call.node >= node + unit_[node].size) continue;
      const TaskFact* fact = task_fact(view_, call);
      if (fact != nullptr && fact->role == TaskFact::Role::spawn) return true;
    }
    return false;
  }

  // `self._stop_running()`: a method of the project that sets attributes of its object to constants, or to constants
  // that it is handed.
  bool by_helper(const Call& call, Undo& undo) const {
    Method method = method_of(unit_, call);
    if (method.object == kNoNode || unit_.text_of(method.object) != "self" || !stands_alone(call)) return false;
    ValueSet callees = view_.callee(call);
    if (callees.unknown || callees.values.empty()) return false;
    // Whoever is handed more than constants is told of the error.
    bool handed = false;
    for (const Argument& a : view_.facts().arguments_of(call)) {
      if (!constant(unit_[a.value].kind)) return false;
      handed = true;
    }
    for (const Value& v : callees.values) {
      if (v.kind != ValueKind::function || !sets_back(v, handed, 0)) return false;
    }
    undo.fact = nullptr;
    undo.helper = true;
    undo.telling = false;
    undo.done = kNone;
    undo.object = unit_.text_of(call.callee);
    return true;
  }

  bool sets_back(const Value& function, bool handed, int depth) const {
    At at{function.module, function.unit};
    view_.look_at(at);
    const UnitData& data = *view_.linker().unit(at).data;
    const Facts& facts = *data.facts;
    for (const AttributeStore& store : facts.attribute_stores) {
      if (store.function != function.id || store.how.value == kNoNode) continue;
      if (facts.unit->text_of(store.object) != "self") continue;
      Kind kind = (*facts.unit)[store.how.value].kind;
      if (constant(kind) || (handed && kind == Kind::identifier)) return true;
    }
    // One that only hands on: `await self._state.set_control(control)`.
    if (depth > 0) return false;
    for (const Use& use : data.uses().uses) {
      if (use.function != function.id || use.kind != UseKind::call) continue;
      for (const Value& v : view_.linker().values(data.uses().terms, use.target, at).values) {
        if (v.kind == ValueKind::function && sets_back(v, handed, depth + 1)) return true;
      }
    }
    return false;
  }

  // A statement of its own, awaited or not.
  bool stands_alone(const Call& call) const {
    NodeId parent = unit_[outside_parentheses(unit_, call.node)].parent;
    if (parent != kNoNode && unit_[parent].kind == Kind::await) parent = unit_[parent].parent;
    return parent != kNoNode && unit_[parent].kind == Kind::expression_statement;
  }

  // lock.acquire() for lock.release(); conn = ... for conn.close(); items[key] = ... for items.pop(key).
  bool does(const Event& event, const Undo& undo, std::string_view receiver) const {
    if (event.kind == EventKind::write_name) {
      bool made = event.value != kNoNode && undo.fact->telling;
      return made && unit_.text_of(event.node) == undo.object && makes(event.value);
    }
    if (event.kind == EventKind::write_item) {
      NodeId container = unit_.child(event.node, Field::value);
      return !undo.fact->telling && has_word(undo.fact->undoes, "setdefault") && container != kNoNode &&
             unit_.text_of(container) == receiver;
    }
    if (event.kind != EventKind::call) return false;
    const Call* call = view_.facts().call_at(event.node);
    if (call == nullptr) return false;
    Method method = method_of(unit_, *call);
    if (method.object == kNoNode || !has_word(undo.fact->undoes, first_word(method.name))) return false;
    std::string_view object = unit_.text_of(method.object);
    return object == receiver || object == undo.object;
  }

  // An expression that makes something: a call, awaited or not.
  bool makes(NodeId value) const { return unit_[made_by(value)].kind == Kind::call; }

  NodeId made_by(NodeId value) const {
    value = inside_parentheses(unit_, value);
    if (unit_[value].kind == Kind::await) {
      for (NodeId child : children(unit_, value)) value = child;
    }
    return value;
  }

  // self.busy = False after self.busy = True; self.n -= 1 after self.n += 1.
  bool set_back(const Event& event, Undo& undo) const {
    undo.object = unit_.text_of(event.node);
    std::string_view op = operator_of(unit_, event.node);
    if (op.empty() && (event.value == kNoNode || !constant(unit_[event.value].kind))) return false;
    undo.done = last_before(undo.event, [&](const Event& e) {
      if (e.kind != event.kind || unit_.text_of(e.node) != undo.object) return false;
      std::string_view before = operator_of(unit_, e.node);
      if (!op.empty() || !before.empty()) return opposite(op, before);
      return e.value != kNoNode && unit_.text_of(e.value) != unit_.text_of(event.value);
    });
    return undo.done != kNone;
  }

  const UnitView& view_;
  const Unit& unit_;
  const Flow& flow_;
};

}  // namespace

std::string_view first_word(std::string_view name) {
  while (name.starts_with('_')) name.remove_prefix(1);
  return name.substr(0, name.find('_'));
}

std::vector<Undo> undos(const UnitView& view, const Flow& flow, NodeId node) {
  std::vector<Undo> found;
  Finder finder(view, flow);
  NodeId last = kNoNode;
  for (EventId e : flow.inside(view.unit(), node)) {
    if (!flow.block_of(e).reachable || flow.events[e].node == last) continue;
    Undo undo;
    if (!finder.undo_at(e, undo)) continue;
    last = flow.events[e].node;
    found.push_back(undo);
  }
  return found;
}

bool gives_back(const UnitView& view, const Flow& flow, EventId id, const Undo& undo) {
  const Unit& unit = view.unit();
  const Event& event = flow.events[id];
  if (event.kind == EventKind::write_attribute || event.kind == EventKind::write_item ||
      event.kind == EventKind::write_name)
    return undo.fact == nullptr && id != undo.done && unit.text_of(event.node) == undo.object;
  if (event.kind == EventKind::delete_item) return unit.text_of(event.node) == undo.object;
  if (event.kind != EventKind::call) return false;
  const Call* call = view.facts().call_at(event.node);
  if (call == nullptr) return false;
  // The same call again, wherever it stands.
  bool called = undo.fact != nullptr || undo.helper;
  if (called && unit.text_of(event.node) == unit.text_of(undo.node)) return true;
  // Anything that is called on a future may answer it.
  Method method = method_of(unit, *call);
  if (undo.fact != nullptr && undo.fact->kind == CleanupFact::Kind::answer)
    return method.object != kNoNode && unit.text_of(method.object) == undo.object && method.name.starts_with("set_");
  const CleanupFact* fact = fact_of(view, *call);
  if (fact == nullptr) return false;
  NodeId object = object_of(view, *call, *fact);
  if (object == kNoNode) return false;
  std::string_view text = unit.text_of(object);
  return text == undo.object || (undo.fact == nullptr && root_name(text) == root_name(undo.object));
}

bool owned_by_with(const UnitView& view, const Flow& flow, BlockId block, const Undo& undo) {
  const Unit& unit = view.unit();
  std::string_view root = root_name(undo.object);
  for (const WithItem& item : view.facts().with_items) {
    if (item.value == kNoNode || flow.around(block, FrameKind::with, item.value) == kNone) continue;
    if (item.target != kNoNode && root_name(unit.text_of(item.target)) == root) return true;
    std::string_view wanted = root == "self" ? undo.object : root;
    for (NodeId n = item.value; n < item.value + unit[item.value].size; ++n) {
      if (is_path(unit[n].kind) && unit.text_of(n) == wanted) return true;
    }
  }
  return false;
}

}  // namespace awaitd::analysis
