#include "analysis/fixes/loop_access.h"

#include <algorithm>

#include "analysis/fixes/async_way.h"

namespace awaitd::analysis {
namespace {

constexpr PythonVersion kRunningLoop{3, 7};  // asyncio.get_running_loop(), asyncio.run()

// "asyncio.get_running_loop": the name beside what is called now.
std::string beside(const LoopCall& call, std::string_view name) {
  return std::string(parent_of(call.facts.front().name)) + "." + std::string(name);
}

std::optional<Fix> running_loop(const UnitView& view, const LoopCall& call, bool probe) {
  if (view.options().target < kRunningLoop || !view.on_loop(call.call->function)) return std::nullopt;
  EditBuilder edits(view, probe);
  auto name = edits.name_for(beside(call, "get_running_loop"), call.call->node);
  if (!name) return std::nullopt;
  edits.replace(call.call->callee, *name);
  const bool sure = call.definite && view.facts().functions[call.call->function].async;
  return edits.finish("Use `" + *name + "()`", sure ? Safety::safe : Safety::suggested);
}

// The call get_event_loop().run_until_complete(x) around get_event_loop(), and x.
std::optional<std::pair<NodeId, NodeId>> run_once(const UnitView& view, const LoopCall& call) {
  const Unit& unit = view.unit();
  NodeId attribute = unit[call.call->node].parent;
  if (attribute == kNoNode || unit[attribute].kind != Kind::attribute) return std::nullopt;
  for (const LoopCall& outer : view.loop_calls()) {
    const LoopFact* run = outer.as(LoopRole::run);
    if (outer.call->callee != attribute || run == nullptr || run->position < 0 || outer.call->argument_count != 1)
      continue;
    const Argument* argument = argument_of(view, *outer.call, *run);
    if (argument == nullptr) return std::nullopt;
    for (const Value& v : view.values(argument->value).values) {
      if (v.kind != ValueKind::coroutine) return std::nullopt;  // asyncio.run() takes nothing else
    }
    if (view.values(argument->value).values.empty()) return std::nullopt;
    return std::pair(outer.call->node, argument->value);
  }
  return std::nullopt;
}

std::optional<Fix> run(const UnitView& view, const LoopCall& call, bool probe) {
  if (view.options().target < kRunningLoop || view.on_loop(call.call->function)) return std::nullopt;
  auto once = run_once(view, call);
  if (!once) return std::nullopt;
  // A second run on the same loop would find it closed.
  const auto asks = std::count_if(view.loop_calls().begin(), view.loop_calls().end(),
                                  [](const LoopCall& c) { return c.as(LoopRole::current_loop) != nullptr; });
  if (asks != 1) return std::nullopt;
  EditBuilder edits(view, probe);
  auto name = edits.name_for(beside(call, "run"), call.call->node);
  if (!name) return std::nullopt;
  edits.replace(once->first, *name + "(" + std::string(view.text(once->second)) + ")");
  return edits.finish("Use `" + *name + "()`", Safety::suggested);
}

std::optional<Fix> modern(const UnitView& view, const LoopCall& call, bool probe) {
  if (auto fix = running_loop(view, call, probe)) return fix;
  return run(view, call, probe);
}

std::optional<Fix> without(const UnitView& view, const Call& call, const Argument& argument, bool probe) {
  const Unit& unit = view.unit();
  const std::string& text = unit.text;
  NodeId whole = unit[argument.value].parent;  // loop=loop
  if (whole == kNoNode || unit[whole].kind != Kind::keyword_argument) return std::nullopt;
  std::uint32_t start = unit[whole].start, end = unit[whole].end;
  const std::uint32_t open = unit[call.arguments].start + 1, close = unit[call.arguments].end - 1;
  std::size_t before = text.find_last_not_of(" \t\r\n", start - 1);
  if (before >= open && text[before] == ',') {
    start = static_cast<std::uint32_t>(before);
  } else {  // the first argument takes the comma behind it along
    std::size_t behind = text.find_first_not_of(" \t\r\n", end);
    if (behind < close && text[behind] == ',') {
      behind = std::min<std::size_t>(text.find_first_not_of(" \t\r\n", behind + 1), close);
      end = static_cast<std::uint32_t>(behind);
    }
  }
  if (text.substr(start, end - start).find('#') != std::string::npos) return std::nullopt;
  EditBuilder edits(view, probe);
  edits.replace({start, end}, "");
  return edits.finish("Leave out `loop`", Safety::suggested);
}

std::optional<Fix> renamed(const UnitView& view, NodeId node, const Deprecation& row, bool probe) {
  // A dotted name alone: not advice in words, not another way of doing it.
  if (row.replacement.empty() || row.replacement.find_first_of(" (=") != std::string_view::npos) return std::nullopt;
  if (last_of(row.replacement) != last_of(row.name)) return std::nullopt;
  EditBuilder edits(view, probe);
  auto name = edits.name_for(row.replacement, node);
  if (!name) return std::nullopt;
  edits.replace(node, *name);
  return edits.finish("Use `" + *name + "`", Safety::suggested);
}

}  // namespace

bool can_modernise(const UnitView& view, const LoopCall& call) { return modern(view, call, true).has_value(); }

void modernise(const UnitView& view, const LoopCall& call, FixList& fixes) {
  fixes.add(modern(view, call, fixes.probe()), true);
}

bool can_drop_argument(const UnitView& view, const Call& call, const Argument& argument) {
  return without(view, call, argument, true).has_value();
}

void drop_argument(const UnitView& view, const Call& call, const Argument& argument, FixList& fixes) {
  fixes.add(without(view, call, argument, fixes.probe()), true);
}

bool can_rename(const UnitView& view, NodeId node, const Deprecation& row) {
  return renamed(view, node, row, true).has_value();
}

void rename_to(const UnitView& view, NodeId node, const Deprecation& row, FixList& fixes) {
  fixes.add(renamed(view, node, row, fixes.probe()), true);
}

}  // namespace awaitd::analysis
