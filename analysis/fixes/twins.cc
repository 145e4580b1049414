#include "analysis/fixes/twins.h"

#include <algorithm>

#include "analysis/fixes/async_way.h"

namespace awaitd::analysis {
namespace {

bool plain_call(const UnitView& view, const BlockingEvent& event) {
  return event.by == UseKind::call && event.call->arguments != kNoNode && can_await(view, event.call->node);
}

void add_method_twin(const UnitView& view, const BlockingEvent& event, std::string_view twin, FixList& fixes) {
  const Unit& unit = view.unit();
  if (unit[event.node].kind != Kind::attribute) return;
  NodeId name = unit.child(event.node, Field::attribute);
  if (name == kNoNode || unit.text_of(name) != last_of(event.origin)) return;
  EditBuilder edits(view, fixes.probe());
  Range callee = view.range(event.node), call = view.range(event.call->node);
  std::string before = unit.text.substr(call.start, unit[name].start - call.start);
  std::string behind = unit.text.substr(callee.end, call.end - callee.end);
  edits.replace(event.call->node, awaited(unit, event.call->node, before + std::string(twin) + behind));
  fixes.add(edits.finish("Use await " + std::string(twin) + "()", Safety::suggested), true);
}

void add_function_twin(const UnitView& view, const BlockingEvent& event, std::string_view twin, FixList& fixes) {
  const Unit& unit = view.unit();
  EditBuilder edits(view, fixes.probe());
  std::string dotted = std::string(parent_of(event.fact->name)) + "." + std::string(twin);
  std::string written(view.text(event.node));
  std::string arguments(view.text(event.call->arguments));
  std::string name;
  if (unit[event.node].kind == Kind::attribute) {
    if (last_of(written) != last_of(event.origin)) return;
    name = std::string(parent_of(written)) + "." + std::string(twin);
  } else if (auto known = edits.name_from(dotted, event.call->node)) {
    name = *known;
  } else {
    return;
  }
  edits.replace(event.call->node, awaited(unit, event.call->node, name + arguments));
  fixes.add(edits.finish("Use await " + std::string(twin) + "()", Safety::suggested), true);
}

}  // namespace

void fix_sleep(const UnitView& view, const BlockingEvent& event, FixList& fixes) {
  if (event.fact->kind != BlockingKind::sleep || event.fact->fix != FixKind::direct || !plain_call(view, event)) return;
  std::vector<AsyncWay> ways = async_ways(view, *event.fact);
  if (ways.empty() || ways.front().form != AsyncWay::Form::symbol) return;
  std::string_view twin = ways.front().symbol;
  NodeId node = event.call->node;
  EditBuilder edits(view, fixes.probe());
  auto name = edits.name_for(twin, node);
  if (!name) return;
  edits.replace(node, awaited(view.unit(), node, *name + std::string(view.text(event.call->arguments))));
  Safety safety = event.confidence == Confidence::definite ? Safety::safe : Safety::suggested;
  fixes.add(edits.finish("Use await " + std::string(twin) + "()", safety), true);
}

void fix_renamed_twin(const UnitView& view, const BlockingEvent& event, FixList& fixes) {
  if (!plain_call(view, event)) return;
  for (const AsyncWay& way : async_ways(view, *event.fact)) {
    if (way.form == AsyncWay::Form::method) return add_method_twin(view, event, way.symbol, fixes);
    if (way.form == AsyncWay::Form::function) return add_function_twin(view, event, way.symbol, fixes);
  }
}

void fix_async_for(const UnitView& view, const BlockingEvent& event, FixList& fixes) {
  // Objects bound to one thread have their async half themselves; of others only another class has it.
  bool both = event.fact->offload == Offload::sync_to_async && event.fact->replacement.starts_with("async for ");
  if (event.by != UseKind::iterate || !both || event.fact->replacement.find('(') != std::string_view::npos) return;
  if (!can_await(view, event.node)) return;
  for (const Loop& loop : view.facts().loops) {
    if (loop.iterable != event.node) continue;
    EditBuilder edits(view, fixes.probe());
    edits.insert(view.unit()[loop.node].start, "async ");
    fixes.add(edits.finish("Use async for", Safety::suggested), true);
  }
}

void fix_configured(const UnitView& view, const BlockingEvent& event, FixList& fixes) {
  if (event.fact->kind != BlockingKind::configured || !plain_call(view, event)) return;
  std::vector<AsyncWay> ways = async_ways(view, *event.fact);
  if (ways.empty() || ways.front().form != AsyncWay::Form::symbol) return;
  EditBuilder edits(view, fixes.probe());
  auto name = edits.name_for(ways.front().symbol, event.call->node);
  if (!name) return;
  edits.replace(event.call->node,
                awaited(view.unit(), event.call->node, *name + std::string(view.text(event.call->arguments))));
  fixes.add(edits.finish("Use await " + std::string(ways.front().symbol) + "()", Safety::suggested), true);
}

std::vector<const Twin*> usable_twins(const UnitView& view, std::string_view origin) {
  std::vector<const Twin*> usable;
  const auto& imported = view.linker().index().tables->imported;
  std::string_view loop = view.library().name;
  for (const Twin& twin : view.knowledge().twins(origin)) {
    std::string_view root = root_of(twin.twin);
    bool of_loop = false;
    for (const AsyncLibrary& library : view.knowledge().libraries()) of_loop |= library.name == root;
    bool here =
        of_loop ? root == loop : root == root_of(origin) || std::binary_search(imported.begin(), imported.end(), root);
    if (here) usable.push_back(&twin);
  }
  return usable;
}

}  // namespace awaitd::analysis
