#include "analysis/fixes/module_function.h"

#include <algorithm>

#include "analysis/fixes/extract.h"
#include "analysis/knowledge/processes.h"

namespace awaitd::analysis {
namespace {

// As an argument it has to be pickled itself.
bool can_travel(const UnitView& view, const std::string& name, NodeId node) {
  const ValueSet values = view.meaning(name, node);
  return std::none_of(values.values.begin(), values.values.end(), [](const Value& v) {
    return v.kind == ValueKind::generator || v.kind == ValueKind::coroutine || v.kind == ValueKind::function ||
           (v.kind == ValueKind::instance && !unpicklable(v.name).empty());
  });
}

}  // namespace

std::optional<std::vector<std::string>> taken_from_around(const UnitView& view, NodeId function, std::string_view but) {
  const Unit& unit = view.unit();
  const Facts& facts = view.facts();
  std::vector<std::string> names;
  const auto is_inside = [&](NodeId node) { return function <= node && node < function + unit[function].size; };
  for (NodeId n = function; n < function + unit[function].size; ++n) {
    const Kind kind = unit[n].kind;
    const bool outward =
        kind == Kind::nonlocal_statement || (kind == Kind::named_expression && unit[function].kind == Kind::lambda);
    if (kind == Kind::await || kind == Kind::yield || outward) return std::nullopt;
    if (kind != Kind::identifier || !reads_name(unit, n) || view.text(n) == but) continue;
    const std::string name(view.text(n));
    for (ScopeId s = facts.scope_of[n]; s != kNone; s = facts.scopes[s].parent) {
      if (facts.scopes[s].kind == ScopeKind::cls || facts.bindings_in(s, name).empty()) continue;
      const bool local = facts.scopes[s].kind != ScopeKind::module && !is_inside(facts.scopes[s].node);
      if (local && (name == "self" || name == "cls" || !can_travel(view, name, n))) return std::nullopt;
      if (local && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
      break;
    }
  }
  return names;
}

bool has_plain_arguments(const UnitView& view, const Call& call) {
  const auto arguments = view.facts().arguments_of(call);
  return std::all_of(arguments.begin(), arguments.end(),
                     [](const Argument& a) { return a.name.empty() && a.stars == 0; });
}

std::optional<Fix> into_module_function(const UnitView& view, const HandOver& over, bool probe) {
  const Unit& unit = view.unit();
  if (unit[over.callable].kind == Kind::identifier) return named_into_module_function(view, over, probe);
  const NodeId lambda = over.callable;
  if (unit[lambda].kind != Kind::lambda || view.text(lambda).find('\n') != std::string_view::npos) return std::nullopt;
  const NodeId parameters = unit.child(lambda, Field::parameters), body = unit.child(lambda, Field::body);
  const auto taken = taken_from_around(view, lambda, {});
  const auto name = free_name(view, "compute");
  if (body == kNoNode || !taken || !name) return std::nullopt;
  // What it takes comes behind its own parameters, as the arguments do that are there already.
  const bool passes_arguments = !hands_elements(over.by) && has_plain_arguments(view, *over.call);
  if (!taken->empty() && !passes_arguments) return std::nullopt;
  const std::string_view own = parameters == kNoNode ? std::string_view() : view.text(parameters);
  if (!taken->empty() && own.find_first_of("*=") != std::string_view::npos) return std::nullopt;
  std::string all(own), given;
  for (const std::string& one : *taken) {
    all += (all.empty() ? "" : ", ") + one;
    given += ", " + one;
  }
  EditBuilder edits(view, probe);
  const std::string eol(view.document().line_ending());
  edits.define(eol + eol + "def " + *name + "(" + all + "):" + eol + "    return " + std::string(view.text(body)));
  edits.replace(lambda, *name);
  if (!given.empty()) edits.insert(unit[view.facts().arguments_of(*over.call).back().value].end, given);
  return edits.finish("Make it a function of the module", Safety::suggested);
}

}  // namespace awaitd::analysis
