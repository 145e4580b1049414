// Who awaits whom, in this module and from others (Waits::reached).
#include <algorithm>
#include <deque>
#include <set>

#include "analysis/effects/waits.h"
#include "analysis/knowledge/words.h"

namespace awaitd::analysis {
namespace {

bool is_handed_at(const Handed& handed, const ContextFact& fact) {
  if (!handed.keyword.empty()) return handed.keyword == fact.keyword;
  return fact.position == every_position || handed.position == fact.position;
}

// Functions of the project; `start_soon(f())` hands over the coroutine of f.
std::vector<FunctionKey> functions_of(const Linker& linker, const ValueSet& values) {
  std::vector<FunctionKey> found;
  for (const Value& v : values.values) {
    const bool is_one = v.kind == ValueKind::function || (v.kind == ValueKind::coroutine && v.id != 0);
    if (is_one && !linker.index(v.module).installed) found.push_back({v.module, v.unit, v.id});
  }
  return found;
}

const Signature& signature_of(const Linker& linker, const FunctionKey& f) {
  return linker.unit({f.module, f.unit}).data->exports->functions[f.function];
}

// A cheap no: the term is written with another name. Calls are looked through: partial(f, x), f().
bool may_name(const Terms& terms, TermId id, std::string_view name) {
  const Term& t = terms[id];
  if (name.empty() || t.text == name) return true;
  if (t.kind != TermKind::call) return false;
  if (terms[t.a].text == name) return true;
  for (std::uint32_t i = 0; i < t.count; ++i) {
    if (terms[terms.lists[t.first + i]].text == name) return true;
  }
  return false;
}

// asyncio.run() and the like start a program; what they run is no handler of requests.
bool takes_handlers(const Knowledge& knowledge, const Value& callee) {
  const ContextFact* fact = callee.kind == ValueKind::external ? knowledge.context(callee.name) : nullptr;
  if (fact == nullptr || fact->role != Role::entry) return false;
  const BlockingFact* runner = knowledge.fact(callee.name);
  return runner == nullptr || runner->kind != BlockingKind::loop_bridge;
}

// An example program of a library has timeouts of its own; whoever else uses the library may have none.
bool shows_use(std::string_view module) {
  while (!module.empty()) {
    const std::size_t dot = std::min(module.find('.'), module.size());
    if (is_word_for("shows_use", module.substr(0, dot))) return true;
    module.remove_prefix(std::min(dot + 1, module.size()));
  }
  return false;
}

}  // namespace

// The coroutines of these functions, made by a call: awaited, taken by a task, or by what makes them handlers.
void Waits::add_taken(At at, const Use& use, const std::vector<FunctionKey>& called, UnitEdges& out) {
  const UnitData& data = *linker_.unit(at).data;
  const Facts& facts = *data.facts;
  const auto& uses = data.uses();
  const Call& call = facts.calls[use.call];
  const bool waits = waited_for(at, call);
  int position = -1;
  const Call* taker = waits ? nullptr : handed_to(facts, call.node, position);
  const ScopeFact* row = taker == nullptr ? nullptr : scope_row(at, *taker);
  const bool detached = row != nullptr && row->form == ScopeFact::Form::detach;
  if (!waits && taker != nullptr && !detached) {
    // add_task(handle()): the coroutine of a handler.
    const Use* outer = nullptr;
    for (const Use& u : uses.uses) {
      if (u.kind == UseKind::call && &facts.calls[u.call] == taker) outer = &u;
    }
    for (const Value& v : outer == nullptr ? ValueSet().values : linker_.values(uses.terms, outer->target, at).values) {
      if (takes_handlers(linker_.knowledge(), v)) out.entries.insert(out.entries.end(), called.begin(), called.end());
    }
  }
  if (!waits && !detached) return;
  for (const FunctionKey& f : called) {
    if (!signature_of(linker_, f).async) continue;
    const bool scoped = !detached && is_scoped(at, use.function, use.node);
    out.edges.push_back({f, {at.module, at.unit, use.function}, use.node, scoped});
  }
}

// Functions that a call hands to somebody who runs them.
void Waits::add_handed(At at, const Use& use, const ValueSet& taker, std::string_view name, UnitEdges& out) {
  const UnitData& data = *linker_.unit(at).data;
  const Knowledge& knowledge = linker_.knowledge();
  const auto& uses = data.uses();
  for (const Value& v : taker.values) {
    const ContextFact* fact = v.kind == ValueKind::external ? knowledge.context(v.name) : nullptr;
    if (fact == nullptr || (fact->role != Role::entry && fact->role != Role::schedule)) continue;
    const ScopeFact* row = knowledge.timeout_scope(v.name);
    const bool detached = row == nullptr || row->form == ScopeFact::Form::detach;
    for (std::uint32_t h = 0; h < use.handed_count; ++h) {
      const Handed& handed = uses.handed[use.first_handed + h];
      if (!is_handed_at(handed, *fact) || !may_name(uses.terms, handed.value, name)) continue;
      for (const FunctionKey& f : functions_of(linker_, linker_.values(uses.terms, handed.value, at))) {
        if (fact->role == Role::entry) {
          if (takes_handlers(knowledge, v)) out.entries.push_back(f);
        } else if (data.facts->call_at(handed.node) == nullptr) {
          const bool scoped = !detached && is_scoped(at, use.function, use.node);
          out.edges.push_back({f, {at.module, at.unit, use.function}, handed.node, scoped});
        }
      }
    }
  }
}

void Waits::find_edges(At at, std::string_view name, UnitEdges& out) {
  const auto& uses = linker_.unit(at).data->uses();
  for (const Use& use : uses.uses) {
    if (use.kind != UseKind::call) continue;
    bool hands = false;
    for (std::uint32_t h = 0; h < use.handed_count; ++h)
      hands |= may_name(uses.terms, uses.handed[use.first_handed + h].value, name);
    const bool calls = may_name(uses.terms, use.target, name);
    if (!calls && !hands) continue;
    const ValueSet callee = linker_.values(uses.terms, use.target, at);
    if (calls) {
      const std::vector<FunctionKey> called = functions_of(linker_, callee);
      if (!called.empty()) add_taken(at, use, called, out);
    }
    if (hands) add_handed(at, use, callee, name, out);
  }
}

void Waits::add_edges(const UnitEdges& from, const FunctionKey& function, Callers& out) {
  for (const AwaitEdge& edge : from.edges) {
    if (edge.callee == function) out.edges.push_back(edge);
  }
  out.handler |= std::find(from.entries.begin(), from.entries.end(), function) != from.entries.end();
}

const Waits::UnitEdges& Waits::edges(std::uint32_t unit) {
  UnitEdges& found = edges_[unit];
  const auto& data = linker_.unit({0, unit}).data;
  if (found.data == data && is_current(found.read)) return found;
  found = UnitEdges();
  found.data = data;
  find_edges({0, unit}, {}, found);
  found.read = entry({0, unit}).read;
  return found;
}

// Nobody calls a function without its name; a nested one is called where it stands.
const Waits::Callers& Waits::callers(const FunctionKey& function) {
  const ModulePtr now = linker_.modules()[0];  // a copy: resolving names adds modules
  if (callers_of_ != now) {
    callers_.clear();
    callers_of_ = now;
  }
  auto [it, fresh] = callers_.try_emplace(function);
  if (!fresh) return it->second;
  std::vector<std::uint32_t> units;
  const std::string_view name = signature_of(linker_, function).name;
  if (function.function == 1 && !name.empty()) {
    units = linker_.mentioning(name);
  } else if (function.module == 0) {
    units.push_back(function.unit);
  }
  for (std::uint32_t unit : units) add_edges(edges(unit), function, it->second);
  return it->second;
}

// The same in the other modules that the project knows to call something of that name.
const Waits::Callers& Waits::outside_callers(const FunctionKey& function) {
  auto [it, fresh] = outside_.try_emplace(function);
  if (!fresh) return it->second;
  const std::string name(signature_of(linker_, function).name);
  const bool own_only = function.function != 1;
  if (name.empty() || name.starts_with("__") || linker_.unit({function.module, function.unit}).data->unit->skeleton)
    return it->second;
  std::vector<std::uint32_t> modules;
  if (own_only) {
    modules.push_back(function.module);
  } else if (const auto* calling = linker_.calling(name)) {
    modules = *calling;  // a copy: resolving names may ask for others
  }
  const std::vector<std::uint32_t> hash{mention_hash(name)};
  for (const std::uint32_t m : modules) {
    const ModulePtr module = linker_.modules()[m];
    if (shows_use(module->module)) continue;
    for (std::uint32_t u = 0; m != 0 && u < module->units.size(); ++u) {
      if (own_only ? u != function.unit : !module->units[u].mentions_any(hash)) continue;
      UnitEdges found;
      find_edges({m, u}, name, found);
      add_edges(found, function, it->second);
    }
  }
  return it->second;
}

bool Waits::is_entry(const FunctionKey& function) {
  At at{function.module, function.unit};
  const Exports& exports = *linker_.unit(at).data->exports;
  const Signature& s = exports.functions[function.function];
  bool entry = false;
  for (TermId d : s.decorators) {
    for (const Value& v : linker_.values(exports.terms, d, at).values) {
      const ContextFact* fact = linker_.knowledge().context(v.name);
      entry |= fact != nullptr && fact->decorator && fact->role == Role::entry;
    }
  }
  std::uint32_t cls = linker_.unit(at).cls;
  if (!entry && function.function == 1 && cls != kNone) {
    for (const std::string& base : linker_.external_bases(at.module, cls).names) {
      const ContextFact* fact = linker_.knowledge().context(base);
      entry |= fact != nullptr && fact->base_class && fact->role == Role::entry && has_word(fact->methods, s.name);
    }
  }
  return entry;
}

// A decorator of the project that uses a timeout, or one that nobody can resolve and that is called after one.
bool Waits::is_wrapped(const FunctionKey& function, Looked& looked) {
  At at{function.module, function.unit};
  const UnitData& data = *linker_.unit(at).data;
  for (TermId d : data.exports->functions[function.function].decorators) {
    ValueSet values = linker_.values(data.exports->terms, d, at);
    for (const Value& v : values.values) {
      if (v.kind != ValueKind::function) continue;
      if (v.module == 0) looked.at(v.unit);
      if (!scopes({v.module, v.unit}).empty()) return true;
    }
    if (!values.unknown) continue;
    const Term* term = &data.exports->terms[d];
    if (term->kind == TermKind::call) term = &data.exports->terms[term->a];
    for (const ScopeFact& row : linker_.knowledge().timeout_scopes()) {
      if (row.form == ScopeFact::Form::word && term->text.find(row.name) != std::string_view::npos) return true;
    }
  }
  return false;
}

// A way without a timeout from where the program starts to `function`, outermost first.
std::vector<AwaitEdge> Waits::way(const std::map<FunctionKey, AwaitEdge>& below, FunctionKey from,
                                  const FunctionKey& to) {
  std::vector<AwaitEdge> path;
  while (!(from == to)) {
    const AwaitEdge& edge = below.at(from);
    path.push_back(edge);
    from = edge.callee;
  }
  return path;
}

WaysIn Waits::reached(const FunctionKey& function) {
  WaysIn result;
  std::map<FunctionKey, AwaitEdge> below;  // the edge by which a function was met: towards `function`
  std::set<FunctionKey> seen{function};
  std::deque<FunctionKey> todo{function};
  constexpr std::size_t kMost = 200;       // functions looked at; beyond them a way counts as open
  constexpr std::size_t kMostOutside = 6;  // of them looked for in other modules
  std::size_t outside = 0;
  while (!todo.empty()) {
    const FunctionKey now = todo.front();
    todo.pop_front();
    if (now.module == 0) result.looked.at(now.unit);
    result.looked.for_name(signature_of(linker_, now).name);
    if (is_wrapped(now, result.looked)) {
      result.scoped = true;
      continue;
    }
    Callers in = callers(now);
    const bool handled = in.handler || is_entry(now);
    if (!handled && ++outside <= kMostOutside) {
      const Callers& others = outside_callers(now);
      in.edges.insert(in.edges.end(), others.edges.begin(), others.edges.end());
      in.handler |= others.handler;
    }
    const bool entry = handled || in.handler;
    result.entry |= entry;
    if (entry || in.edges.empty() || seen.size() > kMost) {
      if (!result.open) result.path = way(below, now, function);
      result.open = true;
    }
    if (seen.size() > kMost) continue;
    for (const AwaitEdge& edge : in.edges) {
      if (edge.scoped) {
        result.scoped = true;
      } else if (seen.insert(edge.caller).second) {
        below[edge.caller] = edge;
        todo.push_back(edge.caller);
      }
    }
  }
  // Nobody but itself: a ring without a way in.
  if (!result.open && !result.scoped) result.open = true;
  return result;
}

}  // namespace awaitd::analysis
