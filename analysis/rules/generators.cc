#include "analysis/rules/generators.h"

#include "analysis/fixes/extract.h"
#include "analysis/knowledge/words.h"

namespace awaitd::analysis {

bool is_async_generator(const Function& function) { return function.async && function.generator && !function.lambda; }

bool is_decorated(const UnitView& view, FunctionId function) {
  for (const Decorator& d : view.facts().decorators) {
    if (d.function == function) return true;
  }
  return false;
}

bool is_context_manager(const UnitView& view, FunctionId function) {
  for (const Decorator& d : view.facts().decorators) {
    if (d.function != function) continue;
    const Call* call = view.facts().call_at(d.expression);
    ValueSet values = view.values(call == nullptr ? d.expression : call->callee);
    if (values.unknown || values.empty()) return true;  // whatever it makes of it
    for (const Value& v : values.values) {
      if (v.kind != ValueKind::external) return true;
      for (const TypeFact* fact : view.knowledge().results(v.name, How::decorator)) {
        if (fact->result == "contextmanager") return true;
      }
      if (std::string_view(v.name).ends_with(".fixture")) return true;
    }
  }
  return false;
}

bool is_split_fixture(const UnitView& view, FunctionId function) {
  const bool all = view.options().async_tests == AsyncTests::asyncio_mode;
  for (const Decorator& d : view.facts().decorators) {
    if (d.function != function) continue;
    const Call* call = view.facts().call_at(d.expression);
    for (const Value& v : view.values(call == nullptr ? d.expression : call->callee).values) {
      if (v.kind != ValueKind::external) continue;
      const std::string name = view.knowledge().canonical(v.name);
      if (is_word_for("two_tasks", name) || (all && is_word_for("two_tasks_in_mode", name))) return true;
    }
  }
  return false;
}

namespace {

bool handed_to_entry(const UnitView& view, const UnitView& home, FunctionId function) {
  const Unit& unit = view.unit();
  const std::string name = home.function_name(function);
  for (const Call& call : view.facts().calls) {
    for (const Argument& a : view.facts().arguments_of(call)) {
      if (a.value == kNoNode || unit[a.value].kind != Kind::identifier || view.text(a.value) != name) continue;
      bool entry = false, meant = false;
      for (const Value& v : view.callee(call).values) {
        const ContextFact* fact = view.knowledge().context(v.name);
        entry |= fact != nullptr && fact->role == Role::entry && !fact->decorator;
      }
      if (!entry) continue;
      for (const Value& v : view.values(a.value).values) {
        bool callable = v.kind == ValueKind::function || v.kind == ValueKind::generator;
        meant |= callable && v.module == 0 && v.unit == home.at().unit && v.id == function;
      }
      if (meant) return true;
    }
  }
  return false;
}

}  // namespace

bool is_dependency(const UnitView& view, FunctionId function) {
  if (function != 1) return handed_to_entry(view, view, function);
  bool found = false;
  view.each_unit_that_mentions({view.function_name(function)},
                               [&](const UnitView& other) { found = found || handed_to_entry(other, view, function); });
  return found;
}

bool yields_often(const UnitView& view, FunctionId function) {
  const Flow& flow = view.flow(function);
  int count = 0;
  for (const Return& yield : view.facts().yields) {
    if (yield.function != function) continue;
    auto events = flow.at(yield.node);
    if (events.empty()) continue;
    ++count;
    if (flow.around(flow.block_of_event[events.front()], FrameKind::loop) != kNone) return true;
  }
  return count > 1;
}

std::vector<YieldInside> yields_inside_with(const UnitView& view, FunctionId function) {
  std::vector<YieldInside> found;
  const Flow& flow = view.flow(function);
  for (const Return& yield : view.facts().yields) {
    if (yield.function != function) continue;
    auto events = flow.at(yield.node);
    if (events.empty() || !flow.block_of(events.front()).reachable) continue;
    for (NodeId context : held(flow, events.front())) found.push_back({yield.node, context});
  }
  return found;
}

std::optional<Fix> close_behind(const UnitView& view, const Loop& loop, std::string title, bool probe) {
  const Unit& unit = view.unit();
  if (view.options().target.minor < 10) return std::nullopt;
  auto indent = indentation_of(unit, loop.node);
  auto lines = whole_lines(unit, loop.node, loop.node);
  auto name = free_name(view, "items");
  EditBuilder edits(view, probe);
  auto aclosing = edits.name_for("contextlib.aclosing", loop.node);
  if (!indent || !lines || !name || !aclosing) return std::nullopt;
  const std::string eol(view.document().line_ending());
  std::string inner = indented(unit, *lines, indentation_step(view, loop.function), view.range(loop.iterable), *name);
  edits.replace(*lines, *indent + "async with " + *aclosing + "(" + std::string(view.text(loop.iterable)) + ") as " +
                            *name + ":" + eol + inner);
  return edits.finish(std::move(title), Safety::suggested);
}

}  // namespace awaitd::analysis
