#include "analysis/rules/conditions.h"

namespace awaitd::analysis {
namespace {

bool mentions(std::string_view text, std::string_view name) {
  // The table writes fcntl.LOCK_NB; the code may have imported LOCK_NB by itself.
  std::string_view last = name.substr(name.rfind('.') == std::string_view::npos ? 0 : name.rfind('.') + 1);
  auto word = [](char c) { return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
  for (std::size_t at = text.find(last); at != std::string_view::npos; at = text.find(last, at + 1)) {
    bool starts = at == 0 || !word(text[at - 1]);
    bool ends = at + last.size() == text.size() || !word(text[at + last.size()]);
    if (starts && ends) return true;
  }
  return false;
}

bool typed(const UnitView& view, NodeId value, std::string_view type) {
  ValueSet values = view.values(value);
  for (const Value& v : values.values) {
    if (v.kind == ValueKind::instance && (v.name == type || view.knowledge().is_subclass(v.name, type))) return true;
  }
  return false;
}

bool test_argument(const UnitView& view, const Call& call, const Condition& condition) {
  const Facts& facts = view.facts();
  const Argument* given = argument(facts, call, condition.position, condition.name);
  if (given == nullptr) {
    // *args and **kwargs may hold it: then nothing is known, and a condition that may hold excuses.
    for (const Argument& a : facts.arguments_of(call)) {
      if (a.stars != 0) return true;
    }
    return condition.test == Condition::Test::missing;
  }
  std::string_view text = view.text(given->value);
  switch (condition.test) {
    case Condition::Test::missing: return false;
    case Condition::Test::given: return true;
    case Condition::Test::equals: return text == condition.value;
    case Condition::Test::mentions: return mentions(text, condition.value);
    case Condition::Test::typed: return typed(view, given->value, condition.value);
  }
  return false;
}

NodeId receiver_of(const UnitView& view, const Call& call) {
  const Unit& unit = view.unit();
  if (call.callee == kNoNode || unit[call.callee].kind != Kind::attribute) return kNoNode;
  return unit.child(call.callee, Field::object);
}

// A method called on the same receiver anywhere in the unit: sock.setblocking(False).
bool test_receiver(const UnitView& view, const Call& call, const Condition& condition) {
  NodeId receiver = receiver_of(view, call);
  if (receiver == kNoNode) return false;
  const Unit& unit = view.unit();
  for (const Call& other : view.facts().calls) {
    NodeId object = receiver_of(view, other);
    if (object == kNoNode || unit.text_of(object) != unit.text_of(receiver)) continue;
    NodeId method = unit.child(other.callee, Field::attribute);
    if (method == kNoNode || unit.text_of(method) != condition.name) continue;
    const Argument* first = view.facts().positional(other, 0);
    if (first != nullptr && view.text(first->value) == condition.value) return true;
  }
  return false;
}

// The call that made the receiver: q = queue.Queue() ... q.put(x).
bool test_constructor(const UnitView& view, const Call& call, const Condition& condition) {
  NodeId receiver = receiver_of(view, call);
  if (receiver == kNoNode || view.unit()[receiver].kind != Kind::identifier) return false;
  const Facts& facts = view.facts();
  for (const Binding& b : facts.bindings) {
    if (b.name != view.text(receiver) || b.value == kNoNode) continue;
    const Call* made = facts.call_at(b.value);
    if (made != nullptr && test_argument(view, *made, condition)) return true;
  }
  return false;
}

}  // namespace

const Argument* argument(const Facts& facts, const Call& call, int position, std::string_view keyword) {
  const Argument* found = keyword.empty() ? nullptr : facts.keyword(call, keyword);
  if (found == nullptr && position >= 0) found = facts.positional(call, position);
  return found;
}

bool excused(const UnitView& view, const Call& call, const BlockingFact& fact) {
  if (fact.unless.empty()) return false;
  for (const Condition& condition : conditions(fact.unless)) {
    switch (condition.of) {
      case Condition::Of::call:
        if (test_argument(view, call, condition)) return true;
        break;
      case Condition::Of::constructor:
        if (test_constructor(view, call, condition)) return true;
        break;
      case Condition::Of::receiver:
        if (test_receiver(view, call, condition)) return true;
        break;
    }
  }
  return false;
}

}  // namespace awaitd::analysis
