#include "analysis/rules/unshielded.h"

#include <algorithm>

#include "analysis/effects/waits.h"
#include "analysis/fixes/extract.h"
#include "analysis/fixes/fix_list.h"
#include "analysis/flow/exceptions.h"
#include "analysis/knowledge/cancellation.h"

namespace awaitd::analysis {

namespace {

const TaskFact* level_library(const UnitView& view) {
  const TaskFact* fact = find_task(view.knowledge(), view.library().name);
  return fact != nullptr && fact->role == TaskFact::Role::level ? fact : nullptr;
}

}  // namespace

bool level_cancellation(const UnitView& view) { return level_library(view) != nullptr; }

namespace {

bool says_shield(const UnitView& view, NodeId context) {
  const Call* call = view.facts().call_at(context);
  if (call == nullptr) return false;
  const Argument* shield = view.facts().keyword(*call, "shield");
  return shield != nullptr && view.unit()[shield->value].kind == Kind::true_;
}

// scope.shield = True inside the with, for `with move_on_after(5) as scope:`.
bool set_later(const UnitView& view, NodeId context) {
  for (const WithItem& item : view.facts().with_items) {
    if (item.value != context || item.target == kNoNode) continue;
    for (const AttributeStore& store : view.facts().attribute_stores) {
      if (store.attribute == "shield" && view.text(store.object) == view.text(item.target)) return true;
    }
  }
  return false;
}

}  // namespace

NodeId endless_shield(const UnitView& view, const Flow& flow, EventId event) {
  const auto& scopes = view.effects().waits().timeout_scopes(view.at());
  for (NodeId context : held(flow, event)) {  // from the inside out
    const bool limited =
        std::any_of(scopes.begin(), scopes.end(), [&](const TimeoutScope& s) { return s.node == context; });
    if (limited) return kNoNode;
    const ManagerFact* manager = manager_of(view, context);
    if (manager == nullptr || !manager->structured) {
      if (manager == nullptr) return kNoNode;  // it may limit the time, too
      continue;
    }
    if (says_shield(view, context)) return context;
    if (set_later(view, context)) return kNoNode;  // and perhaps its deadline
  }
  return kNoNode;
}

bool shielded(const UnitView& view, const Flow& flow, EventId event) {
  for (NodeId context : held(flow, event)) {
    const ManagerFact* manager = manager_of(view, context);
    // A scope of the project's own, told by its argument.
    if (manager == nullptr && says_shield(view, context)) return true;
    if (manager != nullptr && manager->structured && (says_shield(view, context) || set_later(view, context)))
      return true;
  }
  return false;
}

namespace {

bool is_close(std::string_view callee) {
  std::string_view name = callee.substr(callee.rfind('.') + 1);
  return name.starts_with("aclose") || name.starts_with("__aexit") || name.find("shielded") != std::string_view::npos;
}

const Call* awaited_call(const UnitView& view, const Event& event) {
  return event.value == kNoNode ? nullptr : view.facts().call_at(inside_parentheses(view.unit(), event.value));
}

// The function shields something, or awaits nothing but closing.
bool safe_function(const Facts& facts, FunctionId function) {
  bool only_closes = true;
  for (const Call& call : facts.calls) {
    if (call.function != function) continue;
    const Argument* shield = facts.keyword(call, "shield");
    if (shield != nullptr && (*facts.unit)[shield->value].kind != Kind::false_) return true;  // the caller may decide
    only_closes &= !call.awaited || call.callee == kNoNode || is_close(facts.unit->text_of(call.callee));
  }
  for (const AttributeStore& store : facts.attribute_stores) {
    if (store.function == function && store.attribute == "shield") return true;
  }
  for (const WithItem& item : facts.with_items) only_closes &= item.function != function || !item.async;
  return only_closes;
}

}  // namespace

bool closes_only(const UnitView& view, const Event& event) {
  const Call* call = awaited_call(view, event);
  if (call == nullptr || call->callee == kNoNode) return false;
  if (is_close(view.text(call->callee))) return true;
  ValueSet callee = view.callee(*call);
  bool safe = !callee.empty();
  for (const Value& v : callee.values) {
    safe &= v.kind == ValueKind::function && safe_function(*view.linker().unit({v.module, v.unit}).data->facts, v.id);
  }
  return safe;
}

bool surely_suspends(const UnitView& view, const Event& event) {
  const Call* call = awaited_call(view, event);
  if (call == nullptr) return event.kind != EventKind::await;
  ValueSet callee = view.callee(*call);
  if (callee.empty() || callee.unknown) return false;
  for (const Value& v : callee.values) {
    bool own = v.kind == ValueKind::function && !v.probable;
    bool library = v.kind == ValueKind::external && v.name.starts_with(view.library().name);
    if (!own && !library) return false;
  }
  return true;
}

void fix_endless_shield(const UnitView& view, NodeId context, FixList& fixes) {
  const TaskFact* library = level_library(view);
  const Call* call = view.facts().call_at(context);
  const NodeId statement = view.unit().ancestor(context, Kind::with_statement);
  if (library == nullptr || call == nullptr || call->argument_count != 1 || statement == kNoNode) return;
  const std::string_view scope = library->scope;
  const std::size_t arguments = scope.find('(');
  EditBuilder edits(view, fixes.probe());
  auto name = edits.name_for(scope.substr(0, arguments), statement);
  if (!name) return;
  std::string text = *name + std::string(scope.substr(arguments));
  if (scope.find("shield") == std::string_view::npos) {  // as in fix_shield
    const Unit& unit = view.unit();
    const NodeId body = unit.child(statement, Field::body);
    const NodeId first = body == kNoNode ? kNoNode : unit.first_child(body);
    const auto holder = free_name(view, "cleanup");
    const auto indent = first == kNoNode ? std::nullopt : indentation_of(unit, first);
    const bool named = unit[unit[context].parent].kind == Kind::as_pattern;
    if (named || !holder || !indent) return;
    text += " as " + *holder;
    edits.insert(unit[first].start, *holder + ".shield = True" + std::string(view.document().line_ending()) + *indent);
  }
  edits.replace(context, text);
  fixes.add(edits.finish("Limit the time of the cleanup", Safety::suggested), true);
}

void fix_shield(const UnitView& view, NodeId suspension, FixList& fixes) {
  const Unit& unit = view.unit();
  NodeId statement = view.facts().statement_of(suspension);
  if (unit[statement].kind != Kind::expression_statement) return;
  auto indent = indentation_of(unit, statement);
  auto lines = whole_lines(unit, statement, statement);
  if (!indent || !lines) return;
  const TaskFact* library = level_library(view);
  if (library == nullptr) return;
  std::string_view scope = library->scope;
  std::size_t arguments = scope.find('(');
  EditBuilder edits(view, fixes.probe());
  auto name = edits.name_for(scope.substr(0, arguments), statement);
  if (!name) return;
  const std::string eol(view.document().line_ending());
  const std::string step = indentation_step(view, view.facts().function_id_of(suspension));
  std::string opening = *indent + "with " + *name + std::string(scope.substr(arguments));
  if (scope.find("shield") == std::string_view::npos) {  // all its versions can be told afterwards
    auto holder = free_name(view, "cleanup");
    if (!holder) return;
    opening += " as " + *holder + ":" + eol + *indent + step + *holder + ".shield = True";
  } else {
    opening += ":";
  }
  edits.replace(*lines, opening + eol + indented(unit, *lines, step, {}, ""));
  fixes.add(edits.finish("Run it in a shielded scope", Safety::suggested), true);
}

}  // namespace awaitd::analysis
