#include "analysis/effects/excuses.h"

#include "analysis/knowledge/line.h"
#include "analysis/terms/term_builder.h"

namespace awaitd::analysis {
namespace {

std::string_view last_name(std::string_view name) { return name.substr(name.rfind('.') + 1); }

bool mentions(std::string_view text, std::string_view name) {
  // The table writes fcntl.LOCK_NB; the code may have imported LOCK_NB by itself.
  std::string_view last = last_name(name);
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
      if (v.kind != ValueKind::object) continue;
      for (const std::string& base : linker.external_bases(v.module, v.id).names) {
        if (base == type || linker.knowledge().is_subclass(base, type)) return true;
      }
    }
    return false;
  }

  // The name in the expression itself, or in what its names stand for: FLAGS = AI_NUMERICHOST | AI_PASSIVE.
  bool mentioned(NodeId expression, std::string_view name) const {
    if (mentions(unit.text_of(expression), name)) return true;
    Terms scratch;
    TermBuilder builder(facts, scratch);
    bool found = term_mentions(scratch, builder.expression(expression), at, last_name(name), 0);
    linker.forget(scratch);
    return found;
  }

  bool term_mentions(const Terms& terms, TermId id, At where, std::string_view name, int depth) const {
    constexpr int kMaxDepth = 8;
    const Term& t = terms[id];
    if (id == 0 || depth > kMaxDepth) return false;
    bool named = t.kind == TermKind::attribute || t.kind == TermKind::free_name || t.kind == TermKind::from_import;
    if (named && t.text == name) return true;
    if (t.kind == TermKind::binary || t.kind == TermKind::either) {
      return term_mentions(terms, t.a, where, name, depth + 1) || term_mentions(terms, t.b, where, name, depth + 1);
    }
    if (t.kind != TermKind::free_name) return false;
    const auto& globals = linker.index(where.module).tables->globals;
    const auto* found = globals.find(t.text);
    if (found == nullptr) return false;
    for (const Member& member : *found) {
      At home{where.module, member.unit};
      if (member.function == kNone && term_mentions(linker.unit(home).data->exports->terms, member.term, home, name, depth + 1)) return true;
    }
    return false;
  }
};

std::string_view unquoted(const Unit& unit, NodeId node) {
  std::string_view text = unit.text_of(node);
  if (unit[node].kind != Kind::string || text.size() < 2 || text.front() != text.back()) return text;
  return text.substr(1, text.size() - 2);
}

// What a name is known to be at a place: "localhost" under `if host == "localhost":`.
std::string_view only_value(const Unit& unit, NodeId name, NodeId at) {
  NodeId child = at;
  for (NodeId n = unit[at].parent; n != kNoNode; child = n, n = unit[n].parent) {
    const Kind kind = unit[n].kind;
    if (kind == Kind::function_definition || kind == Kind::lambda) break;
    if ((kind != Kind::if_statement && kind != Kind::elif_clause) || unit[child].field != Field::consequence) continue;
    const NodeId test = inside_parentheses(unit, unit.child(n, Field::condition));
    if (unit[test].kind != Kind::comparison_operator) continue;
    NodeId left = kNoNode, right = kNoNode;
    bool equal = false;
    for (NodeId c : children(unit, test)) {
      if (unit[c].field == Field::operators)
        equal = unit.text_of(c) == "==";
      else
        (left == kNoNode ? left : right) = c;
    }
    if (equal && right != kNoNode && unit.text_of(left) == unit.text_of(name)) return unquoted(unit, right);
  }
  return {};
}

