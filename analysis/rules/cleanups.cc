#include "analysis/rules/cleanups.h"

#include <algorithm>

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

std::string_view root_name(std::string_view text) { return text.substr(0, text.find_first_of(".[(")); }

// The cleanup that a call is, by what it is (os.unlink) or else by how its method is called.
const CleanupFact* fact_of(const UnitView& view, const Call& call) {
  Method method = method_of(view.unit(), call);
  std::string_view word = first_word(method.name);
  const CleanupFact* by_name = word.empty() ? nullptr : find_cleanup(view.knowledge(), word);
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
    if (fact == nullptr) return false;
    NodeId object = object_of(view_, *call, *fact);
    if (object == kNoNode || !is_path(unit_[object].kind)) return false;
    undo.fact = fact;
    undo.object = unit_.text_of(object);
    undo.telling = fact->telling;
    Method method = method_of(unit_, *call);
    std::string_view receiver = method.object == kNoNode ? undo.object : unit_.text_of(method.object);
    undo.done = last_before(undo.event, [&](const Event& e) { return does(e, undo, receiver); });
    return undo.telling || undo.done != kNone;
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
  bool makes(NodeId value) const {
    value = inside_parentheses(unit_, value);
    if (unit_[value].kind == Kind::await) {
      for (NodeId child : children(unit_, value)) value = child;
    }
    return unit_[value].kind == Kind::call;
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
  if (undo.fact != nullptr && unit.text_of(event.node) == unit.text_of(undo.node)) return true;
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
