#include "analysis/fixes/loop_fixes.h"

#include <algorithm>

#include "analysis/fixes/extract.h"
#include "analysis/fixes/loop_to_pool.h"
#include "analysis/fixes/pool.h"
#include "analysis/fixes/region.h"

namespace awaitd::analysis {
namespace {

// The expression to move: the comprehension, or for a generator expression the call that consumes it.
NodeId expression_of(const UnitView& view, const LoopCost& loop) {
  const Unit& unit = view.unit();
  if (unit[loop.node].kind != Kind::generator_expression) return loop.node;
  NodeId outer = outside_parentheses(unit, loop.node);
  NodeId list = unit[outer].field == Field::arguments ? outer : unit[outer].parent;
  NodeId call = list == kNoNode ? kNoNode : unit[list].parent;
  return call != kNoNode && unit[call].kind == Kind::call ? call : kNoNode;
}

// The names of the function around that the expression reads, in order; nothing if it cannot be told apart from it.
std::optional<std::vector<std::string>> inputs(const UnitView& view, NodeId expression, FunctionId function) {
  const Unit& unit = view.unit();
  const Facts& facts = view.facts();
  std::vector<std::string> names;
  for (NodeId n = expression; n < expression + unit[expression].size; ++n) {
    Kind kind = unit[n].kind;
    if (kind == Kind::await || kind == Kind::lambda || kind == Kind::named_expression || kind == Kind::yield)
      return std::nullopt;
    if (kind != Kind::identifier || !reads_name(unit, n)) continue;
    std::string_view name = unit.text_of(n);
    ScopeId s = facts.scope_of[n];
    while (s != kNone && facts.bindings_in(s, name).empty()) s = facts.scopes[s].parent;
    if (s == kNone || facts.scopes[s].kind == ScopeKind::module) continue;
    if (facts.scopes[s].kind == ScopeKind::comprehension) continue;
    if (facts.scopes[s].function != function) return std::nullopt;
    for (const Value& v : view.meaning(name, n).values) {
      bool data = v.kind == ValueKind::instance && v.name.starts_with("builtins.") && v.name != "builtins.generator";
      if (!data) return std::nullopt;
    }
    if (std::find(names.begin(), names.end(), name) == names.end()) names.emplace_back(name);
  }
  return names;
}

void to_pool(const UnitView& view, const LoopCost& loop, FixList& fixes) {
  const Unit& unit = view.unit();
  const Function& fn = view.facts().functions[loop.function];
  NodeId expression = expression_of(view, loop);
  if (expression == kNoNode || loop.function != 1 || view.linker().unit(view.at()).cls != kNone ||
      !can_await(view, expression))
    return;
  std::uint32_t start = view.place().to_document(0u);
  if (view.document().line_start(view.document().line_of(start)) != start) return;  // under an `if` of the module
  if (fn.name == kNoNode || unit.text_of(expression).find('\n') != std::string_view::npos) return;
  auto names = inputs(view, expression, loop.function);
  auto helper = names ? free_name(view, "compute_" + std::string(unit.text_of(fn.name))) : std::nullopt;
  if (!helper) return;
  std::string parameters;
  for (const std::string& name : *names) parameters += (parameters.empty() ? "" : ", ") + name;
  EditBuilder edits(view, fixes.probe());
  const std::string eol(view.document().line_ending());
  std::string text = "def " + *helper + "(" + parameters + "):" + eol + indentation_step(view, loop.function) +
                     "return " + std::string(unit.text_of(expression)) + eol + eol + eol;
  std::string work = *helper + (parameters.empty() ? "" : ", " + parameters);
  std::string title;
  auto call = pooled(edits, view, expression, work, title);
  if (!call) return;
  edits.insert(0, std::move(text));  // behind the pool, if that is made here as well
  edits.replace(expression, awaited(unit, expression, *call));
  fixes.add(edits.finish(std::move(title), Safety::suggested), true);
}

bool is_range(const UnitView& view, NodeId iterable) {
  const Call* call = iterable == kNoNode ? nullptr : view.facts().call_at(inside_parentheses(view.unit(), iterable));
  if (call == nullptr) return false;
  ValueSet callee = view.callee(*call);
  return !callee.unknown && callee.values.size() == 1 && callee.values[0].name == "builtins.range";
}

void let_others_run(const UnitView& view, const LoopCost& loop, FixList& fixes) {
  const Unit& unit = view.unit();
  NodeId target = unit.child(loop.node, Field::left), body = unit.child(loop.node, Field::body);
  if (unit[loop.node].kind != Kind::for_statement || target == kNoNode || body == kNoNode ||
      unit[target].kind != Kind::identifier)
    return;
  if (!is_range(view, loop.iterable) || !can_await(view, loop.node)) return;
  NodeId first = unit.first_child(body);
  auto indent = first == kNoNode ? std::nullopt : indentation_of(unit, first);
  EditBuilder edits(view, fixes.probe());
  auto sleep = indent ? edits.name_for(view.library().sleep, loop.node) : std::nullopt;
  if (!sleep) return;
  const std::string eol(view.document().line_ending());
  std::string step = indentation_step(view, loop.function);
  edits.insert(unit[first].start, "if " + std::string(unit.text_of(target)) + " % 1000 == 0:" + eol + *indent + step +
                                      "await " + *sleep + "(0)" + eol + *indent);
  fixes.add(edits.finish("Let other tasks run every 1000 rounds with " + std::string(view.library().sleep) + "(0)",
                         Safety::suggested),
            fixes.fixes.empty());
}

}  // namespace

void fix_loop(const UnitView& view, const LoopCost& loop, FixList& fixes) {
  if (loop.form == LoopCost::Form::comprehension) to_pool(view, loop, fixes);
  if (loop.form != LoopCost::Form::statement) return;
  fixes.add(loop_to_pool(view, loop, fixes.probe()), true);
  if (!fixes.enough()) let_others_run(view, loop, fixes);
}

}  // namespace awaitd::analysis
