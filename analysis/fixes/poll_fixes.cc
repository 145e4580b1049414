#include "analysis/fixes/poll_fixes.h"

#include <algorithm>

#include "analysis/fixes/async_way.h"
#include "analysis/fixes/extract.h"
#include "analysis/fixes/lock_home.h"
#include "analysis/knowledge/entries.h"

namespace awaitd::analysis {
namespace {

constexpr PythonVersion kEventWithoutLoop{3, 10};  // from here on one may be made before its loop
constexpr std::string_view kPause = "1";           // seconds

// What is asked for: self._open, or the module's _open.
struct Flag {
  std::string name;
  std::uint32_t cls = kNone;  // whose attribute it is; a global if none
  bool awaited = true;        // the value that ends the loop
};

// One change of the flag.
struct Change {
  std::uint32_t unit = 0;
  NodeId statement = kNoNode;
  std::string object;  // "self"; empty for a global
  bool value = false;
  bool first = false;  // the value it starts with
};

bool is_own_object(const UnitView& view, NodeId object) {
  const Function* method = view.facts().functions.size() < 2 ? nullptr : &view.facts().functions[1];
  const NodeId self =
      method == nullptr || method->parameters == kNoNode ? kNoNode : view.unit().first_child(method->parameters);
  return self != kNoNode && object != kNoNode && view.unit()[object].kind == Kind::identifier &&
         view.text(object) == view.text(self);
}

// Only what is private to its class or module: others would not set the event.
std::optional<Flag> flag_of(const UnitView& view, NodeId condition) {
  const Unit& unit = view.unit();
  NodeId node = inside_parentheses(unit, condition);
  Flag flag;
  flag.awaited = unit[node].kind == Kind::not_operator;
  if (flag.awaited) node = inside_parentheses(unit, unit.child(node, Field::argument));
  if (unit[node].kind == Kind::attribute) {
    flag.name = view.text(unit.child(node, Field::attribute));
    flag.cls = view.linker().unit(view.at()).cls;
    if (flag.cls == kNone || !is_own_object(view, unit.child(node, Field::object))) return std::nullopt;
  } else if (unit[node].kind == Kind::identifier) {
    flag.name = view.text(node);
    if (!view.is_global_at(flag.name, node)) return std::nullopt;
  }
  const bool is_private = flag.name.starts_with("_") && !flag.name.ends_with("__");
  return is_private ? std::optional(flag) : std::nullopt;
}

// Where it runs, an event may be set.
bool is_on_loop(const UnitView& view, NodeId node) {
  const FunctionId function = view.facts().function_id_of(node);
  return view.facts().functions[function].async || view.on_loop(function);
}

// `flag = True` as a statement of its own; nothing if it is anything else.
std::optional<Change> change_at(const UnitView& view, const Binding& how) {
  const Unit& unit = view.unit();
  if (how.kind != BindingKind::assign || how.index != -1 || how.value == kNoNode || how.target == kNoNode)
    return std::nullopt;
  const Kind value = unit[how.value].kind;
  const NodeId statement = view.facts().statement_of(how.value);
  if ((value != Kind::true_ && value != Kind::false_) || unit[statement].kind != Kind::expression_statement ||
      unit[unit[how.value].parent].kind != Kind::assignment ||
      unit[unit[unit[how.value].parent].parent].kind != Kind::expression_statement)
    return std::nullopt;
  return Change{view.at().unit, statement, "", value == Kind::true_, false};
}

// Adds the changes of the flag in one unit; false if one of them is beyond what a fix can follow.
bool add_attribute_changes(const UnitView& view, const Flag& flag, std::vector<Change>& changes) {
  const bool method = view.linker().unit(view.at()).cls == flag.cls && view.facts().functions.size() > 1;
  for (const AttributeStore& store : view.facts().attribute_stores) {
    if (store.attribute != flag.name) continue;
    auto change = change_at(view, store.how);
    if (!method || !change || !is_own_object(view, store.object)) return false;
    change->object = view.text(store.object);
    change->first = view.function_name(1).ends_with("__init__") && store.function == 1 &&
                    view.unit()[change->statement].parent == view.facts().functions[1].body;
    if (!change->first && !is_on_loop(view, change->statement)) return false;
    changes.push_back(*change);
  }
  return true;
}

bool add_global_changes(const UnitView& view, const Flag& flag, std::vector<Change>& changes) {
  const Facts& facts = view.facts();
  for (const Binding& b : facts.bindings) {
    if (b.name != flag.name || b.kind == BindingKind::global) continue;
    bool global = facts.scopes[b.scope].kind == ScopeKind::module;
    for (std::uint32_t other : facts.bindings_in(b.scope, b.name))
      global |= facts.bindings[other].kind == BindingKind::global;
    if (!global) continue;
    auto change = change_at(view, b);
    if (!change) return false;
    change->first = view.unit().skeleton && view.unit()[view.unit()[change->statement].parent].kind == Kind::module;
    if (!change->first && !is_on_loop(view, change->statement)) return false;
    changes.push_back(*change);
  }
  return true;
}

// All changes of the flag, the value it starts with first.
std::optional<std::vector<Change>> changes_of(const UnitView& view, const Flag& flag) {
  std::vector<Change> changes;
  bool fine = true;
  view.each_unit_that_mentions({flag.name}, [&](const UnitView& other) {
    fine = fine &&
           (flag.cls != kNone ? add_attribute_changes(other, flag, changes) : add_global_changes(other, flag, changes));
  });
  const auto is_first = [](const Change& c) { return c.first; };
  if (!fine || std::count_if(changes.begin(), changes.end(), is_first) != 1) return std::nullopt;
  std::rotate(changes.begin(), std::find_if(changes.begin(), changes.end(), is_first), changes.end());
  // Somebody has to end the waiting.
  const bool ends =
      std::any_of(changes.begin(), changes.end(), [&](const Change& c) { return c.value == flag.awaited; });
  return ends ? std::optional(std::move(changes)) : std::nullopt;
}

bool has_name(const UnitView& view, const Flag& flag, const std::string& name) {
  const NameTables& tables = *view.linker().index().tables;
  if (flag.cls == kNone) return tables.globals.contains(name);
  return tables.classes[flag.cls].members.count(name) != 0;
}

// What stands behind the statement of one change: the event is made, set or cleared.
std::optional<Fix> follow(const UnitView& view, const Change& change, const std::string& cls, const std::string& event,
                          bool awaited, bool probe) {
  const UnitView owner(view, change.unit);
  const Unit& unit = owner.unit();
  const bool top = unit[unit[change.statement].parent].kind == Kind::module;
  const auto indent = top ? std::optional<std::string>("") : indentation_of(unit, change.statement);
  const std::size_t end = unit.text.find_first_not_of(" \t", unit[change.statement].end);
  const bool alone = end == std::string::npos || unit.text[end] == '\n' || unit.text[end] == '\r';
  if (!indent || !alone) return std::nullopt;
  EditBuilder edits(owner, probe);
  const std::string line = std::string(view.document().line_ending()) + *indent;
  std::string text;
  if (change.first) {
    const auto made = edits.name_for(cls, change.statement);
    if (!made) return std::nullopt;
    text = line + event + " = " + *made + "()";
  }
  if (change.value == awaited || !change.first)
    text += line + event + (change.value == awaited ? ".set()" : ".clear()");
  edits.insert(unit[change.statement].end, text);
  return edits.finish("", Safety::suggested);
}

}  // namespace

std::optional<Fix> wait_for_event(const UnitView& view, NodeId condition, NodeId sleep, std::string_view origin,
                                  bool probe) {
  const std::string cls = std::string(root_of(origin)) + ".Event";
  const bool early = has_role(cls, "early") && view.options().target < kEventWithoutLoop;
  const auto flag = origin.empty() || early ? std::nullopt : flag_of(view, condition);
  const auto changes = flag ? changes_of(view, *flag) : std::nullopt;
  if (!changes) return std::nullopt;
  const std::string name = flag->name + (flag->awaited ? "_set" : "_over");
  // An event that cannot be cleared stands for what happens once.
  const bool again = std::any_of(changes->begin(), changes->end(),
                                 [&](const Change& c) { return !c.first && c.value != flag->awaited; });
  if (has_name(view, *flag, name) || (again && !has_role(cls, "signal"))) return std::nullopt;
  const auto target = [&](const std::string& object) { return object.empty() ? name : object + "." + name; };
  const Unit& unit = view.unit();
  const std::string self =
      flag->cls == kNone ? "" : std::string(view.text(unit.first_child(view.facts().functions[1].parameters)));
  EditBuilder edits(view, probe);
  edits.replace(sleep, target(self) + ".wait()");
  auto fix = edits.finish("Wait for an Event that says when `" + flag->name + "` changes", Safety::suggested);
  for (const Change& change : *changes) {
    fix = both(std::move(fix), follow(view, change, cls, target(change.object), flag->awaited, probe));
  }
  return fix;
}

std::optional<Fix> sleep_before_retry(const UnitView& view, NodeId except_clause, bool probe) {
  const Unit& unit = view.unit();
  const NodeId block = unit.child(except_clause, Kind::block);
  const NodeId last = block == kNoNode ? kNoNode : last_statement(unit, block);
  if (last == kNoNode || !can_await(view, last)) return std::nullopt;
  EditBuilder edits(view, probe);
  const auto sleep = edits.name_for(view.library().sleep, last);
  if (!sleep) return std::nullopt;
  const std::string pause = "await " + *sleep + "(" + with_tab_stop(kPause) + ")";
  const Kind kind = unit[last].kind;
  if (kind == Kind::pass_statement || kind == Kind::continue_statement) {
    edits.replace(last, pause);  // the try is all there is in the loop
  } else {
    const auto indent = indentation_of(unit, last);
    const auto lines = whole_lines(unit, last, last);
    if (!indent || !lines) return std::nullopt;
    edits.insert(lines->end, std::string(view.document().line_ending()) + *indent + pause);
  }
  return edits.finish("Sleep before the next try", Safety::suggested);
}

}  // namespace awaitd::analysis
