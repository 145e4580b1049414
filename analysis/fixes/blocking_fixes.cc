#include "analysis/fixes/blocking_fixes.h"

#include "analysis/rules/advice.h"
#include "analysis/rules/blocking.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

const BlockingEvent* event_of(const UnitView& view, const Finding& finding) {
  for (const BlockingEvent& event : view.blocking()) {
    if (view.document_range(event.node) == finding.range) return &event;
  }
  return nullptr;
}

// The text between a call's parentheses, comments and line breaks included.
std::string_view inner_arguments(const UnitView& view, const Call& call) {
  std::string_view text = view.text(call.arguments);
  return text.size() < 2 ? std::string_view() : text.substr(1, text.size() - 2);
}

bool has_keywords(const UnitView& view, const Call& call) {
  for (const Argument& a : view.facts().arguments_of(call)) {
    if (!a.name.empty() || a.stars == 2) return true;
  }
  return false;
}

// "f, args" for a call f(args), keeping one argument a line where the code did so.
std::string callable_and_arguments(const UnitView& view, const Call& call) {
  std::string callee(view.text(call.callee));
  std::string_view inner = inner_arguments(view, call);
  if (view.unit()[call.arguments].kind == Kind::generator_expression) return callee + ", " + std::string(view.text(call.arguments));
  std::size_t first = inner.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return callee;
  if (inner.substr(0, first).find('\n') == std::string_view::npos) return callee + ", " + std::string(inner);
  return std::string(inner.substr(0, first)) + callee + "," + std::string(inner);
}

std::string awaited(const UnitView& view, NodeId call_node, const std::string& expression) {
  return await_needs_parentheses(view.unit(), call_node) ? "(await " + expression + ")" : "await " + expression;
}

std::string plain_name(std::string_view way) {
  if (way.starts_with("await ")) way.remove_prefix(6);
  return std::string(way.substr(0, way.find('(')));
}

// A function whose async twin takes the same arguments: time.sleep -> asyncio.sleep.
void fix_sleep(const UnitView& view, const BlockingEvent& event, FixList& fixes) {
  auto ways = async_ways(view, *event.fact);
  if (ways.empty() || event.fact->fix != FixKind::direct || event.fact->kind != BlockingKind::sleep) return;
  std::string twin = plain_name(ways.front());
  EditBuilder edits(view);
  auto name = edits.name_for(twin, event.call->node);
  if (!name) return;
  edits.replace(event.call->node, awaited(view, event.call->node, *name + std::string(view.text(event.call->arguments))));
  auto fix = edits.finish("Use await " + twin + "()", Safety::safe);
  if (!fix) return;
  fix->preferred = true;
  fixes.add(std::move(*fix));
}

void fix_thread(const UnitView& view, const BlockingEvent& event, FixList& fixes) {
  const BlockingFact& fact = *event.fact;
  if (fact.offload != Offload::yes && fact.offload != Offload::own_object) return;
  if (fact.gil == Gil::held || fact.kind == BlockingKind::sleep) return;
  const AsyncLibrary& library = view.library();
  EditBuilder edits(view);
  std::string call_text = callable_and_arguments(view, *event.call);
  bool too_old = library.offload_since > view.options().target.minor && view.options().target.major <= 3;
  if ((!library.offload_keywords || too_old) && has_keywords(view, *event.call)) {
    auto partial = edits.name_for("functools.partial", event.call->node);
    if (!partial) return;
    call_text = *partial + "(" + call_text + ")";
  }
  std::string title, expression;
  if (too_old) {
    auto loop = edits.name_for(std::string(library.name) + ".get_running_loop", event.call->node);
    if (!loop) return;
    title = "Run in a worker thread with loop.run_in_executor";
    expression = *loop + "().run_in_executor(None, " + call_text + ")";
  } else {
    auto offload = edits.name_for(library.offload, event.call->node);
    if (!offload) return;
    title = "Run in a worker thread with " + std::string(library.offload);
    expression = *offload + "(" + call_text + ")";
  }
  edits.replace(event.call->node, awaited(view, event.call->node, expression));
  auto fix = edits.finish(std::move(title), Safety::suggested);
  if (!fix) return;
  fix->preferred = fixes.fixes.empty() && fact.strength != Strength::small;
  fixes.add(std::move(*fix));
}

}  // namespace

void fix_blocking_call(const UnitView& view, const Finding& finding, FixList& fixes) {
  const BlockingEvent* event = event_of(view, finding);
  if (event == nullptr || event->call == nullptr || event->call->arguments == kNoNode) return;
  if (!can_await(view, event->call->node)) return;
  fix_sleep(view, *event, fixes);
  fix_thread(view, *event, fixes);
}

}  // namespace awaitd::analysis
