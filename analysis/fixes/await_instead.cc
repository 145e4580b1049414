#include "analysis/fixes/await_instead.h"

namespace awaitd::analysis {
namespace {

struct Replaced {
  NodeId node = kNoNode;
  std::string text;  // what is awaited
};

std::string in_parentheses(const Unit& unit, NodeId node) {
  std::string text(unit.text_of(node));
  switch (unit[node].kind) {
    case Kind::call:
    case Kind::identifier:
    case Kind::attribute:
    case Kind::subscript:
    case Kind::parenthesized_expression:
      return text;
    default:
      return "(" + text + ")";
  }
}

// "a, b=c" of the arguments behind the callable.
std::optional<std::string> rest_of(const UnitView& view, const Call& call, NodeId callable) {
  std::string rest;
  for (const Argument& a : view.facts().arguments_of(call)) {
    if (a.value == callable) continue;
    if (!a.name.empty()) return std::nullopt;  // an option of the loop: backend=, debug=
    rest += (rest.empty() ? "" : ", ") +
            std::string(a.stars == 1   ? "*"
                        : a.stars == 2 ? "**"
                                       : "") +
            std::string(view.text(a.value));
  }
  return rest;
}

std::optional<Replaced> replaced(const UnitView& view, const LoopCall& call) {
  const Unit& unit = view.unit();
  const LoopFact* fact = call.as(LoopRole::run);
  if (fact == nullptr) fact = call.as(LoopRole::reenter);
  const bool later = fact == nullptr;
  if (later) fact = call.as(LoopRole::run_later);
  if (fact == nullptr || fact->position < 0) return std::nullopt;
  const Argument* argument = argument_of(view, *call.call, *fact);
  if (argument == nullptr) return std::nullopt;
  const std::string callable = in_parentheses(unit, argument->value);
  if (later) {
    NodeId outer = unit[call.call->node].parent;
    const Call* made = view.facts().call_at(outer);
    if (made == nullptr || made->arguments == kNoNode || call.call->argument_count != 1) return std::nullopt;
    return Replaced{outer, callable + std::string(view.text(made->arguments))};
  }
  auto rest = rest_of(view, *call.call, argument->value);
  if (!rest) return std::nullopt;
  if (fact->takes_function) return Replaced{call.call->node, callable + "(" + *rest + ")"};
  if (!rest->empty()) return std::nullopt;
  return Replaced{call.call->node, callable};
}

std::optional<std::string> called(const UnitView& view, const Call& call, NodeId callable) {
  if (!call.awaited || view.unit()[callable].kind == Kind::lambda) return std::nullopt;
  std::string rest;
  bool behind = false;
  for (const Argument& a : view.facts().arguments_of(call)) {
    if (inside_parentheses(view.unit(), a.value) == callable) {
      behind = true;
      continue;
    }
    if (!behind) continue;  // the executor
    rest += (rest.empty() ? "" : ", ") +
            std::string(a.stars == 1   ? "*"
                        : a.stars == 2 ? "**"
                                       : "") +
            (a.name.empty() ? "" : std::string(a.name) + "=") + std::string(view.text(a.value));
  }
  if (!behind) return std::nullopt;
  return in_parentheses(view.unit(), callable) + "(" + rest + ")";
}

}  // namespace

bool can_call_instead(const UnitView& view, const Call& call, NodeId callable) {
  return called(view, call, callable).has_value();
}

void call_instead(const UnitView& view, const Call& call, NodeId callable, FixList& fixes) {
  auto text = called(view, call, callable);
  if (!text) return;
  EditBuilder edits(view, fixes.probe());
  edits.replace(call.node, *text);
  fixes.add(edits.finish("Await it on the loop that runs", Safety::suggested), true);
}

bool can_await_instead(const UnitView& view, const LoopCall& call) {
  auto found = replaced(view, call);
  return found && can_await(view, found->node) && view.facts().call_at(found->node) != nullptr &&
         !view.facts().call_at(found->node)->awaited;
}

void await_instead(const UnitView& view, const LoopCall& call, FixList& fixes) {
  if (!can_await_instead(view, call)) return;
  auto found = replaced(view, call);
  EditBuilder edits(view, fixes.probe());
  const LoopFact* back = call.as(LoopRole::reenter);
  const bool plain = back != nullptr && back->advice == "call";  // run_sync(f): f is no coroutine function
  edits.replace(found->node, plain ? found->text : awaited(view.unit(), found->node, found->text));
  if (plain) return fixes.add(edits.finish("Call it on the loop that runs", Safety::suggested), true);
  fixes.add(edits.finish("Await it on the loop that runs", call.definite ? Safety::safe : Safety::suggested), true);
}

}  // namespace awaitd::analysis
