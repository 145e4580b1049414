// Clients and files with an async twin of the same shape: the with block becomes an async one and its calls are
// awaited.
#include <algorithm>

#include "analysis/fixes/async_way.h"
#include "analysis/fixes/events.h"
#include "analysis/fixes/extract.h"
#include "analysis/fixes/twins.h"

namespace awaitd::analysis {
namespace {

const WithItem* item_of(const UnitView& view, const BlockingEvent& event) {
  const Unit& unit = view.unit();
  NodeId receiver = event.node;
  if (event.by == UseKind::call && unit[event.node].kind == Kind::attribute)
    receiver = unit.child(event.node, Field::object);
  const WithItem* found = nullptr;
  for (const WithItem& item : view.facts().with_items) {
    if (item.function != event.function || item.async || item.target == kNoNode) continue;
    if (event.call != nullptr && item.value == event.call->node) return &item;
    bool around = item.statement < event.node && event.node < item.statement + unit[item.statement].size;
    if (around && receiver != kNoNode && unit.text_of(item.target) == unit.text_of(receiver)) found = &item;
  }
  return found;
}

const BlockingEvent* event_on(const UnitView& view, NodeId node) {
  for (const BlockingEvent& event : view.blocking()) {
    if (event.node == node) return &event;
  }
  return nullptr;
}

// Adds the edit for one use of the client; false if that use is not understood.
bool await_use(EditBuilder& edits, const UnitView& view, NodeId use) {
  const Unit& unit = view.unit();
  NodeId parent = unit[use].parent;
  if (const BlockingEvent* loop = event_on(view, use); loop != nullptr && loop->by == UseKind::iterate) {
    if (unit[parent].kind != Kind::for_statement || !can_await(view, use)) return false;
    edits.insert(unit[parent].start, "async ");
    return loop->fact->replacement.starts_with("async for ");
  }
  const BlockingEvent* event = unit[parent].kind == Kind::attribute ? event_on(view, parent) : nullptr;
  if (event == nullptr || event->call == nullptr || !can_await(view, use)) return false;
  std::string_view way = event->fact->replacement;
  if (!way.starts_with("await ") || gives_an_iterator(*event->fact)) return false;
  way = way.substr(0, way.find_first_of("( ", 6));
  if (last_of(way) != unit.text_of(unit.child(parent, Field::attribute))) return false;
  NodeId call = event->call->node;
  if (await_needs_parentheses(unit, call)) {
    edits.insert(unit[call].start, "(await ");
    edits.insert(unit[call].end, ")");
  } else {
    edits.insert(unit[call].start, "await ");
  }
  return true;
}

bool await_uses(EditBuilder& edits, const UnitView& view, const WithItem& item) {
  const Unit& unit = view.unit();
  std::string_view name = unit.text_of(item.target);
  NodeId body = unit.child(item.statement, Field::body);
  NodeId fn = view.facts().functions[item.function].node;
  for (NodeId n = fn; n < fn + unit[fn].size; ++n) {
    if (unit[n].kind != Kind::identifier || unit.text_of(n) != name || !reads_name(unit, n)) continue;
    bool target = item.target <= n && n < item.target + unit[item.target].size;
    if (target) continue;
    bool inside = body != kNoNode && body < n && n < body + unit[body].size;
    if (!inside || view.facts().function_id_of(n) != item.function || !await_use(edits, view, n)) return false;
  }
  return true;
}

bool only_item(const UnitView& view, const WithItem& item) {
  return std::count_if(view.facts().with_items.begin(), view.facts().with_items.end(),
                       [&](const WithItem& other) { return other.statement == item.statement; }) == 1;
}

// The arguments without those whose keywords are among `words`; these go to `taken`.
std::string arguments_without(const UnitView& view, const Call& call, std::string_view words, std::string& taken) {
  std::string kept;
  for (const Argument& a : view.facts().arguments_of(call)) {
    bool constructor =
        !a.name.empty() && (" " + std::string(words) + " ").find(" " + std::string(a.name) + " ") != std::string::npos;
    std::string text = (a.name.empty() ? std::string(a.stars == 1 ? "*" : "") : std::string(a.name) + "=") +
                       std::string(view.text(a.value));
    std::string& into = constructor ? taken : kept;
    into += (into.empty() ? "" : ", ") + text;
  }
  return "(" + kept + ")";
}

}  // namespace

void fix_client_block(const UnitView& view, const BlockingEvent& event, FixList& fixes) {
  const WithItem* item = item_of(view, event);
  const Call* made = item == nullptr ? nullptr : view.facts().call_at(item->value);
  const Unit& unit = view.unit();
  if (made == nullptr || made->callee == kNoNode || !only_item(view, *item) || !can_await(view, item->statement))
    return;
  NodeId target = item->target;
  if (unit[target].kind == Kind::as_pattern_target) target = unit.first_child(target);
  if (target == kNoNode || unit[target].kind != Kind::identifier) return;
  ValueSet callee = view.callee(*made);
  if (callee.unknown || callee.values.size() != 1) return;
  for (const Twin* twin : usable_twins(view, callee.values[0].name)) {
    if (twin->form != Twin::Form::enter && twin->form != Twin::Form::await_enter) continue;
    EditBuilder edits(view, fixes.probe());
    auto name = edits.name_for(twin->twin, made->node);
    if (!name || !await_uses(edits, view, *item)) continue;
    edits.insert(unit[item->statement].start, "async ");
    edits.replace(made->callee, (twin->form == Twin::Form::await_enter ? "await " : "") + *name);
    fixes.add(edits.finish("Use async with " + std::string(twin->twin) + "()", Safety::suggested), true);
  }
}

void fix_one_off_client(const UnitView& view, const BlockingEvent& event, FixList& fixes) {
  if (event.by != UseKind::call || event.call->arguments == kNoNode || !can_await(view, event.call->node)) return;
  const Unit& unit = view.unit();
  NodeId statement = view.facts().statement_of(event.node);
  bool simple = unit[statement].kind == Kind::expression_statement || unit[statement].kind == Kind::return_statement;
  auto lines = whole_lines(unit, statement, statement);
  if (!simple || !lines || unit[event.call->arguments].kind == Kind::generator_expression) return;
  for (const Argument& a : view.facts().arguments_of(*event.call)) {
    if (a.stars == 2) return;
  }
  for (const Twin* twin : usable_twins(view, event.origin)) {
    if (twin->form != Twin::Form::once) continue;
    EditBuilder edits(view, fixes.probe());
    auto cls = edits.name_for(parent_of(twin->twin), statement);
    auto client = free_name(view, "client");
    if (!cls || !client) continue;
    std::string constructor;
    std::string arguments = arguments_without(view, *event.call, twin->constructor, constructor);
    if (constructor.empty()) arguments = view.text(event.call->arguments);
    std::string method = *client + "." + std::string(last_of(twin->twin));
    Range cut = view.range(event.node);  // only the callee where that is enough: arguments keep their lines
    std::string instead = "await " + method;
    if (!constructor.empty() || await_needs_parentheses(unit, event.call->node)) {
      cut = view.range(event.call->node);
      instead = awaited(unit, event.call->node, method + arguments);
    }
    std::string indent = *indentation_of(unit, statement), eol(view.document().line_ending());
    std::string step = indentation_step(view, event.function);
    std::string head = indent + "async with " + *cls + "(" + constructor + ") as " + *client + ":" + eol;
    edits.replace(*lines, head + indented(unit, *lines, step, cut, instead));
    fixes.add(edits.finish("Use async with " + std::string(parent_of(twin->twin)) + "()", Safety::suggested), true);
  }
}

}  // namespace awaitd::analysis
