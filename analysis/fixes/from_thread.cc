#include "analysis/fixes/from_thread.h"

#include <algorithm>

#include "analysis/fixes/async_way.h"

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
  if (!on_loop && !knows_its_loop(fact->name)) return std::nullopt;
  const auto arguments = view.facts().arguments_of(*call.call);
  const bool plain =
      std::all_of(arguments.begin(), arguments.end(), [](const Argument& a) { return a.name.empty() && a.stars == 0; });
  if (!plain) return std::nullopt;
  EditBuilder edits(view, probe);
  const std::string way = (on_loop ? owner : owner + ".get_loop()") + "." + std::string(fact->advice);
  edits.replace(call.call->callee, way);
  const bool renamed = on_loop && fact->advice.starts_with(last_of(fact->name));  // call_soon -> call_soon_threadsafe
  if (!renamed) {
    edits.insert(unit[call.call->arguments].start + 1, method + (arguments.empty() ? "" : ", "));
  }
  return edits.finish("Hand it to the loop with `" + std::string(fact->advice) + "()`", Safety::suggested);
}

}  // namespace awaitd::analysis
