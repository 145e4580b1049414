#include "analysis/fixes/helper_fixes.h"

namespace awaitd::analysis {

bool can_run_in_thread(const UnitView& view, const Call& call) {
  return call.arguments != kNoNode && !call.awaited && can_await(view, call.node);
}

void run_in_thread(const UnitView& view, const Call& call, FixList& fixes) {
  if (!can_run_in_thread(view, call)) return;
  EditBuilder edits(view);
  std::string_view inner = view.text(call.arguments);
  bool generator = view.unit()[call.arguments].kind == Kind::generator_expression;
  if (!generator) inner = inner.substr(1, inner.size() < 2 ? 0 : inner.size() - 2);
  std::string text(view.text(call.callee));
  if (inner.find_first_not_of(" \t\r\n") != std::string_view::npos) text += ", " + std::string(inner);
  bool keywords = false;
  for (const Argument& a : view.facts().arguments_of(call)) keywords |= !a.name.empty() || a.stars == 2;
  if (keywords && !view.library().offload_keywords) {
    auto partial = edits.name_for("functools.partial", call.node);
    if (!partial) return;
    text = *partial + "(" + text + ")";
  }
  auto offload = edits.name_for(view.library().offload, call.node);
  if (!offload) return;
  text = "await " + *offload + "(" + text + ")";
  if (await_needs_parentheses(view.unit(), call.node)) text = "(" + text + ")";
  edits.replace(call.node, text);
  auto fix = edits.finish("Run in a worker thread with " + std::string(view.library().offload), Safety::suggested);
  if (!fix) return;
  fix->preferred = true;
  fixes.add(std::move(*fix));
}

}  // namespace awaitd::analysis
