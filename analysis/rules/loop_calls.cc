#include "analysis/rules/loop_calls.h"

#include <algorithm>

#include "analysis/rules/caller_values.h"

namespace awaitd::analysis {
namespace {

constexpr std::size_t kLongestName = 40;

// True if the target can name a row: resolving every call of a file for nothing would be felt.
bool worth_resolving(const UnitView& view, const Term& target) {
  switch (target.kind) {
    case TermKind::attribute:
    case TermKind::from_import:
      return view.knowledge().is_loop_word(target.text);
    case TermKind::free_name:
    case TermKind::either:
      return true;
    default:
      return false;
  }
}

LoopCall from_values(const UnitView& view, std::uint32_t id, const ValueSet& callee) {
  const Uses& uses = view.uses();
  const Use& use = uses.uses[id];
  LoopCall found;
  const bool method = uses.terms[use.target].kind == TermKind::attribute;
  for (const Value& v : callee.values) {
    if (v.kind == ValueKind::none) continue;
    auto facts = v.kind == ValueKind::external ? view.knowledge().loop_facts(v.name) : std::span<const LoopFact>();
    if (facts.empty() || (!found.facts.empty() && facts.data() != found.facts.data())) {
      found.definite = false;
      continue;
    }
    found.definite &= !v.probable;
    if (!found.facts.empty()) continue;
    found.facts = facts;
    found.origin = v.name;
  }
  // `loop or asyncio.get_event_loop()`: what the known half can do, the unknown half will be asked to do, too.
  found.definite &= !callee.unknown || method;
  found.use = id;
  found.call = &view.facts().calls[use.call];
  return found;
}

LoopCall resolve(const UnitView& view, std::uint32_t id) {
  return from_values(view, id, view.linker().values(view.uses().terms, view.uses().uses[id].target, view.at()));
}

// A method by that name does what the role says.
bool is_method_of(const Knowledge& knowledge, LoopRole role, std::string_view name) {
  const auto rows = knowledge.loop_rows();
  return std::any_of(rows.begin(), rows.end(), [&](const LoopFact& row) {
    return row.role == role && row.name.size() > name.size() && row.name.ends_with(name) &&
           row.name[row.name.size() - name.size() - 1] == '.';
  });
}

}  // namespace

std::vector<LoopCall> calls_by_callers(const UnitView& view, LoopRole role,
                                       bool (*wanted)(const UnitView&, const Call&)) {
  std::vector<LoopCall> calls;
  const Uses& uses = view.uses();
  for (std::uint32_t u = 0; u < uses.uses.size(); ++u) {
    const Use& use = uses.uses[u];
    const Term& target = uses.terms[use.target];
    if (use.kind != UseKind::call || use.call == kNone || target.kind != TermKind::attribute) continue;
    if (!view.knowledge().is_loop_word(target.text) || !is_method_of(view.knowledge(), role, target.text)) continue;
    if (!view.linker().values(uses.terms, use.target, view.at()).values.empty()) continue;
    if (!wanted(view, view.facts().calls[use.call])) continue;
    LoopCall call = from_values(view, u, view.linker().attribute(from_callers(view, target.a), target.text));
    if (call.as(role) != nullptr) calls.push_back(std::move(call));
  }
  return calls;
}

const LoopFact* LoopCall::as(LoopRole role) const {
  for (const LoopFact& fact : facts) {
    if (fact.role == role) return &fact;
  }
  return nullptr;
}

std::vector<LoopCall> loop_calls(const UnitView& view) {
  std::vector<LoopCall> calls;
  if (view.facts().calls.empty()) return calls;
  const Uses& uses = view.uses();
  for (std::uint32_t u = 0; u < uses.uses.size(); ++u) {
    const Use& use = uses.uses[u];
    if (use.kind != UseKind::call || use.call == kNone || !worth_resolving(view, uses.terms[use.target])) continue;
    LoopCall call = resolve(view, u);
    if (!call.facts.empty()) calls.push_back(std::move(call));
  }
  return calls;
}

const LoopFact* loop_fact(const ValueSet& callee, const UnitView& view, LoopRole role) {
  const LoopFact* found = nullptr;
  for (const Value& v : callee.values) {
    if (v.kind == ValueKind::none) continue;
    found = v.kind == ValueKind::external ? view.knowledge().loop_fact(v.name, role) : nullptr;
    if (found == nullptr) return nullptr;
  }
  return found;
}

const Argument* argument_of(const UnitView& view, const Call& call, const LoopFact& fact) {
  const Argument* given = fact.keyword.empty() ? nullptr : view.facts().keyword(call, fact.keyword);
  if (given == nullptr && fact.position >= 0) given = view.facts().positional(call, fact.position);
  return given;
}

std::string coroutine_name(const UnitView& view, const Call& call, const LoopFact& fact) {
  const Argument* argument = argument_of(view, call, fact);
  if (argument == nullptr) return "a coroutine";
  NodeId node = inside_parentheses(view.unit(), argument->value);
  const Call* made = view.facts().call_at(node);
  std::string name(made != nullptr && made->callee != kNoNode ? view.text(made->callee) : view.text(node));
  if (made != nullptr) name += "()";
  if (name.size() > kLongestName || name.find('\n') != std::string::npos) return "a coroutine";
  return "`" + name + "`";
}

}  // namespace awaitd::analysis
