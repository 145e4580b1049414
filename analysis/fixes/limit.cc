#include "analysis/fixes/limit.h"

#include <algorithm>

#include "analysis/fixes/async_way.h"
#include "analysis/fixes/extract.h"
#include "analysis/knowledge/entries.h"

namespace awaitd::analysis {
namespace {

constexpr PythonVersion kLockWithoutLoop{3, 10};  // from here on one may be made before its loop
constexpr std::string_view kAtOnce = "10";

// The call that makes the coroutine of one element: f(x) of gather(*[f(x) for ...]) and of create_task(f(x)).
const Call* element_of(const UnitView& view, const LoopCall& call, NodeId maker) {
  const Unit& unit = view.unit();
  const NodeId made = spawn_of(call) != nullptr ? call.call->node : unit.child(maker, Field::body);
  for (const LoopCall& inner : view.loop_calls()) {
    const LoopFact* fact = inner.call->node == inside_parentheses(unit, made) ? spawn_of(inner) : nullptr;
    if (fact == nullptr) continue;
    const Argument* coroutine = argument_of(view, *inner.call, *fact);
    if (coroutine == nullptr) return nullptr;
    return view.facts().call_at(inside_parentheses(unit, coroutine->value));
  }
  return call.as(LoopRole::gather) != nullptr ? view.facts().call_at(inside_parentheses(unit, made)) : nullptr;
}

// What the element takes from around it that may be something else when its turn comes, in the order met: what the
// maker binds, and what is bound more than once. Nothing if it does what only its place allows.
std::optional<std::vector<std::string>> taken_from(const UnitView& view, NodeId element, NodeId maker) {
  const Unit& unit = view.unit();
  const Facts& facts = view.facts();
  const auto is_in_maker = [&](NodeId node) {
    return node != kNoNode && maker <= node && node < maker + unit[maker].size;
  };
  std::vector<std::string> names;
  for (NodeId n = element; n < element + unit[element].size; ++n) {
    const Kind kind = unit[n].kind;
    if (kind == Kind::await || kind == Kind::yield || kind == Kind::named_expression) return std::nullopt;
    if (kind != Kind::identifier || !reads_name(unit, n)) continue;
    const std::string name(view.text(n));
    for (ScopeId s = facts.scope_of[n]; s != kNone; s = facts.scopes[s].parent) {
      const auto bindings = facts.bindings_in(s, name);
      if (bindings.empty()) continue;
      if (facts.scopes[s].kind == ScopeKind::cls) return std::nullopt;
      if (facts.scopes[s].kind == ScopeKind::module || facts.scopes[s].node >= element) break;
      const bool changes = bindings.size() > 1 || is_in_maker(facts.bindings[bindings.front()].target);
      if (changes && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
      break;
    }
  }
  return names;
}

}  // namespace

const LoopFact* spawn_of(const LoopCall& call) {
  for (LoopRole role : {LoopRole::spawn, LoopRole::group_spawn}) {
    const LoopFact* fact = call.as(role);
    if (fact != nullptr && !fact->takes_function) return fact;
  }
  return nullptr;
}

std::optional<Fix> limit_fan_out(const UnitView& view, const LoopCall& call, NodeId maker, bool probe) {
  const Unit& unit = view.unit();
  const Call* element = element_of(view, call, maker);
  if (element == nullptr || view.text(element->node).find("\\\n") != std::string_view::npos) return std::nullopt;
  const auto taken = taken_from(view, element->node, maker);
  const NodeId statement = unit[maker].kind == Kind::for_statement ? maker : view.facts().statement_of(maker);
  const auto indent = statement == kNoNode ? std::nullopt : indentation_of(unit, statement);
  const std::string cls = std::string(root_of(call.origin)) + ".Semaphore";
  const Function& function = view.facts().function_of(maker);
  const bool early = has_role(cls, "early") && view.options().target < kLockWithoutLoop;
  if (!taken || !indent || view.knowledge().lock(cls) == nullptr || (early && !function.async)) return std::nullopt;
  const auto semaphore = free_name(view, "semaphore"), limited = free_name(view, "limited");
  if (!semaphore || !limited || function.module) return std::nullopt;
  EditBuilder edits(view, probe);
  const auto made = edits.name_for(cls, statement);
  if (!made) return std::nullopt;
  std::string names;
  for (const std::string& one : *taken) names += (names.empty() ? "" : ", ") + one;
  const std::string eol(view.document().line_ending());
  const std::string step = indentation_step(view, view.facts().function_id_of(maker));
  const std::string line = eol + *indent;
  edits.insert(unit[statement].start, *semaphore + " = " + *made + "(" + with_tab_stop(kAtOnce) + ")" + eol + line +
                                          "async def " + *limited + "(" + names + "):" + line + step + "async with " +
                                          *semaphore + ":" + line + step + step + "return await " +
                                          std::string(view.text(element->node)) + eol + line);
  edits.replace(element->node, *limited + "(" + names + ")");
  return edits.finish("Limit how many run at once with " + cls, Safety::suggested);
}

}  // namespace awaitd::analysis
