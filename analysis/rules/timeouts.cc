#include "analysis/rules/timeouts.h"

#include <algorithm>

#include "analysis/effects/forwarding.h"
#include "analysis/effects/names.h"
#include "analysis/fixes/timeout_fixes.h"
#include "analysis/flow/exceptions.h"
#include "analysis/knowledge/words.h"
#include "analysis/rules/coroutine_values.h"
#include "analysis/rules/protocols.h"

namespace awaitd::analysis {
namespace {

constexpr std::size_t kLongestQuote = 50;

// A consumer: it waits for the next thing as long as that takes.
bool in_endless_loop(const UnitView& view, const WaitPlace& place) {
  const Unit& unit = view.unit();
  NodeId child = place.node;
  for (NodeId n = unit[child].parent; n != kNoNode; child = n, n = unit[n].parent) {
    Kind kind = unit[n].kind;
    if (kind == Kind::function_definition || kind == Kind::lambda) return false;
    if (kind == Kind::while_statement) return true;
    if (kind == Kind::for_statement && unit.child(n, Kind::kw_async) != kNoNode && unit[child].field == Field::body)
      return true;
  }
  return false;
}

// `proc.kill()` before it, in a block around: then waiting ends soon.
bool ended_before(const UnitView& view, const WaitPlace& place) {
  const Unit& unit = view.unit();
  std::string_view method = place.fact->carries.substr(0, place.fact->carries.find(' '));
  NodeId object = unit.child(place.node, Field::object);
  if (place.fact->kind != WaitKind::process || method.empty() || object == kNoNode) return false;
  for (const Call& call : view.facts().calls) {
    if (call.function != place.function || call.node > place.node || call.callee == kNoNode) continue;
    if (unit[call.callee].kind != Kind::attribute) continue;
    NodeId other = unit.child(call.callee, Field::object), name = unit.child(call.callee, Field::attribute);
    if (other == kNoNode || name == kNoNode || unit.text_of(name) != method ||
        unit.text_of(other) != unit.text_of(object))
      continue;
    NodeId block = unit[view.facts().statement_of(call.node)].parent;
    if (block != kNoNode && block < place.node && place.node < block + unit[block].size) return true;
  }
  return false;
}

// `async def readline(self): return await self._reader.readline()`: another name for the same thing. Its callers
// decide.
bool only_forwards(const UnitView& view, const WaitPlace& place) {
  const Unit& unit = view.unit();
  const Function& fn = view.facts().functions[place.function];
  NodeId method = unit.child(place.node, Field::attribute);
  if (fn.name == kNoNode || fn.body == kNoNode || method == kNoNode || unit.text_of(fn.name) != unit.text_of(method))
    return false;
  if (handed_on(view.facts(), place.function) == &view.facts().calls[place.call]) return true;
  int statements = 0;
  for (NodeId s : children(unit, fn.body)) {
    NodeId inner = unit[s].kind == Kind::expression_statement ? unit.first_child(s) : kNoNode;
    bool text = inner != kNoNode && unit[inner].kind == Kind::string;
    statements += unit[s].kind != Kind::comment && !text;
  }
  return statements == 1;
}

// A coroutine that somebody forgot to await, or a manager entered without `async`, would wait if it were written right.
bool meant_to_wait(const UnitView& view, const WaitPlace& place) {
  if (!view.facts().functions[place.function].async) return false;
  const Call& call = view.facts().calls[place.call];
  for (const CoroutineEvent& event : view.coroutines()) {
    if (event.call == &call) return true;
  }
  for (const WithItem& item : view.facts().with_items) {
    if (item.async || item.value != call.node) continue;
    const ValueSet managers = view.values(item.value);
    auto only_async = [&](const Value& v) { return has_protocol(view, v, Protocol::aenter) == Has::yes; };
    return !managers.unknown && std::all_of(managers.values.begin(), managers.values.end(), only_async);
  }
  return false;
}

// A client without a timeout that this function only makes: others call it, and nobody here can tell how.
bool hands_out(const UnitView& view, const WaitPlace& place) {
  const Unit& unit = view.unit();
  const Facts& facts = view.facts();
  for (const WaitPlace& other : view.effects().waits().unit(view.at()).places) {
    if (other.maker_call == place.call && other.call != place.call) return false;
  }
  const Call& call = facts.calls[place.call];
  std::string_view name;
  for (const WithItem& item : facts.with_items) {
    if (item.value == call.node && item.target != kNoNode) name = unit.text_of(item.target);
  }
  for (const Binding& b : facts.bindings) {
    bool holds = b.kind == BindingKind::assign && b.value != kNoNode && b.index == -1;
    if (holds && b.value <= call.node && call.node < b.value + unit[b.value].size) name = b.name;
  }
  auto is_it = [&](FunctionId function, NodeId value) {
    return function == place.function && value != kNoNode && !name.empty() && unit.text_of(value) == name;
  };
  for (const Return& r : facts.returns) {
    if (is_it(r.function, r.value)) return true;
  }
  for (const Return& y : facts.yields) {
    if (is_it(y.function, y.value)) return true;
  }
  return std::any_of(facts.attribute_stores.begin(), facts.attribute_stores.end(),
                     [&](const AttributeStore& s) { return is_it(s.function, s.how.value); });
}

// Whether a call without a timeout of its own is worth looking at where it comes from.
bool counts(const UnitView& view, const WaitPlace& place) {
  const TimeoutFact& fact = *place.fact;
  if (fact.strength == '-' || place.scoped || place.client == ByClient::bounded) return false;
  if (place.given == Given::number || place.given == Given::unknown) return false;
  if (place.given == Given::off && fact.bound != Bound::unbounded) return false;  // AWD602
  if (fact.kind == WaitKind::client) return true;
  if (fact.kind == WaitKind::carrier) return fact.bound == Bound::unbounded && hands_out(view, place);
  if (fact.kind == WaitKind::value || fact.kind == WaitKind::wrapper) return false;
  if (fact.bound == Bound::fine || !(place.waits || meant_to_wait(view, place))) return false;
  bool consumer = fact.kind == WaitKind::receive || fact.kind == WaitKind::accept || fact.kind == WaitKind::queue;
  return !(consumer && in_endless_loop(view, place)) && !ended_before(view, place) && !only_forwards(view, place);
}

// The call of the same function that made what this one works on, if a timeout belongs there.
const WaitPlace* local_client(const UnitView& view, const UnitWaits& unit, const WaitPlace& place) {
  if (!place.fact->client || !(place.maker == view.at()) || place.maker_call == kNoCall) return nullptr;
  for (const WaitPlace& other : unit.places) {
    bool made = other.call == place.maker_call && other.function == place.function;
    if (made && other.fact->kind == WaitKind::carrier && !other.fact->value.empty() && other.given != Given::unknown)
      return &other;
  }
  return nullptr;
}

// Requests on one client are one finding in the whole module.
bool stands_for_others(const WaitPlace& place) { return place.fact->client && place.fact->bound != Bound::unbounded; }

bool same_client(const WaitPlace& a, const WaitPlace& b) {
  bool same = stands_for_others(b) && a.object == b.object && a.client == b.client;
  return same && b.waits && !b.scoped && b.given == Given::no && b.fact->strength != '-';
}

// Units that may send requests on the same client: they call it by the same name.
std::vector<std::uint32_t> users_of_client(const UnitView& view, const WaitPlace& place) {
  const Unit& unit = view.unit();
  NodeId object = unit[place.node].kind == Kind::attribute ? unit.child(place.node, Field::object) : kNoNode;
  if (object != kNoNode && unit[object].kind == Kind::attribute) object = unit.child(object, Field::attribute);
  if (object == kNoNode || unit[object].kind != Kind::identifier) return {view.at().unit};
  view.look_for(unit.text_of(object));
  return view.linker().mentioning(unit.text_of(object));
}

bool shown_before(const UnitView& view, const WaitPlace& place) {
  if (!stands_for_others(place)) return false;
  for (std::uint32_t u : users_of_client(view, place)) {
    if (u >= view.at().unit) break;
    for (const WaitPlace& other : view.effects().waits().unit({0, u}).places) {
      if (same_client(place, other)) return true;
    }
  }
  return false;
}

// `connect("127.0.0.1", port)`: this machine answers at once, or says that nobody is there.
bool connects_here(const UnitView& view, const WaitPlace& place) {
  if (place.fact->kind != WaitKind::connect) return false;
  for (const Argument& a : view.facts().arguments_of(view.facts().calls[place.call])) {
    std::string_view text = view.text(a.value);
    if (view.unit()[a.value].kind != Kind::string || text.size() < 2) continue;
    if (is_word_for("here", text.substr(1, text.size() - 2))) return true;
  }
  return false;
}

Severity severity_of(const UnitView& view, const WaitPlace& place, const WaysIn& reached) {
  const TimeoutFact& fact = *place.fact;
  bool test = view.in_test(place.function);
  if (fact.strength == 'H' || fact.bound == Bound::fine) return Severity::hint;
  if (fact.bound == Bound::minutes) return test ? Severity::hint : Severity::info;
  if (fact.kind == WaitKind::client && test) return Severity::hint;
  // Who waits for a server that sends when it likes may well mean it.
  if (fact.kind == WaitKind::reply && in_endless_loop(view, place)) return test ? Severity::hint : Severity::info;
  if (connects_here(view, place)) return test ? Severity::hint : Severity::info;
  bool sure = !place.probable && place.client != ByClient::unknown && !reached.scoped;
  return fact.strength == 'W' && reached.entry && sure && !test ? Severity::warning : Severity::info;
}

bool unsure(const WaitPlace& place, const WaysIn& reached) {
  return place.probable || place.client == ByClient::unknown || reached.scoped;
}

std::string_view if_so(WaitKind kind) {
  switch (kind) {
    case WaitKind::connect:
      return "the other side does not answer";
    case WaitKind::accept:
      return "nobody connects";
    case WaitKind::receive:
    case WaitKind::reply:
      return "the other side stays silent";
    case WaitKind::send:
      return "the other side stops reading";
    case WaitKind::query:
      return "the database does not answer";
    case WaitKind::close:
      return "the other side does not close";
    case WaitKind::process:
      return "the process does not end";
    case WaitKind::acquire:
      return "none becomes free";
    case WaitKind::future:
    case WaitKind::rpc:
      return "no answer comes";
    default:
      return "the server does not answer";
  }
}

std::string argument_advice(const WaitPlace& place) {
  std::string_view value = place.fact->value.substr(0, place.fact->value.find(' '));
  std::string_view name = place.fact->parameters.substr(0, place.fact->parameters.find(' '));
  return "pass `" + std::string(name) + "=" + std::string(value) + "`";
}

}  // namespace

NodeId only_statement(const Unit& unit, NodeId block) {
  NodeId found = kNoNode;
  for (NodeId s : children(unit, block)) {
    if (unit[s].kind == Kind::comment) continue;
    if (found != kNoNode) return kNoNode;
    found = s;
  }
  return found;
}

std::string call_name(const UnitView& view, const WaitPlace& place) {
  std::string_view written = view.text(place.node);
  if (place.fact->kind == WaitKind::future) return "`await " + std::string(written) + "`";
  if (place.handed) return "`" + short_origin(view.knowledge(), place.origin) + "`";
  if (written.size() <= kLongestQuote && written.find('\n') == std::string_view::npos)
    return "`" + std::string(written) + "()`";
  return "`" + short_origin(view.knowledge(), place.origin) + "`";
}

std::string scope_advice(const UnitView& view, const WaitPlace& place) {
  const ScopeFact* scope = usual_scope(view);
  if (scope == nullptr) return "bound it";
  std::string seconds = std::to_string(proposed_seconds(place.fact->kind));
  if (scope->form == ScopeFact::Form::call) {
    return "wait for it with `" + std::string(scope->name) + "(..., " + std::string(scope->keyword) + "=" + seconds +
           ")`";
  }
  return "put it into `" + std::string(scope->with_async ? "async with " : "with ") + std::string(scope->name) + "(" +
         seconds + "):`";
}

std::vector<SharedPlace> shared_places(const UnitView& view, const WaitPlace& place) {
  std::vector<SharedPlace> found;
  if (!stands_for_others(place)) return {{view.at().unit, &place}};
  for (std::uint32_t u : users_of_client(view, place)) {
    for (const WaitPlace& other : view.effects().waits().unit({0, u}).places) {
      if (same_client(place, other)) found.push_back({u, &other});
    }
  }
  return found;
}

std::vector<WaitGroup> wait_groups(const UnitView& view) {
  std::vector<WaitGroup> groups;
  const UnitWaits& unit = view.effects().waits().unit(view.at());
  view.look(unit.looked);
  for (const WaitPlace& place : unit.places) {
    if (!counts(view, place) || wanted(view, place.node, "")) continue;
    auto same = [&](const WaitGroup& g) {
      return g.first().object == place.object && !place.object.empty() && g.first().function == place.function;
    };
    auto group = std::find_if(groups.begin(), groups.end(), same);
    if (group != groups.end()) {
      group->places.push_back(&place);
      group->severity = std::min(group->severity, severity_of(view, place, group->reached));
      continue;
    }
    WaitGroup made;
    made.places.push_back(&place);
    if (place.fact->kind == WaitKind::client) {
      made.client = &place;
      if (place.fact->bound == Bound::fine && view.in_test(place.function)) continue;
    } else {
      made.client = local_client(view, unit, place);
      if (made.client == nullptr && shown_before(view, place)) continue;
      made.reached = view.effects().waits().reached({0, view.at().unit, place.function});
      view.look(made.reached.looked);
      if (!made.reached.open) continue;
    }
    made.severity = severity_of(view, place, made.reached);
    made.confidence = unsure(place, made.reached) ? Confidence::probable : Confidence::definite;
    groups.push_back(std::move(made));
  }
  return groups;
}

const WaitPlace* unbounded_in_thread(const UnitView& view, const Call& call) {
  for (const WaitPlace& place : view.effects().waits().unit(view.at()).places) {
    if (place.handed || place.probable || &view.facts().calls[place.call] != &call) continue;
    WaitPlace handed = place;
    handed.waits = handed.handed = true;
    handed.client = ByClient::not_asked;
    if (!counts(view, handed)) continue;
    const WaysIn reached = view.effects().waits().reached({0, view.at().unit, place.function});
    view.look(reached.looked);
    if (reached.open && severity_of(view, handed, reached) != Severity::hint) return &place;
  }
  return nullptr;
}

std::string wait_message(const UnitView& view, const WaitGroup& group) {
  const WaitPlace& place = group.first();
  const WaitPlace& shown = group.shown();
  const TimeoutFact& fact = *place.fact;
  std::string name = call_name(view, shown), usual(fact.usual);
  std::string who = "`" + view.function_name(place.function) + "()`", message;
  if (fact.kind == WaitKind::client && fact.bound == Bound::fine) {
    message = name + " relies on the default timeout, " + usual + "; say how long you are ready to wait";
  } else if (fact.kind == WaitKind::client || fact.kind == WaitKind::carrier) {
    message = name + " sets no timeout: if the server does not answer, whoever calls it waits " +
              (usual.empty() ? "for ever" : usual);
  } else if (fact.bound == Bound::minutes) {
    message =
        &shown == &place ? name + " gives up only after " + usual : name + " gives up on a request only after " + usual;
  } else {
    if (place.handed) who = "the thread";
    message = name + " has no timeout: if " + std::string(if_so(fact.kind)) + ", " + who + " waits " +
              (usual.empty() ? "for ever" : usual);
  }
  if (!fact.versions.empty()) message += " (" + std::string(fact.versions) + ")";
  if (!fact.package.empty())
    message += " (" + std::string(fact.newer_usual.empty() ? "nothing" : fact.newer_usual) + " from " +
               std::string(fact.package) + " " + std::string(fact.since) + " on)";
  if (group.reached.scoped && !group.reached.path.empty()) {
    message += ", where it is called by " + short_name(view.linker(), group.reached.path.back().caller) +
               " without a timeout around it";
  }
  message += "; ";
  if (!shown.fact->value.empty()) return message + argument_advice(shown) + ".";
  if (fact.kind == WaitKind::carrier)
    return message + "pass `" + std::string(fact.parameters.substr(0, fact.parameters.find(' '))) + "`.";
  message += scope_advice(view, place);
  if (fact.kind == WaitKind::process && !fact.carries.empty()) message += " and kill the process when the time is up";
  return message + ".";
}

}  // namespace awaitd::analysis
