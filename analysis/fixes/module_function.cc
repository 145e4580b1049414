#include "analysis/fixes/module_function.h"

#include <algorithm>

#include "analysis/fixes/extract.h"
#include "analysis/knowledge/processes.h"

namespace awaitd::analysis {
namespace {

// The names that a lambda reads from the functions around it, in the order met; nothing if it does what no function of
// the module can: it binds names outside itself, or suspends.
std::optional<std::vector<std::string>> taken_from_around(const UnitView& view, NodeId lambda) {
  const Unit& unit = view.unit();
  const Facts& facts = view.facts();
  std::vector<std::string> names;
  const auto is_inside = [&](NodeId node) { return lambda <= node && node < lambda + unit[lambda].size; };
  for (NodeId n = lambda; n < lambda + unit[lambda].size; ++n) {
    const Kind kind = unit[n].kind;
    if (kind == Kind::await || kind == Kind::yield || kind == Kind::named_expression) return std::nullopt;
    if (kind != Kind::identifier || !reads_name(unit, n)) continue;
    const std::string name(view.text(n));
    for (ScopeId s = facts.scope_of[n]; s != kNone; s = facts.scopes[s].parent) {
      if (facts.scopes[s].kind == ScopeKind::cls || facts.bindings_in(s, name).empty()) continue;
      const bool local = facts.scopes[s].kind != ScopeKind::module && !is_inside(facts.scopes[s].node);
      if (local && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
      break;
    }
  }
  return names;
}

// As an argument it has to be pickled itself.
bool can_travel(const UnitView& view, const std::string& name, NodeId node) {
  const ValueSet values = view.meaning(name, node);
  return std::none_of(values.values.begin(), values.values.end(), [](const Value& v) {
    return v.kind == ValueKind::generator || v.kind == ValueKind::coroutine || v.kind == ValueKind::function ||
           (v.kind == ValueKind::instance && !unpicklable(v.name).empty());
  });
}

}  // namespace

std::optional<Fix> into_module_function(const UnitView& view, const HandOver& over, bool passes_arguments, bool probe) {
  const Unit& unit = view.unit();
  const NodeId lambda = over.callable;
  if (unit[lambda].kind != Kind::lambda || view.text(lambda).find('\n') != std::string_view::npos) return std::nullopt;
  const NodeId parameters = unit.child(lambda, Field::parameters), body = unit.child(lambda, Field::body);
  const auto taken = taken_from_around(view, lambda);
  const auto name = free_name(view, "compute");
  if (body == kNoNode || !taken || !name) return std::nullopt;
  // What it takes comes behind its own parameters, as the arguments do that are there already.
  const auto arguments = view.facts().arguments_of(*over.call);
  const bool plain =
      std::all_of(arguments.begin(), arguments.end(), [](const Argument& a) { return a.name.empty() && a.stars == 0; });
  if (!taken->empty() && (!passes_arguments || !plain)) return std::nullopt;
  const std::string_view own = parameters == kNoNode ? std::string_view() : view.text(parameters);
  if (!taken->empty() && own.find_first_of("*=") != std::string_view::npos) return std::nullopt;
  std::string all(own), given;
  for (const std::string& one : *taken) {
    if (one == "self" || one == "cls" || !can_travel(view, one, lambda)) return std::nullopt;
    all += (all.empty() ? "" : ", ") + one;
    given += ", " + one;
  }
  EditBuilder edits(view, probe);
  const std::string eol(view.document().line_ending());
  edits.define(eol + "def " + *name + "(" + all + "):" + eol + "    return " + std::string(view.text(body)));
  edits.replace(lambda, *name);
  if (!given.empty()) edits.insert(unit[arguments.back().value].end, given);
  return edits.finish("Make it a function of the module", Safety::suggested);
}

}  // namespace awaitd::analysis
