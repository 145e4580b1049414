// AWD603: a timeout scope that does not do what it looks like: entered the wrong way, never entered, its exception
// handled where it does not exist yet, or a name bound in a block that may have been left early.
#include <algorithm>

#include "analysis/fixes/dedent.h"
#include "analysis/fixes/extract.h"
#include "analysis/fixes/region.h"
#include "analysis/flow/exceptions.h"
#include "analysis/flow/queries.h"
#include "analysis/rules/timeouts.h"

namespace awaitd::analysis {
namespace {

struct Misuse {
  enum class Kind : std::uint8_t { entered, dropped, inside, unbound } kind{};
  NodeId node = kNoNode;       // what is underlined
  NodeId statement = kNoNode;  // the with statement
  NodeId handler = kNoNode;    // inside: the try statement
  const ScopeFact* fact = nullptr;
  std::string message;
  Severity severity = Severity::error;
};

std::string quoted(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  return text.size() > kLongest ? "this scope" : "`" + std::string(text) + "`";
}

const ScopeFact* sure_manager(const UnitView& view, const Use& use) {
  ValueSet values = view.linker().values(view.uses().terms, use.target, view.at());
  if (values.unknown || values.values.size() != 1) return nullptr;
  const Value& v = values.values[0];
  bool made = use.kind == UseKind::enter ? v.kind == ValueKind::instance && v.id == 0 : v.kind == ValueKind::external;
  const ScopeFact* fact = made ? view.knowledge().timeout_scope(v.name) : nullptr;
  return fact != nullptr && fact->form == ScopeFact::Form::with ? fact : nullptr;
}

void find_entered(const UnitView& view, std::vector<Misuse>& out) {
  for (const Use& use : view.uses().uses) {
    if (use.kind == UseKind::enter) {
      const ScopeFact* fact = sure_manager(view, use);
      if (fact == nullptr || (use.async ? fact->with_async : fact->with_sync)) continue;
      Misuse found{
          Misuse::Kind::entered, use.node, view.unit().ancestor(use.node, Kind::with_statement), kNoNode, fact, {}};
      found.message =
          quoted(view.text(use.node)) + (use.async ? " is entered with `with`: `async with` raises TypeError here."
                                                   : " is entered with `async with`: `with` raises TypeError here.");
      out.push_back(std::move(found));
    } else if (use.kind == UseKind::call && view.knowledge().may_wait(view.uses().terms[use.target].text)) {
      const Call& call = view.facts().calls[use.call];
      const ScopeFact* fact = call.statement ? sure_manager(view, use) : nullptr;
      if (fact == nullptr || wanted(view, call.node, "")) continue;
      Misuse found{Misuse::Kind::dropped, call.node, kNoNode, kNoNode, fact, {}};
      found.message = quoted(view.text(call.node)) + " is never entered, so it bounds nothing; write `" +
                      (fact->with_async ? "async with " : "with ") + std::string(view.text(call.node)) +
                      ":` over what it should bound.";
      out.push_back(std::move(found));
    }
  }
}

bool catches(const UnitView& view, NodeId clause, std::string_view exception) {
  NodeId value = view.unit().child(clause, Field::value);
  if (value == kNoNode) return false;
  if (view.unit()[value].kind == Kind::as_pattern) value = view.unit().first_child(value);
  for (const Value& v : view.values(value).values) {
    if (exception_class(view, v.name) == exception_class(view, exception)) return true;
  }
  return false;
}

NodeId handler_of(const UnitView& view, NodeId statement, std::string_view exception) {
  for (NodeId clause : children(view.unit(), statement)) {
    if (view.unit()[clause].kind == Kind::except_clause && catches(view, clause, exception)) return clause;
  }
  return kNoNode;
}

// A handler further out catches it: whoever wrote this knew.
bool handled_outside(const UnitView& view, NodeId statement, std::string_view exception) {
  const Unit& unit = view.unit();
  NodeId child = statement;
  for (NodeId n = unit[child].parent; n != kNoNode; child = n, n = unit[n].parent) {
    if (unit[n].kind == Kind::function_definition) return false;
    if (unit[n].kind == Kind::try_statement && unit[child].field == Field::body &&
        handler_of(view, n, exception) != kNoNode)
      return true;
  }
  return false;
}

void find_inside(const UnitView& view, std::vector<Misuse>& out) {
  const Unit& unit = view.unit();
  const auto& scopes = view.effects().waits().timeout_scopes(view.at());
  for (const TimeoutScope& scope : scopes) {
    if (!scope.with || !scope.made_here || !scope.fact->raises || scope.fact->exception.empty()) continue;
    NodeId statement = unit.ancestor(scope.node, Kind::with_statement);
    NodeId body = statement == kNoNode ? kNoNode : unit.child(statement, Field::body);
    NodeId attempt = body == kNoNode ? kNoNode : only_statement(unit, body);
    if (attempt == kNoNode || unit[attempt].kind != Kind::try_statement) continue;
    NodeId handler = handler_of(view, attempt, scope.fact->exception);
    if (handler == kNoNode || handled_outside(view, statement, scope.fact->exception)) continue;
    // Something else in there may time out by itself.
    bool other = std::any_of(scopes.begin(), scopes.end(), [&](const TimeoutScope& s) {
      return &s != &scope && unit[attempt].start <= s.from && s.to <= unit[attempt].end;
    });
    for (const WaitPlace& place : view.effects().waits().unit(view.at()).places) {
      bool in = unit[attempt].start <= unit[place.node].start && unit[place.node].end <= unit[attempt].end;
      other |= in && (place.given == Given::number || place.given == Given::unknown || !place.fact->usual.empty());
    }
    if (other) continue;
    Misuse found{Misuse::Kind::inside, unit.child(handler, Field::value), statement, attempt, scope.fact, {}};
    found.message = "This handler never sees the timeout of " + quoted(unit.text_of(scope.node)) +
                    ": in the block it is a cancellation, and only the `with` statement turns it into `" +
                    std::string(scope.fact->exception.substr(scope.fact->exception.rfind('.') + 1)) +
                    "`; put the `try` around it.";
    out.push_back(std::move(found));
  }
}

// The first read of a name behind a statement, in the same function, that is reached when the scope leaves its block
// quietly: not where the function returns or tries again then.
NodeId read_behind(const UnitView& view, std::string_view name, const TimeoutScope& scope, NodeId statement) {
  const Unit& unit = view.unit();
  const Flow& flow = view.flow(scope.function);
  const auto is_name = [&](NodeId n) { return unit[n].kind == Kind::identifier && unit.text_of(n) == name; };
  const auto bound = [&](const Event& e, EventId) { return e.kind == EventKind::write_name && is_name(e.node); };
  NodeId first = kNoNode;
  for (const EventId exit : flow.at(scope.node)) {
    if (flow.events[exit].kind != EventKind::exit && flow.events[exit].kind != EventKind::async_exit) continue;
    for (const Edge& edge : flow.successors(flow.block_of_event[exit])) {
      if (edge.kind != EdgeKind::suppressed || !flow.block_of(exit).reachable) continue;
      const Reached reached = explore_block(flow, edge.to, {true, false}, bound);
      for (EventId e = 0; e < flow.events.size(); ++e) {
        const Event& event = flow.events[e];
        const bool read = reached.events[e] && event.kind == EventKind::read_name && is_name(event.node);
        if (read && event.node > statement) first = std::min(first, event.node);
      }
    }
  }
  return first;
}

// A name that the body gives a value: `x = ...`, `x := ...`, `case x`.
bool gives_value(const Binding& b) {
  return b.kind == BindingKind::assign || b.kind == BindingKind::walrus || b.kind == BindingKind::capture;
}

void find_unbound(const UnitView& view, std::vector<Misuse>& out) {
  const Unit& unit = view.unit();
  const Facts& facts = view.facts();
  for (const TimeoutScope& scope : view.effects().waits().timeout_scopes(view.at())) {
    if (!scope.with || !scope.made_here || scope.fact->raises) continue;
    NodeId statement = unit.ancestor(scope.node, Kind::with_statement);
    if (statement == kNoNode) continue;
    bool looked_at = false;
    for (const WithItem& item : facts.with_items) looked_at |= item.statement == statement && item.target != kNoNode;
    NodeId body = unit.child(statement, Field::body);
    if (looked_at || body == kNoNode) continue;
    for (const Binding& b : facts.bindings) {
      bool mine = gives_value(b) && b.scope == facts.functions[scope.function].scope && b.target >= body &&
                  b.target < body + unit[body].size;
      // Before the first suspension nothing can be left early.
      bool early = std::none_of(facts.awaits.begin(), facts.awaits.end(), [&](const Return& a) {
        const NodeId until = b.kind == BindingKind::assign ? b.statement : b.value == kNoNode ? b.target : b.value;
        return a.function == scope.function && a.node > body && unit[a.node].start < unit[until].end;
      });
      if (!mine || early) continue;
      auto all = facts.bindings_in(b.scope, b.name);
      bool elsewhere = std::any_of(all.begin(), all.end(), [&](std::uint32_t id) {
        NodeId at = facts.bindings[id].target;
        return at == kNoNode || at < body || at >= body + unit[body].size;
      });
      NodeId read = elsewhere ? kNoNode : read_behind(view, b.name, scope, statement);
      if (read == kNoNode) continue;
      Misuse found{Misuse::Kind::unbound, read, statement, kNoNode, scope.fact, {}};
      found.message = "`" + std::string(b.name) + "` may not exist here: " + quoted(unit.text_of(scope.node)) +
                      " leaves its block quietly when the time is up; give it a value before, or look at the scope's "
                      "`cancelled_caught`.";
      out.push_back(std::move(found));
      break;
    }
  }
}

std::vector<Misuse> misuses(const UnitView& view) {
  std::vector<Misuse> found;
  if (view.facts().with_items.empty() && view.facts().calls.empty()) return found;
  find_entered(view, found);
  if (view.facts().with_items.empty()) return found;
  find_inside(view, found);
  find_unbound(view, found);
  return found;
}

std::uint32_t line_start(const std::string& text, std::uint32_t at) {
  while (at > 0 && text[at - 1] != '\n') --at;
  return at;
}

// try around the with: the heads change places, the handlers move out one step.
bool swap_heads(EditBuilder& edits, const UnitView& view, const Misuse& misuse) {
  const Unit& unit = view.unit();
  auto outer = indentation_of(unit, misuse.statement), inner = indentation_of(unit, misuse.handler);
  NodeId first = unit.first_child(unit.child(misuse.statement, Field::body));
  NodeId work = unit.child(misuse.handler, Field::body);
  NodeId body = work == kNoNode ? kNoNode : unit.first_child(work);
  if (!outer || !inner || body == kNoNode || first != misuse.handler || inner->size() <= outer->size()) return false;
  std::uint32_t head = line_start(unit.text, unit[misuse.statement].start),
                middle = line_start(unit.text, unit[misuse.handler].start);
  std::uint32_t below = line_start(unit.text, unit[body].start);
  std::string with = unit.text.substr(unit[misuse.statement].start, middle - unit[misuse.statement].start);
  std::string attempt = unit.text.substr(unit[misuse.handler].start, below - unit[misuse.handler].start);
  if (with.find('#') != std::string::npos || with.find('\n') != with.size() - 1 || attempt.substr(0, 4) != "try:")
    return false;
  edits.replace(Range{head, below}, *outer + attempt + *inner + with);
  std::uint32_t clauses = 0;
  for (NodeId clause : children(unit, misuse.handler)) {
    Kind kind = unit[clause].kind;
    bool handler = kind == Kind::except_clause || kind == Kind::finally_clause || kind == Kind::else_clause;
    if (handler && clauses == 0) clauses = unit[clause].start;
  }
  return clauses != 0 && dedent(edits, unit, {clauses, unit[misuse.handler].end}, inner->size() - outer->size());
}

std::optional<Fix> repair(const UnitView& view, const Misuse& misuse, bool probe) {
  const Unit& unit = view.unit();
  EditBuilder edits(view, probe);
  switch (misuse.kind) {
    case Misuse::Kind::entered: {
      int items = 0;
      for (const WithItem& item : view.facts().with_items) items += item.statement == misuse.statement;
      if (items != 1) return std::nullopt;
      if (misuse.fact->with_async) {
        if (!can_await(view, misuse.node)) return std::nullopt;
        edits.insert(unit[misuse.statement].start, "async ");
        return edits.finish("Enter it with async with", Safety::safe);
      }
      NodeId word = unit.child(misuse.statement, Kind::kw_async);
      if (word == kNoNode) return std::nullopt;
      std::uint32_t end = unit[word].end;
      while (end < unit.text.size() && unit.text[end] == ' ') ++end;
      edits.replace(Range{unit[word].start, end}, "");
      return edits.finish("Enter it with with", Safety::safe);
    }
    case Misuse::Kind::inside:
      if (!swap_heads(edits, view, misuse)) return std::nullopt;
      return edits.finish("Put the try around the timeout", Safety::suggested);
    default:
      return std::nullopt;
  }
}

void check(const UnitView& view, Report& report) {
  for (const Misuse& misuse : misuses(view)) {
    Finding& finding = report.add(misuse.node, misuse.message);
    finding.origin = misuse.fact->name;
    finding.severity = misuse.severity;
    finding.fixable = repair(view, misuse, true).has_value();
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const Misuse& misuse : misuses(view)) {
    if (view.document_range(misuse.node) == finding.range) return fixes.add(repair(view, misuse, fixes.probe()), true);
  }
}

}  // namespace

extern constinit const Rule timeout_scope_misused = {
    .code = "AWD603",
    .name = "timeout-scope-misused",
    .summary = "A timeout scope entered the wrong way, or handled where it has not fired yet",
    .severity = Severity::error,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
