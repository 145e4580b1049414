#include "analysis/rules/hand_over.h"

#include "analysis/fixes/async_way.h"
#include "analysis/knowledge/processes.h"

namespace awaitd::analysis {
namespace {

bool is_a(const UnitView& view, std::string_view cls, std::string_view base) {
  return cls == base || view.knowledge().is_subclass(cls, base);
}

// The executor of loop.run_in_executor(): none given means threads.
bool executor_kind(const UnitView& view, NodeId executor, HandOver& out) {
  if (executor == kNoNode || view.unit()[executor].kind == Kind::none) return true;
  auto way = process_way(view.library().name);
  ValueSet values = view.values(executor);
  if (!way || !way->executor || values.unknown || values.values.size() != 1) return false;
  const Value& v = values.values[0];
  if (v.kind != ValueKind::instance) return false;
  out.executor = executor;
  if (is_a(view, v.name, way->name)) out.to = HandOver::To::process;
  // A class that is never made itself (Executor) says nothing of where its work is done.
  else if (view.knowledge().results(v.name, How::call).empty())
    return false;
  return true;
}

bool pickles(const UnitView& view, std::string_view name) {
  if (view.knowledge().is_standard_module(root_of(name))) return true;
  for (const AsyncLibrary& library : view.knowledge().libraries()) {
    if (library.name == root_of(name)) return true;
  }
  return false;
}

bool read(const UnitView& view, const Value& v, const ContextFact& fact, HandOver& out) {
  if (fact.decorator || fact.base_class || fact.position < 0) return false;
  const Facts& facts = view.facts();
  if (fact.role == Role::process) {
    if (!pickles(view, fact.name)) return false;
    out.to = HandOver::To::process;
  } else if (fact.role != Role::offload) {
    return false;
  } else if (v.inner && v.inner->values.size() == 1 && v.inner->values[0].kind == ValueKind::instance &&
             fact.position == 0 && view.knowledge().results(v.inner->values[0].name, How::call).empty()) {
    return false;
  }
  const Argument* callable = facts.positional(*out.call, fact.position);
  if (callable == nullptr && !fact.keyword.empty()) callable = facts.keyword(*out.call, fact.keyword);
  if (callable == nullptr) return false;
  if (fact.role == Role::offload && fact.position == 1) {
    const Argument* executor = facts.positional(*out.call, 0);
    if (!executor_kind(view, executor == nullptr ? kNoNode : inside_parentheses(view.unit(), executor->value), out))
      return false;
  }
  out.callable = inside_parentheses(view.unit(), callable->value);
  out.skipped = callable->name.empty() ? fact.position + 1 : 0;
  out.by = fact.name;
  return true;
}

}  // namespace

std::vector<HandOver> hand_overs(const UnitView& view) {
  std::vector<HandOver> found;
  const Uses& uses = view.uses();
  for (std::uint32_t u = 0; u < uses.uses.size(); ++u) {
    const Use& use = uses.uses[u];
    if (use.kind != UseKind::call || use.handed_count == 0) continue;
    const TermKind kind = uses.terms[use.target].kind;
    if (kind != TermKind::attribute && kind != TermKind::free_name && kind != TermKind::from_import) continue;
    ValueSet callee = view.linker().values(uses.terms, use.target, view.at());
    if (callee.unknown || callee.values.size() != 1 || callee.values[0].kind != ValueKind::external) continue;
    const ContextFact* fact = view.knowledge().context(callee.values[0].name);
    if (fact == nullptr) continue;
    HandOver out;
    out.use = u;
    out.call = &view.facts().calls[use.call];
    if (read(view, callee.values[0], *fact, out)) found.push_back(out);
  }
  return found;
}

}  // namespace awaitd::analysis
