#include "analysis/effects/excuses.h"

#include "analysis/terms/term_builder.h"

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

// The call in its unit, and what its expressions are.
struct Site {
  Linker& linker;
  At at;
  const Facts& facts;
  const Unit& unit;

  ValueSet values(NodeId expression) const {
    Terms scratch;
    TermBuilder builder(facts, scratch);
    ValueSet found = linker.values(scratch, builder.expression(expression), at);
    linker.forget(scratch);
    return found;
  }

  bool typed(NodeId value, std::string_view type) const {
    for (const Value& v : values(value).values) {
      if (v.kind == ValueKind::instance && (v.name == type || linker.knowledge().is_subclass(v.name, type))) return true;
    }
    return false;
  }
};

bool test_argument(const Site& site, const Call& call, const Condition& condition) {
  const Facts& facts = site.facts;
  const Argument* given = argument(facts, call, condition.position, condition.name);
  if (given == nullptr) {
    // *args and **kwargs may hold it: then nothing is known, and a condition that may hold excuses.
    for (const Argument& a : facts.arguments_of(call)) {
      if (a.stars != 0) return true;
    }
    return condition.test == Condition::Test::missing;
  }
  std::string_view text = site.unit.text_of(given->value);
  switch (condition.test) {
    case Condition::Test::missing: return false;
    case Condition::Test::given: return true;
    case Condition::Test::equals: return text == condition.value;
    case Condition::Test::mentions: return mentions(text, condition.value);
    case Condition::Test::typed: return site.typed(given->value, condition.value);
  }
  return false;
}

NodeId receiver_of(const Site& site, const Call& call) {
  const Unit& unit = site.unit;
  if (call.callee == kNoNode || unit[call.callee].kind != Kind::attribute) return kNoNode;
  return unit.child(call.callee, Field::object);
}

bool says(const Facts& facts, std::string_view receiver, const Condition& condition) {
  const Unit& unit = *facts.unit;
  for (const Call& call : facts.calls) {
    if (call.callee == kNoNode || unit[call.callee].kind != Kind::attribute) continue;
    NodeId object = unit.child(call.callee, Field::object), method = unit.child(call.callee, Field::attribute);
    if (object == kNoNode || method == kNoNode || unit.text_of(object) != receiver) continue;
    if (unit.text_of(method) != condition.name) continue;
    const Argument* first = facts.positional(call, 0);
    if (condition.test == Condition::Test::given) return true;
    if (first != nullptr && unit.text_of(first->value) == condition.value) return true;
  }
  return false;
}

// A method called on the same receiver anywhere in the unit: sock.setblocking(False). What hangs on self may have been
// prepared in another method of the class.
bool test_receiver(const Site& site, const Call& call, const Condition& condition) {
  NodeId receiver = receiver_of(site, call);
  if (receiver == kNoNode) return false;
  std::string_view text = site.unit.text_of(receiver);
  if (says(site.facts, text, condition)) return true;
  std::uint32_t cls = site.linker.unit(site.at).cls;
  if (cls == kNone || !text.starts_with("self.")) return false;
  for (const IndexedUnit& other : site.linker.index(site.at.module).units) {
    if (other.cls != cls) continue;
    for (const ExportedSetting& s : other.data->exports->settings) {
      if (s.receiver == text && s.method == condition.name && s.value == condition.value) return true;
    }
  }
  return false;
}

// The call that made the receiver: q = queue.Queue() ... q.put(x), also where they stand far apart.
bool test_constructor(const Site& site, const Call& call, const Condition& condition) {
  NodeId receiver = receiver_of(site, call);
  if (receiver == kNoNode) return false;
  for (const Value& v : site.values(receiver).values) {
    if (v.kind != ValueKind::instance || v.call == kNoCall) continue;
    At maker{v.module, v.unit};
    const Facts& facts = *site.linker.unit(maker).data->facts;
    if (v.call >= facts.calls.size()) continue;
    Site there{site.linker, maker, facts, *facts.unit};
    if (test_argument(there, facts.calls[v.call], condition)) return true;
  }
  return false;
}

}  // namespace

const Argument* argument(const Facts& facts, const Call& call, int position, std::string_view keyword) {
  const Argument* found = keyword.empty() ? nullptr : facts.keyword(call, keyword);
  if (found == nullptr && position >= 0) found = facts.positional(call, position);
  return found;
}

bool excused(Linker& linker, At at, const Use& use, const BlockingFact& fact) {
  if (use.tried && (fact.kind == BlockingKind::network || fact.kind == BlockingKind::file_io)) return true;
  if (fact.unless.empty() || use.call == kNone) return false;
  const Facts& facts = *linker.unit(at).data->facts;
  const Call& call = facts.calls[use.call];
  Site site{linker, at, facts, *facts.unit};
  for (const Condition& condition : conditions(fact.unless)) {
    switch (condition.of) {
      case Condition::Of::call:
        if (test_argument(site, call, condition)) return true;
        break;
      case Condition::Of::constructor:
        if (test_constructor(site, call, condition)) return true;
        break;
      case Condition::Of::receiver:
        if (test_receiver(site, call, condition)) return true;
        break;
    }
  }
  return false;
}

}  // namespace awaitd::analysis
