#include "analysis/fixes/from_thread.h"

#include <algorithm>

#include "analysis/fixes/async_way.h"
#include "analysis/fixes/extract.h"

namespace awaitd::analysis {
namespace {

// A name or a chain of attributes: it may be written twice.
bool is_plain(const Unit& unit, NodeId node) {
  while (unit[node].kind == Kind::attribute) node = unit.child(node, Field::object);
  return unit[node].kind == Kind::identifier;
}

// What has get_loop() (CPython docs, asyncio-future, asyncio-task).
bool knows_its_loop(std::string_view method) {
  const std::string_view cls = parent_of(method);
  return cls == "asyncio.Future" || cls == "asyncio.Task";
}

bool is_loop(const UnitView& view, const ValueSet& values) {
  if (values.unknown && values.values.empty()) return false;
  bool some = false;
  for (const Value& v : values.values) {
    if (v.kind == ValueKind::none) continue;
    const std::string way = v.name + ".call_soon_threadsafe";
    if (v.kind != ValueKind::instance || view.knowledge().loop_fact(way, LoopRole::plain_callback) == nullptr)
      return false;
    some = true;
  }
  return some;
}

// self.loop, in a method whose class keeps one.
std::optional<std::string> loop_of_object(const UnitView& view, FunctionId function, NodeId node) {
  const std::uint32_t cls = view.linker().unit(view.at()).cls;
  const NodeId parameters = view.facts().functions[function].parameters;
  const NodeId self = cls == kNone || function != 1 || parameters == kNoNode ? kNoNode
                                                                             : view.unit().first_child(parameters);
  if (self == kNoNode || view.unit()[self].kind != Kind::identifier) return std::nullopt;
  const ValueSet object = view.meaning(view.text(self), node);
  std::string best;
  for (const auto& [name, members] : view.linker().index().tables->classes[cls].members) {
    const bool value = std::all_of(members.begin(), members.end(), [](const Member& m) { return m.function == kNone; });
    if (!value || (!best.empty() && best < name)) continue;
    for (const Member& m : members) view.look_at({0, m.unit});
    if (is_loop(view, view.linker().attribute(object, name))) best = name;
  }
  return best.empty() ? std::nullopt : std::optional(std::string(view.text(self)) + "." + best);
}

// A name of the functions around, or of the module, that holds a loop.
std::optional<std::string> named_loop(const UnitView& view, NodeId node) {
  const Facts& facts = view.facts();
  for (ScopeId s = facts.scope_of[node]; s != kNone; s = facts.scopes[s].parent) {
    for (const Binding& b : facts.bindings) {
      const bool plain = b.kind == BindingKind::assign || b.kind == BindingKind::parameter;
      const bool before = s != facts.scope_of[node] || b.target < node;
      if (b.scope == s && plain && before && facts.scopes[s].kind != ScopeKind::cls &&
          is_loop(view, view.meaning(b.name, node)))
        return std::string(b.name);
    }
  }
  return std::nullopt;
}

// The function runs in a thread and stands in one that runs on the loop, which can hand it in.
std::optional<std::string> loop_from_around(EditBuilder& edits, const UnitView& view, FunctionId function,
                                            const LoopFact& fact) {
  const Facts& facts = view.facts();
  const Unit& unit = view.unit();
  NodeId statement = facts.functions[function].node;
  const ScopeId around = facts.scopes[facts.functions[function].scope].parent;
  if (around == kNone || facts.scopes[around].kind != ScopeKind::function) return std::nullopt;
  const bool async = facts.functions[facts.scopes[around].function].async;
  if (!async || unit[statement].kind != Kind::function_definition) return std::nullopt;
  if (unit[unit[statement].parent].kind == Kind::decorated_definition) statement = unit[statement].parent;
  const auto indent = indentation_of(unit, statement);
  const auto name = indent ? free_name(view, "loop") : std::nullopt;
  const auto running = name ? edits.name_for(std::string(fact.library) + ".get_running_loop", statement) : std::nullopt;
  if (!running) return std::nullopt;
  const std::string eol(view.document().line_ending());
  edits.insert(unit[statement].start, *name + " = " + *running + "()" + eol + eol + *indent);
  return name;
}

// Of a queue or an event, which does not tell its loop.
std::optional<std::string> loop_at_hand(EditBuilder& edits, const UnitView& view, const LoopCall& call) {
  const FunctionId function = call.call->function;
  if (auto loop = loop_of_object(view, function, call.call->node)) return loop;
  if (auto loop = named_loop(view, call.call->node)) return loop;
  return loop_from_around(edits, view, function, *call.as(LoopRole::loop_thread));
}

std::optional<Fix> as_coroutine(const UnitView& view, const LoopCall& call, const LoopFact& fact,
                                const std::string& loop, bool probe) {
  const Argument* coroutine = view.facts().positional(*call.call, 0);
  if (coroutine == nullptr || call.call->argument_count != 1) return std::nullopt;
  EditBuilder edits(view, probe);
  const auto name = edits.name_for(fact.advice, call.call->node);
  if (!name) return std::nullopt;
  edits.replace(call.call->node, *name + "(" + std::string(view.text(coroutine->value)) + ", " + loop + ")");
  return edits.finish("Hand it to the loop with `" + *name + "()`", Safety::suggested);
}

}  // namespace

bool is_call_on_loop(const UnitView& view, const LoopCall& call) {
  const LoopFact* fact = call.as(LoopRole::loop_thread);
  if (fact == nullptr) return false;
  const std::string beside = std::string(parent_of(fact->name)) + "." + std::string(last_of(fact->advice));
  return fact->advice.find('.') != std::string_view::npos ||
         view.knowledge().loop_fact(beside, LoopRole::plain_callback) != nullptr;
}

std::optional<Fix> hand_to_loop(const UnitView& view, const LoopCall& call, bool probe) {
  const Unit& unit = view.unit();
  const LoopFact* fact = call.as(LoopRole::loop_thread);
  if (fact == nullptr || !call.call->statement || unit[call.call->callee].kind != Kind::attribute) return std::nullopt;
  const NodeId object = unit.child(call.call->callee, Field::object);
  if (!is_plain(unit, object)) return std::nullopt;
  const std::string owner(view.text(object)), method(view.text(call.call->callee));
  const bool on_loop = is_call_on_loop(view, call);
  if (on_loop && fact->advice.find('.') != std::string_view::npos) return as_coroutine(view, call, *fact, owner, probe);
  const auto arguments = view.facts().arguments_of(*call.call);
  const bool plain =
      std::all_of(arguments.begin(), arguments.end(), [](const Argument& a) { return a.name.empty() && a.stars == 0; });
  if (!plain) return std::nullopt;
  EditBuilder edits(view, probe);
  const auto loop = on_loop                      ? std::optional(owner)
                    : knows_its_loop(fact->name) ? std::optional(owner + ".get_loop()")
                                                 : loop_at_hand(edits, view, call);
  if (!loop) return std::nullopt;
  const std::string way = *loop + "." + std::string(fact->advice);
  edits.replace(call.call->callee, way);
  const bool renamed = on_loop && fact->advice.starts_with(last_of(fact->name));  // call_soon -> call_soon_threadsafe
  if (!renamed) {
    edits.insert(unit[call.call->arguments].start + 1, method + (arguments.empty() ? "" : ", "));
  }
  return edits.finish("Hand it to the loop with `" + std::string(fact->advice) + "()`", Safety::suggested);
}

}  // namespace awaitd::analysis
