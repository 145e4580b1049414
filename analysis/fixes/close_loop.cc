#include "analysis/fixes/close_loop.h"

#include <algorithm>

#include "analysis/fixes/extract.h"
#include "analysis/rules/fate.h"

namespace awaitd::analysis {
namespace {

constexpr PythonVersion kRun{3, 7};  // asyncio.run()

const LoopCall* loop_call_at(const UnitView& view, NodeId node) {
  for (const LoopCall& call : view.loop_calls()) {
    if (call.call->node == node) return &call;
  }
  return nullptr;
}

// x of loop.run_until_complete(x), where that is a coroutine: asyncio.run() takes nothing else.
NodeId coroutine_run_by(const UnitView& view, const LoopCall& outer) {
  const LoopFact* run = outer.as(LoopRole::run);
  if (run == nullptr || run->position < 0 || outer.call->argument_count != 1) return kNoNode;
  const Argument* argument = argument_of(view, *outer.call, *run);
  if (argument == nullptr) return kNoNode;
  const ValueSet values = view.values(argument->value);
  const bool coroutine = !values.empty() && std::all_of(values.values.begin(), values.values.end(),
                                                        [](const Value& v) { return v.kind == ValueKind::coroutine; });
  return coroutine ? argument->value : kNoNode;
}

// The call of a method of the loop that is written at `loop`.
const LoopCall* method_on(const UnitView& view, NodeId loop) {
  const Unit& unit = view.unit();
  const NodeId attribute = unit[loop].parent;
  if (attribute == kNoNode || unit[attribute].kind != Kind::attribute || unit[loop].field == Field::attribute)
    return nullptr;
  const NodeId call = unit[attribute].parent;
  return call == kNoNode || unit[call].kind != Kind::call ? nullptr : loop_call_at(view, call);
}

// The whole lines of a statement with their line break, to be taken out.
std::optional<Range> lines_of(const Unit& unit, NodeId statement) {
  const auto lines = whole_lines(unit, statement, statement);
  if (!lines) return std::nullopt;
  return Range{lines->start, next_line(unit, lines->end)};
}

// set_event_loop(loop), as a statement of its own.
const Call* told_as_loop_of_thread(const UnitView& view, NodeId read) {
  const Unit& unit = view.unit();
  const NodeId list = unit[read].parent;
  const LoopCall* call = list == kNoNode ? nullptr : loop_call_at(view, unit[list].parent);
  return call != nullptr && call->as(LoopRole::set_loop) != nullptr && call->call->statement ? call->call : nullptr;
}

}  // namespace

std::optional<Fix> run_instead(const UnitView& view, const LoopCall& made, bool probe) {
  const Unit& unit = view.unit();
  if (view.options().target < kRun || view.on_loop(made.call->function)) return std::nullopt;
  EditBuilder edits(view, probe);
  const auto name = edits.name_for("asyncio.run", made.call->node);
  if (!name) return std::nullopt;
  const Fate fate = fate_of(view, made.call->node);
  const LoopCall* run = nullptr;
  if (fate.goes == Goes::local) {
    const auto assignment = lines_of(unit, view.facts().statement_of(made.call->node));
    if (!assignment || fate.collected) return std::nullopt;
    edits.replace(*assignment, "");
    for (NodeId read : local_use(view, fate.binding).reads) {
      if (const Call* told = told_as_loop_of_thread(view, read)) {
        const auto lines = lines_of(unit, told->node == kNoNode ? kNoNode : view.facts().statement_of(told->node));
        if (!lines) return std::nullopt;
        edits.replace(*lines, "");
        continue;
      }
      if (run != nullptr) return std::nullopt;  // a second run finds what the first one left
      run = method_on(view, read);
      if (run == nullptr) return std::nullopt;
    }
  } else {
    run = method_on(view, made.call->node);
  }
  const NodeId coroutine = run == nullptr ? kNoNode : coroutine_run_by(view, *run);
  if (coroutine == kNoNode) return std::nullopt;
  edits.replace(run->call->node, *name + "(" + std::string(view.text(coroutine)) + ")");
  return edits.finish("Use `" + *name + "()`, which closes its loop", Safety::suggested);
}

std::optional<Fix> close_at_the_end(const UnitView& view, const LoopCall& made, bool probe) {
  const Unit& unit = view.unit();
  const Fate fate = fate_of(view, made.call->node);
  const NodeId statement = view.facts().statement_of(made.call->node);
  const NodeId block = unit[statement].parent;
  if (fate.goes != Goes::local || fate.collected || block == kNoNode || unit[block].kind != Kind::block)
    return std::nullopt;
  NodeId first = kNoNode, last = kNoNode;
  for (NodeId c : children(unit, block)) {
    if (c <= statement || unit[c].kind == Kind::comment) continue;
    if (first == kNoNode) first = c;
    last = c;
  }
  if (first == kNoNode) return std::nullopt;
  const auto indent = indentation_of(unit, first);
  const auto lines = whole_lines(unit, first, last);
  if (!indent || !lines) return std::nullopt;
  const std::string eol(view.document().line_ending()), step = indentation_step(view, made.call->function);
  EditBuilder edits(view, probe);
  edits.replace(*lines, *indent + "try:" + eol + indented(unit, *lines, step) + eol + *indent + "finally:" + eol +
                            *indent + step + std::string(view.facts().bindings[fate.binding].name) + ".close()");
  return edits.finish("Close it when it is done", Safety::suggested);
}

}  // namespace awaitd::analysis
