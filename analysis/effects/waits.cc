#include "analysis/effects/waits.h"

#include <algorithm>

#include "analysis/effects/forwarding.h"
#include "analysis/effects/starred.h"
#include "analysis/knowledge/scope_words.h"

namespace awaitd::analysis {
namespace {

constexpr int kMaxMakers = 4;  // connection <- pool.acquire() <- create_pool()

template <typename Each>
void for_each_word(std::string_view words, Each&& each) {
  while (!words.empty()) {
    const std::size_t space = words.find(' ');
    each(words.substr(0, space));
    words.remove_prefix(space == std::string_view::npos ? words.size() : space + 1);
  }
}

bool has_stars(const Facts& facts, const Call& call) {
  for (const Argument& a : facts.arguments_of(call)) {
    if (a.stars != 0) return true;
  }
  return false;
}

// The number of a scope: `asyncio.timeout(5)`, `CancelScope(deadline=d)`.
const Argument* number_of(const Facts& facts, const Call& call, const ScopeFact& fact) {
  const Argument* found = nullptr;
  for_each_word(fact.keyword, [&](std::string_view word) {
    if (found == nullptr) found = facts.keyword(call, word);
  });
  if (found == nullptr && fact.position >= 0) found = facts.positional(call, fact.position);
  return found;
}

bool bounds(const Facts& facts, const Call& call, const ScopeFact& fact) {
  const Argument* number = number_of(facts, call, fact);
  if (number == nullptr) return !fact.optional || has_stars(facts, call);
  return facts.unit->text_of(number->value) != "None";
}

Given given(const Facts& facts, const Call& call, const TimeoutFact& fact) {
  Given result = Given::no;
  const auto take = [&](NodeId value) {
    if (result != Given::number) result = has_word(fact.off, facts.unit->text_of(value)) ? Given::off : Given::number;
  };
  auto look = [&](const Argument* argument) {
    if (argument != nullptr) take(argument->value);
  };
  for (const Argument& a : facts.arguments_of(call)) {
    if (a.stars == 0) continue;
    const std::optional<StarredKeys> keys = starred_keys(facts, a);
    if (!keys && result == Given::no) result = Given::unknown;
    for (const auto& [key, value] : keys ? *keys : StarredKeys()) {
      if (has_word(fact.parameters, key) && value != kNoNode) take(value);
    }
  }
  for_each_word(fact.parameters, [&](std::string_view name) { look(facts.keyword(call, name)); });
  if (fact.position >= 0) look(facts.positional(call, fact.position));
  return result;
}

// A cheap no: nothing in the tables ends in this name.
bool may_matter(const Knowledge& knowledge, const Term& target) {
  switch (target.kind) {
    case TermKind::attribute:
    case TermKind::from_import:
      return knowledge.may_wait(target.text);
    case TermKind::free_name:
      return true;
    default:
      return false;
  }
}

TermId receiver_of(const Terms& terms, TermId target) {
  return terms[target].kind == TermKind::attribute ? terms[target].a : 0;
}

}  // namespace

const Argument* timeout_argument(const Facts& facts, const Call& call, const TimeoutFact& fact) {
  const Argument* found = nullptr;
  for_each_word(fact.parameters, [&](std::string_view name) {
    if (found == nullptr) found = facts.keyword(call, name);
  });
  if (found == nullptr && fact.position >= 0) found = facts.positional(call, fact.position);
  return found;
}

Waits::UnitEntry& Waits::entry(At at) {
  UnitEntry& found = units_[at];
  const auto& data = linker_.unit(at).data;
  if (!found.busy && (found.data != data || !is_current(found.read))) {
    found = UnitEntry();
    found.data = data;
  }
  return found;
}

bool Waits::is_current(const std::map<At, std::shared_ptr<const UnitData>>& read) const {
  return std::all_of(read.begin(), read.end(), [&](const auto& r) {
    return r.first.unit < linker_.index(r.first.module).units.size() && linker_.unit(r.first).data == r.second;
  });
}

const UnitWaits& Waits::unit(At at) {
  UnitEntry& found = entry(at);
  if (found.waits) return *found.waits;
  auto made = std::make_unique<UnitWaits>();
  find_places(at, *made);
  for (const WaitPlace& place : made->places) {
    if (place.maker_call != kNoCall && !(place.maker == at)) found.read[place.maker] = linker_.unit(place.maker).data;
  }
  for (const auto& [other, data] : found.read) {
    if (other.module == 0) made->looked.at(other.unit);
  }
  found.waits = std::move(made);
  return *found.waits;
}

const std::vector<TimeoutScope>& Waits::scopes(At at) {
  static const std::vector<TimeoutScope> kNothing;
  UnitEntry& found = entry(at);
  if (found.scopes) return *found.scopes;
  if (found.busy) return kNothing;  // a manager that enters itself
  found.busy = true;
  auto made = std::make_unique<std::vector<TimeoutScope>>();
  find_scopes(at, *made);
  found.busy = false;
  found.scopes = std::move(made);
  return *found.scopes;
}

const std::vector<TimeoutScope>& Waits::scopes_for(At at, At other) {
  const std::vector<TimeoutScope>& found = scopes(other);
  auto& read = entry(at).read;
  read[other] = linker_.unit(other).data;
  const auto& theirs = entry(other).read;
  read.insert(theirs.begin(), theirs.end());
  return found;
}

bool Waits::yields_under_timeout(At at, const Value& function) {
  const At other{function.module, function.unit};
  const Facts& facts = *linker_.unit(other).data->facts;
  scopes_for(at, other);
  for (const Return& yield : facts.yields) {
    if (yield.function == function.id && is_scoped(other, yield.function, yield.node)) return true;
  }
  return false;
}

// True if the thing that is entered bounds its body.
bool Waits::manages_time(At at, const Use& use, TimeoutScope& scope) {
  const UnitData& data = *linker_.unit(at).data;
  ValueSet values = linker_.values(data.uses().terms, use.target, at);
  bool known = false;
  for (const Value& v : values.values) {
    if (v.kind == ValueKind::instance && v.id != 0 && yields_under_timeout(at, v)) return true;
    if (v.kind != ValueKind::instance) continue;
    const ScopeFact* row = linker_.knowledge().timeout_scope(v.name);
    if (row == nullptr || row->form != ScopeFact::Form::with) {
      known |= linker_.knowledge().knows(v.name);
      continue;
    }
    scope.fact = row;
    const Call* made = data.facts->call_at(inside_parentheses(*data.unit, use.node));
    scope.made_here = made != nullptr && values.values.size() == 1 && !values.unknown;
    return made == nullptr || bounds(*data.facts, *made, *row);
  }
  if (known && !values.unknown) return false;
  const Unit& unit = *data.unit;
  NodeId node = inside_parentheses(unit, use.node);
  if (unit[node].kind == Kind::call) node = unit.child(node, Field::function);
  if (node == kNoNode) return false;
  return says_timeout(linker_.knowledge().timeout_scopes(), unit.text_of(node));
}

const ScopeFact* Waits::scope_row(At at, const Call& call) {
  const UnitData& data = *linker_.unit(at).data;
  const auto& uses = data.uses();
  // Uses are in the order of their nodes.
  auto use = std::lower_bound(uses.uses.begin(), uses.uses.end(), call.callee,
                              [](const Use& u, NodeId node) { return u.node < node; });
  for (; use != uses.uses.end() && use->node == call.callee; ++use) {
    if (use->kind != UseKind::call || !may_matter(linker_.knowledge(), uses.terms[use->target])) continue;
    for (const Value& v : linker_.values(uses.terms, use->target, at).values) {
      if (v.kind != ValueKind::external) continue;
      if (const ScopeFact* row = linker_.knowledge().timeout_scope(v.name)) return row;
    }
  }
  return nullptr;
}

void Waits::find_scopes(At at, std::vector<TimeoutScope>& out) {
  const UnitData& data = *linker_.unit(at).data;
  const Facts& facts = *data.facts;
  const Unit& unit = *data.unit;
  const auto& uses = data.uses();
  for (const Use& use : uses.uses) {
    TimeoutScope scope;
    scope.function = use.function;
    scope.node = use.node;
    if (use.kind == UseKind::enter) {
      if (!manages_time(at, use, scope)) continue;
      NodeId statement = unit.ancestor(use.node, Kind::with_statement);
      if (statement == kNoNode) continue;
      scope.with = true;
      scope.from = unit[use.node].end;  // the managers behind it are entered under it
      scope.to = unit[statement].end;
      out.push_back(scope);
    } else if (use.kind == UseKind::call && may_matter(linker_.knowledge(), uses.terms[use.target])) {
      const Call& call = facts.calls[use.call];
      scope.fact = scope_row(at, call);
      if (scope.fact == nullptr || scope.fact->form != ScopeFact::Form::call) continue;
      const Argument* awaitable = facts.positional(call, scope.fact->awaitable);
      if (awaitable == nullptr) {
        for (const Argument& a : facts.arguments_of(call)) {
          if (!a.name.empty() && number_of(facts, call, *scope.fact) != &a) awaitable = &a;
        }
      }
      if (awaitable == nullptr || !bounds(facts, call, *scope.fact)) continue;
      scope.from = unit[awaitable->value].start;
      scope.to = unit[awaitable->value].end;
      out.push_back(scope);
    }
  }
}

bool Waits::is_scoped(At at, FunctionId function, NodeId node) {
  const Unit& unit = *linker_.unit(at).data->unit;
  for (const TimeoutScope& scope : scopes(at)) {
    if (scope.function == function && scope.from <= unit[node].start && unit[node].end <= scope.to) return true;
  }
  return false;
}

const Call* Waits::handed_to(const Facts& facts, NodeId node, int& position) const {
  const Unit& unit = *facts.unit;
  position = -1;
  for (NodeId child = node, n = unit[node].parent; n != kNoNode; child = n, n = unit[n].parent) {
    switch (unit[n].kind) {
      case Kind::argument_list: {
        const Call* call = facts.call_at(unit[n].parent);
        if (call == nullptr) return nullptr;
        int at = 0;
        for (const Argument& a : facts.arguments_of(*call)) {
          if (a.value == child) position = a.name.empty() ? at : -1;
          at += a.name.empty() && a.stars == 0;
        }
        return call;
      }
      case Kind::keyword_argument:
      case Kind::parenthesized_expression:
      case Kind::list:
      case Kind::set:
      case Kind::tuple:
      case Kind::list_splat:
      case Kind::list_comprehension:
      case Kind::set_comprehension:
      case Kind::generator_expression:
      case Kind::conditional_expression:
        continue;
      default:
        return nullptr;
    }
  }
  return nullptr;
}

// Whether the code waits where it makes the call: await, async with, async for, or through gather() and the like.
bool Waits::waited_for(At at, const Call& call) {
  const Facts& facts = *linker_.unit(at).data->facts;
  if (call.awaited) return true;
  NodeId outer = outside_parentheses(*facts.unit, call.node);
  for (const WithItem& item : facts.with_items) {
    if (item.async && (item.value == outer || item.value == call.node)) return true;
  }
  for (const Loop& loop : facts.loops) {
    if (loop.async && (loop.iterable == outer || loop.iterable == call.node)) return true;
  }
  int position = -1;
  const Call* taker = handed_to(facts, call.node, position);
  if (taker == nullptr) return false;
  const ScopeFact* row = scope_row(at, *taker);
  return row != nullptr && (row->form == ScopeFact::Form::pass || row->form == ScopeFact::Form::call);
}

// answer = loop.create_future(); self._pending[id] = answer; await self._send(...); return await answer
// Who only waits for another part of the program (a lock, a queue) sends nothing in between.
bool Waits::add_future(At at, WaitPlace& place) {
  const Facts& facts = *linker_.unit(at).data->facts;
  const Unit& unit = *facts.unit;
  const Call& made = facts.calls[place.call];
  const Binding* holder = nullptr;
  for (const Binding& b : facts.bindings) {
    bool own = b.kind == BindingKind::assign && b.index == -1 && facts.scopes[b.scope].function == made.function;
    if (own && b.value == outside_parentheses(unit, made.node)) holder = &b;
  }
  if (holder == nullptr || facts.bindings_in(holder->scope, holder->name).size() != 1) return false;
  auto is_it = [&](NodeId node) { return unit[node].kind == Kind::identifier && unit.text_of(node) == holder->name; };
  NodeId wait = kNoNode;
  for (const Return& a : facts.awaits) {
    if (wait == kNoNode && a.function == made.function && a.value != kNoNode && is_it(a.value)) wait = a.value;
  }
  if (wait == kNoNode) return false;
  bool kept = false, sent = false;
  for (NodeId n = 0; n < unit.nodes.size(); ++n) {  // self._pending[id] = answer, self._answer = answer
    if (unit[n].kind != Kind::assignment) continue;
    NodeId left = unit.child(n, Field::left), right = unit.child(n, Field::right);
    bool outlives = left != kNoNode && (unit[left].kind == Kind::subscript || unit[left].kind == Kind::attribute);
    kept |= outlives && right != kNoNode && is_it(right);
  }
  for (const Call& call : facts.calls) {
    bool between =
        call.function == made.function && call.node > made.node && call.node < wait && call.argument_count > 0;
    if (!between || !(call.awaited || call.statement)) continue;
    bool takes_it = false;
    for (const Argument& a : facts.arguments_of(call)) takes_it |= is_it(a.value);
    sent |= !takes_it;
  }
  place.node = place.awaited = wait;
  place.waits = true;
  return kept && sent;
}

// `await asyncio.to_thread(requests.get, url)`: the thread waits for ever, and whoever awaits it.
void Waits::find_handed(At at, const Use& use, UnitWaits& out) {
  const UnitData& data = *linker_.unit(at).data;
  const Facts& facts = *data.facts;
  const Knowledge& knowledge = linker_.knowledge();
  const auto& uses = data.uses();
  const Call& call = facts.calls[use.call];
  if (!call.awaited) return;
  for (std::uint32_t h = 0; h < use.handed_count; ++h) {
    const Handed& handed = uses.handed[use.first_handed + h];
    if (handed.position < 0 || !may_matter(knowledge, uses.terms[handed.value])) continue;
    ValueSet values = linker_.values(uses.terms, handed.value, at);
    if (values.unknown || values.values.size() != 1 || values.values[0].kind != ValueKind::external) continue;
    const TimeoutFact* fact = knowledge.timeout(values.values[0].name);
    if (fact == nullptr || fact->strength == '-') continue;
    for (const Value& v : linker_.values(uses.terms, use.target, at).values) {
      const ContextFact* taker = v.kind == ValueKind::external ? knowledge.context(v.name) : nullptr;
      if (taker == nullptr || taker->role != Role::offload || taker->position != handed.position) continue;
      WaitPlace place;
      place.call = use.call;
      place.node = handed.node;
      place.awaited = call.node;
      place.function = use.function;
      place.fact = fact;
      place.origin = values.values[0].name;
      place.given = given(facts, call, *fact);
      if (fact->position >= 0 && facts.positional(call, handed.position + 1 + fact->position) != nullptr)
        place.given = Given::number;
      place.waits = place.handed = true;
      place.scoped = is_scoped(at, use.function, use.node);
      place.object = place.origin;
      place.maker = at;
      out.places.push_back(std::move(place));
      return;
    }
  }
}

void Waits::find_places(At at, UnitWaits& out) {
  const UnitData& data = *linker_.unit(at).data;
  const Facts& facts = *data.facts;
  const Knowledge& knowledge = linker_.knowledge();
  const auto& uses = data.uses();
  for (const Use& use : uses.uses) {
    if (use.kind != UseKind::call || use.guarded) continue;
    if (use.handed_count > 0) find_handed(at, use, out);
    if (!use.awaited && !may_matter(knowledge, uses.terms[use.target])) continue;
    WaitPlace place;
    ValueSet values = linker_.values(uses.terms, use.target, at);
    for (const Value& v : values.values) {
      if (v.kind == ValueKind::none) continue;
      std::string called = v.name;
      if (v.kind == ValueKind::instance) called += ".__call__";  // stub.Create(request)
      const bool outside = v.kind == ValueKind::external || v.kind == ValueKind::instance;
      const TimeoutFact* fact = outside ? knowledge.timeout(called) : nullptr;
      std::string_view origin = called;
      ForwardedWait forwarded;
      // What an object does with itself, its other methods know better.
      const NodeId receiver = data.unit->child(use.node, Field::object);
      const bool own = receiver != kNoNode && data.unit->text_of(receiver) == "self";
      const bool may_forward =
          v.kind == ValueKind::function && linker_.signature(v).async && knowledge.may_wait(linker_.signature(v).name);
      if (may_forward && !own) {
        forwarded = forwarded_wait(linker_, v);
        const At home{v.module, v.unit};
        if (!(home == at)) entry(at).read[home] = linker_.unit(home).data;
        fact = forwarded.fact;
        origin = forwarded.origin;
      }
      if (fact == nullptr || place.fact != nullptr) place.probable |= fact == nullptr || fact != place.fact;
      if (fact == nullptr) continue;
      place.probable |= v.probable;
      if (place.fact == nullptr) {
        place.fact = fact;
        place.origin = origin;
      }
    }
    if (place.fact == nullptr) continue;
    place.probable |= values.unknown;
    const Call& call = facts.calls[use.call];
    place.call = use.call;
    place.node = use.node;
    place.awaited = call.node;
    place.function = use.function;
    place.given = given(facts, call, *place.fact);
    if (place.fact->kind == WaitKind::future) {
      if (!add_future(at, place)) continue;
    } else {
      place.waits = waited_for(at, call);
    }
    place.scoped = is_scoped(at, use.function, place.node);
    place.maker = at;
    place.maker_call = use.call;
    if (TermId receiver =
            receiver_of(uses.terms, uses.terms[use.target].kind == TermKind::attribute ? use.target : 0)) {
      place.maker_call = kNoCall;
      if (place.fact->client) place.client = ByClient::unknown;
      add_client(at, uses.terms, receiver, place, 0);
    }
    bool alone = place.maker_call == use.call && place.fact->kind != WaitKind::future &&
                 (place.fact->kind == WaitKind::process || place.fact->kind == WaitKind::request ||
                  place.fact->kind == WaitKind::send || place.fact->kind == WaitKind::rpc);
    if (alone) {
      place.object = place.origin;  // one finding for all calls of that function
    } else if (place.maker_call != kNoCall) {
      place.object = std::to_string(place.maker.module) + ":" + std::to_string(place.maker.unit) + ":" +
                     std::to_string(place.maker_call);
    } else {
      NodeId object = place.fact->kind == WaitKind::future ? place.node : data.unit->child(use.node, Field::object);
      place.object = object == kNoNode ? std::string() : std::string(data.unit->text_of(object));
    }
    out.places.push_back(std::move(place));
  }
}

// What the receiver was made by, and whether that carries a timeout: client.chat.completions, then client.chat, then
// client; a connection, then the pool it came from.
void Waits::add_client(At at, const Terms& terms, TermId receiver, WaitPlace& place, int depth) {
  const Knowledge& knowledge = linker_.knowledge();
  for (TermId object = receiver; object != 0; object = receiver_of(terms, object)) {
    for (const Value& v : linker_.values(terms, object, at).values) {
      if (v.kind != ValueKind::instance || v.call == kNoCall || v.id != 0) continue;
      At made{v.module, v.unit};
      const UnitData& data = *linker_.unit(made).data;
      if (v.call >= data.facts->calls.size()) continue;
      const Call& call = data.facts->calls[v.call];
      const auto& uses = data.uses();
      auto use = std::find_if(uses.uses.begin(), uses.uses.end(),
                              [&](const Use& u) { return u.kind == UseKind::call && u.call == v.call; });
      if (use == uses.uses.end()) continue;
      if (place.maker_call == kNoCall) {
        place.maker = made;
        place.maker_call = v.call;
      }
      if (place.client == ByClient::not_asked || place.client == ByClient::bounded) continue;
      for (const Value& callee : linker_.values(uses.terms, use->target, made).values) {
        const TimeoutFact* row = callee.kind == ValueKind::external ? knowledge.timeout(callee.name) : nullptr;
        if (row == nullptr || row->carries.empty()) continue;
        bool stars = has_stars(*data.facts, call), carried = false;
        for_each_word(row->carries, [&](std::string_view name) {
          const Argument* a = data.facts->keyword(call, name);
          carried |= a != nullptr && !has_word(row->off, data.facts->unit->text_of(a->value));
        });
        if (row->position >= 0 && row->carries.starts_with(row->parameters.substr(0, row->parameters.find(' ')))) {
          const Argument* a = data.facts->positional(call, row->position);
          carried |= a != nullptr && !has_word(row->off, data.facts->unit->text_of(a->value));
        }
        place.client = carried ? ByClient::bounded : stars ? ByClient::unknown : ByClient::unbounded;
        if (stars && !carried) return;
      }
      // A pool's connection has what the pool was made with.
      TermId before = receiver_of(uses.terms, use->target);
      if (place.client == ByClient::unknown && before != 0 && depth < kMaxMakers) {
        add_client(made, uses.terms, before, place, depth + 1);
      }
    }
  }
}

}  // namespace awaitd::analysis