bool is_value(const Site& site, NodeId given, const Call& call, std::string_view value) {
  if (unquoted(site.unit, given) == value) return true;
  return site.unit[given].kind == Kind::identifier && only_value(site.unit, given, call.node) == value;
}

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
  switch (condition.test) {
    case Condition::Test::missing: return false;
    case Condition::Test::given: return true;
    case Condition::Test::equals:
      return is_value(site, given->value, call, condition.value);
    case Condition::Test::mentions: return site.mentioned(given->value, condition.value);
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

// A method called on it, a loop over it or a with block of it: the name is worked with.
bool works_on(const Unit& unit, NodeId name) {
  const NodeId parent = unit[name].parent, outer = parent == kNoNode ? kNoNode : unit[parent].parent;
  switch (parent == kNoNode ? Kind::module : unit[parent].kind) {
    case Kind::attribute:
      return unit[name].field == Field::object && outer != kNoNode && unit[outer].kind == Kind::call &&
             unit[parent].field == Field::function;
    case Kind::for_statement:
      return unit[name].field == Field::right;
    case Kind::with_item:
    case Kind::as_pattern:
      return true;
    default:
      return false;
  }
}

// What the call gives is returned, passed on or kept in a local that nothing here works with.
bool only_hands_on(const Facts& facts, const Call& call) {
  const Unit& unit = *facts.unit;
  if (call.statement || works_on(unit, call.node)) return false;
  const NodeId parent = unit[call.node].parent;
  if (parent == kNoNode || unit[parent].kind != Kind::assignment) return true;
  const NodeId target = unit.child(parent, Field::left);
  if (target == kNoNode || unit[target].kind != Kind::identifier) return true;
  for (NodeId n = 0; n < unit.nodes.size(); ++n) {
    if (unit[n].kind == Kind::identifier && unit.text_of(n) == unit.text_of(target) && works_on(unit, n)) return false;
  }
  return true;
}

// The call that a local is set to, also where its class is one of the project's own below the known one.
const Call* made_beside(const Site& site, NodeId receiver) {
  if (site.unit[receiver].kind != Kind::identifier) return nullptr;
  const Facts& facts = site.facts;
  const auto bindings = facts.bindings_in(facts.function_of(receiver).scope, site.unit.text_of(receiver));
  if (bindings.size() != 1) return nullptr;
  const Binding& only = facts.bindings[bindings.front()];
  if (only.kind != BindingKind::assign || only.index >= 0 || only.value == kNoNode) return nullptr;
  return facts.call_at(inside_parentheses(site.unit, only.value));
}

// The call that made the receiver: q = queue.Queue() ... q.put(x), also where they stand far apart.
bool test_constructor(const Site& site, NodeId receiver, const Condition& condition) {
  if (receiver == kNoNode) return false;
  if (const Call* made = made_beside(site, receiver); made != nullptr && test_argument(site, *made, condition))
    return true;
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

bool excused_by_argument(Linker& linker, const Passed& passed, const Use& step, const BlockingFact& fact) {
  if (fact.unless.find('^') == std::string_view::npos || passed.call == nullptr) return false;
  const Facts& there = *linker.unit(passed.callee).data->facts;
  const Site inside{linker, passed.callee, there, *there.unit};
  const NodeId receiver = step.call != kNone ? receiver_of(inside, there.calls[step.call]) : step.node;
  if (receiver == kNoNode || inside.unit[receiver].kind != Kind::identifier) return false;
  const auto bindings = there.bindings_in(there.functions[passed.function].scope, inside.unit.text_of(receiver));
  if (bindings.size() != 1 || there.bindings[bindings.front()].kind != BindingKind::parameter) return false;
  const Binding& parameter = there.bindings[bindings.front()];
  const Facts& here = *linker.unit(passed.caller).data->facts;
  const int position = parameter.index < 0 ? -1 : parameter.index - (passed.bound ? 1 : 0);
  const Argument* given = argument(here, *passed.call, position, parameter.name);
  if (given == nullptr) return false;
  const Site site{linker, passed.caller, here, *here.unit};
  for (const Condition& condition : conditions(fact.unless)) {
    if (condition.of == Condition::Of::constructor && test_constructor(site, given->value, condition)) return true;
  }
  return false;
}

bool excused(Linker& linker, At at, const Use& use, const BlockingFact& fact) {
  if (use.tried && (fact.kind == BlockingKind::network || fact.kind == BlockingKind::file_io)) return true;
  if (fact.unless.empty()) return false;
  const Facts& facts = *linker.unit(at).data->facts;
  const Call* call = use.call == kNone ? nullptr : &facts.calls[use.call];
  if (call != nullptr && has_word(fact.unless, "idle") && only_hands_on(facts, *call)) return true;
  Site site{linker, at, facts, *facts.unit};
  for (const Condition& condition : conditions(fact.unless)) {
    switch (condition.of) {
      case Condition::Of::call:
        if (call != nullptr && test_argument(site, *call, condition)) return true;
        break;
      case Condition::Of::constructor:  // of a with block or a loop: what is entered or looped over
        if (test_constructor(site, call != nullptr ? receiver_of(site, *call) : use.node, condition)) return true;
        break;
      case Condition::Of::receiver:
        if (call != nullptr && test_receiver(site, *call, condition)) return true;
        break;
    }
  }
  return false;
}

}  // namespace awaitd::analysis
