#include "analysis/rules/declared_plain.h"

#include <algorithm>

#include "analysis/knowledge/words.h"
#include "analysis/rules/loop_calls.h"
#include "analysis/rules/needed_values.h"

namespace awaitd::analysis {
namespace {

bool holds_plain(const UnitView& view, NodeId annotation) {
  Terms terms;
  TermBuilder builder(view.facts(), terms);
  Term instance;
  instance.kind = TermKind::instance;
  instance.a = builder.type_expression(annotation);
  terms.terms.push_back(instance);
  const auto declared = static_cast<TermId>(terms.terms.size() - 1);
  const bool plain = is_plain_type(view, view.linker().values(terms, declared, view.at()));
  view.linker().forget(terms);
  return plain;
}

// True for a value that becomes a task, or that is gathered with others: whoever does that knows what it is.
bool is_run(const UnitView& view, const UseOfResult& use) {
  const auto& calls = view.loop_calls();
  return std::any_of(calls.begin(), calls.end(), [&](const LoopCall& c) { return c.call->node == use.node; });
}

// A parameter's name may be used again for something else, which is then kept or given back for others to await.
bool is_used_as_plain(const UnitView& view, const NameUses& uses) {
  const auto plain = [&](NodeId node) {
    const UseOfResult use = use_of_result(view.facts(), node);
    if (use.use == ResultUse::argument) {
      const Call* call = view.facts().call_at(use.node);
      const Unit& unit = view.unit();
      const NodeId method =
          call == nullptr || call->callee == kNoNode ? kNoNode : unit.child(call->callee, Field::attribute);
      return method == kNoNode || !is_word_for("mutates", unit.text_of(method));
    }
    return use.use == ResultUse::compared || use.use == ResultUse::condition || use.use == ResultUse::formatted;
  };
  return !uses.nodes.empty() && std::all_of(uses.nodes.begin(), uses.nodes.end(), plain);
}

}  // namespace

bool is_awaited_somewhere(const UnitView& view, std::string_view name) {
  const Unit& unit = view.unit();
  for (NodeId n = 0; n < unit.nodes.size(); ++n) {
    if (unit[n].kind != Kind::identifier || unit.text_of(n) != name) continue;
    const UseOfResult use = use_of_result(view.facts(), n);
    if (use.use == ResultUse::awaited || is_run(view, use)) return true;
  }
  return false;
}

NodeId declared_plain(const UnitView& view, const CoroutineEvent& event) {
  if (event.use.use != ResultUse::named || event.lazy_object) return kNoNode;
  const Facts& facts = view.facts();
  const Binding& given = facts.bindings[event.use.binding];
  const NameUses uses = uses_of_binding(facts, event.use.binding);
  if (uses.all && uses.nodes.empty()) return kNoNode;  // AWD802's
  NodeId annotation = given.annotation;
  if (annotation == kNoNode) {
    for (const std::uint32_t id : facts.bindings_in(given.scope, given.name)) {
      if (facts.bindings[id].kind == BindingKind::parameter) annotation = facts.bindings[id].annotation;
    }
    if (annotation == kNoNode || !is_used_as_plain(view, uses)) return kNoNode;
  }
  return holds_plain(view, annotation) && !is_awaited_somewhere(view, given.name) ? annotation : kNoNode;
}

}  // namespace awaitd::analysis
