#include "analysis/fixes/log_queue.h"

#include "analysis/fixes/extract.h"

namespace awaitd::analysis {
namespace {

constexpr std::string_view kQueue = "queue.Queue", kQueueing = "logging.handlers.QueueHandler",
                           kListener = "logging.handlers.QueueListener", kAtExit = "atexit.register";

// An argument of a call, or an element of a list or tuple that is one: the handler is handed over there.
bool is_handed_over(const UnitView& view, NodeId node) {
  const Unit& unit = view.unit();
  NodeId around = unit[outside_parentheses(unit, node)].parent;
  if (around != kNoNode && (unit[around].kind == Kind::list || unit[around].kind == Kind::tuple))
    around = unit[outside_parentheses(unit, around)].parent;
  if (around != kNoNode && unit[around].kind == Kind::keyword_argument) around = unit[around].parent;
  return around != kNoNode && unit[around].kind == Kind::argument_list;
}

// The one place where what the call makes is handed over: the call itself, or a use of the name that keeps it. Methods
// of the handler may be called before and after.
NodeId handed_over_at(const UnitView& view, const Call& call) {
  if (is_handed_over(view, call.node)) return call.node;
  const Unit& unit = view.unit();
  const Facts& facts = view.facts();
  for (const Binding& made : facts.bindings) {
    if (made.value != call.node || made.kind != BindingKind::assign || made.index != -1) continue;
    if (facts.bindings_in(made.scope, made.name).size() != 1) return kNoNode;
    NodeId found = kNoNode;
    for (NodeId n = 0; n < unit.nodes.size(); ++n) {
      if (unit[n].kind != Kind::identifier || n == made.target || view.text(n) != made.name || !reads_name(unit, n))
        continue;
      if (unit[n].field == Field::object && unit[unit[n].parent].kind == Kind::attribute) continue;
      if (found != kNoNode || !is_handed_over(view, n) || facts.scope_of[n] != made.scope) return kNoNode;
      found = n;
    }
    return found;
  }
  return kNoNode;
}

}  // namespace

std::optional<Fix> behind_queue(const UnitView& view, NodeId callee, bool probe) {
  const Unit& unit = view.unit();
  const NodeId parent = callee == kNoNode ? kNoNode : unit[callee].parent;
  const Call* call = parent == kNoNode ? nullptr : view.facts().call_at(parent);
  const NodeId place = call == nullptr || call->callee != callee ? kNoNode : handed_over_at(view, *call);
  const NodeId statement = place == kNoNode ? kNoNode : view.facts().statement_of(place);
  if (statement == kNoNode || unit[statement].kind != Kind::expression_statement) return std::nullopt;
  // At column 0 of a chunk's first statement there is no line before it to look at.
  const bool top = unit.skeleton && unit[unit[statement].parent].kind == Kind::module;
  const auto indent = top ? std::optional<std::string>("") : indentation_of(unit, statement);
  const auto records = free_name(view, "records"), listener = free_name(view, "listener");
  if (!indent || !records || !listener) return std::nullopt;
  EditBuilder edits(view, probe);
  const auto queue = edits.name_for(kQueue, statement), queueing = edits.name_for(kQueueing, statement),
             listening = edits.name_for(kListener, statement), at_exit = edits.name_for(kAtExit, statement);
  if (!queue || !queueing || !listening || !at_exit) return std::nullopt;
  const std::string line = std::string(view.document().line_ending()) + *indent;
  edits.insert(unit[statement].start, *records + " = " + *queue + "()" + line + *listener + " = " + *listening + "(" +
                                          *records + ", " + std::string(view.text(place)) +
                                          ", respect_handler_level=True)" + line + *listener + ".start()" + line +
                                          *at_exit + "(" + *listener + ".stop)" + line);
  edits.replace(place, *queueing + "(" + *records + ")");
  return edits.finish("Put it behind a queue, with a QueueListener", Safety::suggested);
}

}  // namespace awaitd::analysis
