// Who awaits whom inside one module (Waits::reached).
#include <algorithm>
#include <deque>
#include <set>

#include "analysis/effects/waits.h"

namespace awaitd::analysis {
namespace {

bool is_handed_at(const Handed& handed, const ContextFact& fact) {
  if (!handed.keyword.empty()) return handed.keyword == fact.keyword;
  return fact.position == every_position || handed.position == fact.position;
}

std::vector<FunctionKey> functions_of(const ValueSet& values) {
  std::vector<FunctionKey> found;
  for (const Value& v : values.values) {
    if (v.kind == ValueKind::function && v.module == 0) found.push_back({v.module, v.unit, v.id});
    // `start_soon(f())` hands over the coroutine of f.
    if (v.kind == ValueKind::coroutine && v.id != 0 && v.module == 0) found.push_back({v.module, v.unit, v.id});
  }
  return found;
}

// asyncio.run() and the like start a program; what they run is no handler of requests.
bool takes_handlers(const Knowledge& knowledge, const Value& callee) {
  const ContextFact* fact = callee.kind == ValueKind::external ? knowledge.context(callee.name) : nullptr;
  if (fact == nullptr || fact->role != Role::entry) return false;
  const BlockingFact* runner = knowledge.fact(callee.name);
  return runner == nullptr || runner->kind != BlockingKind::loop_bridge;
}

}  // namespace

void Waits::find_edges(At at, UnitEdges& out) {
  const UnitData& data = *linker_.unit(at).data;
  const Facts& facts = *data.facts;
  const Knowledge& knowledge = linker_.knowledge();
  const auto& uses = data.uses();
  for (const Use& use : uses.uses) {
    if (use.kind != UseKind::call) continue;
    const Call& call = facts.calls[use.call];
    ValueSet callee = linker_.values(uses.terms, use.target, at);
    std::vector<FunctionKey> called = functions_of(callee);
    if (!called.empty()) {
      bool waits = waited_for(at, call), detached = false;
      int position = -1;
      const Call* taker = waits ? nullptr : handed_to(facts, call.node, position);
      const ScopeFact* row = taker == nullptr ? nullptr : scope_row(at, *taker);
      detached = row != nullptr && row->form == ScopeFact::Form::detach;
      if (!waits && taker != nullptr && !detached) {
        // add_task(handle()): the coroutine of a handler.
        const Use* outer = nullptr;
        for (const Use& u : uses.uses) {
          if (u.kind == UseKind::call && &facts.calls[u.call] == taker) outer = &u;
        }
        for (const Value& v :
             outer == nullptr ? ValueSet().values : linker_.values(uses.terms, outer->target, at).values) {
          if (!takes_handlers(knowledge, v)) continue;
          out.entries.insert(out.entries.end(), called.begin(), called.end());
        }
      }
      for (const FunctionKey& f : called) {
        bool async = linker_.unit({f.module, f.unit}).data->exports->functions[f.function].async;
        if (!async || (!waits && !detached)) continue;
        bool scoped = !detached && is_scoped(at, use.function, use.node);
        out.edges.push_back({f, {at.module, at.unit, use.function}, use.node, scoped});
      }
    }
    if (use.handed_count == 0) continue;
    for (const Value& v : callee.values) {
      const ContextFact* fact = v.kind == ValueKind::external ? knowledge.context(v.name) : nullptr;
      if (fact == nullptr || (fact->role != Role::entry && fact->role != Role::schedule)) continue;
      const ScopeFact* row = knowledge.timeout_scope(v.name);
      bool detached = row == nullptr || row->form == ScopeFact::Form::detach;
      for (std::uint32_t h = 0; h < use.handed_count; ++h) {
        const Handed& handed = uses.handed[use.first_handed + h];
        if (!is_handed_at(handed, *fact)) continue;
        for (const FunctionKey& f : functions_of(linker_.values(uses.terms, handed.value, at))) {
          if (fact->role == Role::entry) {
            if (takes_handlers(knowledge, v)) out.entries.push_back(f);
          } else if (facts.call_at(handed.node) == nullptr)
            out.edges.push_back({f,
                                 {at.module, at.unit, use.function},
                                 handed.node,
                                 !detached && is_scoped(at, use.function, use.node)});
        }
      }
    }
  }
}

const Waits::UnitEdges& Waits::edges(std::uint32_t unit) {
  UnitEdges& found = edges_[unit];
  const auto& data = linker_.unit({0, unit}).data;
  if (found.data == data && is_current(found.read)) return found;
  found = UnitEdges();
  found.data = data;
  find_edges({0, unit}, found);
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
  std::vector<std::uint32_t> units{function.unit};
  std::string_view name = linker_.unit({0, function.unit}).data->exports->functions[function.function].name;
  if (function.function == 1 && !name.empty()) units = linker_.mentioning(name);
  for (std::uint32_t unit : units) {
    const UnitEdges& theirs = edges(unit);
    for (const AwaitEdge& edge : theirs.edges) {
      if (edge.callee == function) it->second.edges.push_back(edge);
    }
    const auto& entries = theirs.entries;
    it->second.handler |= std::find(entries.begin(), entries.end(), function) != entries.end();
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

Reached Waits::reached(const FunctionKey& function) {
  Reached result;
  std::map<FunctionKey, AwaitEdge> below;  // the edge by which a function was met: towards `function`
  std::set<FunctionKey> seen{function};
  std::deque<FunctionKey> todo{function};
  bool first_open = true;
  constexpr std::size_t kMost = 200;  // functions looked at; beyond them a way counts as open
  while (!todo.empty()) {
    FunctionKey now = todo.front();
    todo.pop_front();
    result.looked.at(now.unit);
    result.looked.for_name(linker_.unit({0, now.unit}).data->exports->functions[now.function].name);
    if (is_wrapped(now, result.looked)) {
      result.scoped = true;
      continue;
    }
    const Callers& in = callers(now);
    bool entry = in.handler || is_entry(now);
    result.entry |= entry;
    if (entry || in.edges.empty() || seen.size() > kMost) {
      result.open = true;
      if (first_open) {
        for (FunctionKey step = now; !(step == function);) {
          const AwaitEdge& edge = below[step];
          result.path.push_back(edge);
          step = edge.callee;
        }
      }
      first_open = false;
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
