// AWD301: a handler that ends a cancellation on some path instead of raising it on.
#include "analysis/fixes/extract.h"
#include "analysis/fixes/fix_list.h"
#include "analysis/rules/fixable.h"
#include "analysis/rules/rule.h"
#include "analysis/rules/swallowed.h"

namespace awaitd::analysis {
namespace {

constexpr PythonVersion kCancelledApart{3, 8};  // from here on CancelledError is no Exception

void fix(const UnitView& view, const Finding& finding, FixList& fixes);

NodeId shown(const Handler& handler) { return handler.type == kNoNode ? handler.clause : handler.type; }

std::string catcher(const UnitView& view, const Handler& handler) {
  if (handler.type == kNoNode) return "A bare `except`";
  return "`except " + quoted(view, handler.type).substr(1);
}

// `except Exception` where the project supports Python 3.7, in which a CancelledError is one.
bool by_old_python(const UnitView& view, const Handler& handler) {
  return view.options().target < kCancelledApart && handler.type != kNoNode &&
         view.unit()[handler.type].kind == Kind::identifier && view.text(handler.type) == "Exception";
}

// `if stopping: return` in the handler, of something that is not decided in it: whoever cancels says so first. What
// else cancels is swallowed all the same.
NodeId asks_whether_to_stop(const UnitView& view, const Handler& handler) {
  const Unit& unit = view.unit();
  const NodeId suite = unit.child(handler.clause, Kind::block);
  for (NodeId c : children(unit, suite == kNoNode ? handler.clause : suite)) {
    if (unit[c].kind != Kind::if_statement) continue;
    const NodeId condition = unit.child(c, Field::condition), then = unit.child(c, Field::consequence);
    const Kind asked = condition == kNoNode ? Kind::none : unit[condition].kind;
    if (then == kNoNode || (asked != Kind::identifier && asked != Kind::attribute)) continue;
    NodeId last = kNoNode;
    for (NodeId s : children(unit, then)) last = unit[s].kind == Kind::comment ? last : s;
    const bool leaves =
        last != kNoNode && (unit[last].kind == Kind::return_statement || unit[last].kind == Kind::break_statement);
    if (leaves && (handler.alias == kNoNode || view.text(condition) != view.text(handler.alias))) return condition;
  }
  return kNoNode;
}

std::string consequence(const Swallow& swallow) {
  switch (swallow.after) {
    case Aftermath::repeats:
      return "the task goes on and cannot be cancelled";
    case Aftermath::goes_on:
      return "the function goes on as if nothing had happened, and timeouts and task groups around it wait";
    case Aftermath::ends:
      return "the caller goes on as if nothing had happened, and timeouts and task groups around it do not end";
  }
  return {};
}

void check(const UnitView& view, Report& report) {
  for (const Swallow& swallow : swallowed_cancellations(view)) {
    if (swallow.handler == nullptr || swallow.meant()) continue;
    const Handler& handler = *swallow.handler;
    NodeId first = view.flow(swallow.function).events[swallow.arriving.front()].node;
    const bool old = by_old_python(view, handler);
    const NodeId flag = asks_whether_to_stop(view, handler);
    Finding& finding = report.add(
        shown(handler), (old ? "Before Python 3.8 " : "") + catcher(view, handler) + " swallows the cancellation of `" +
                            view.function_name(swallow.function) + "()`" +
                            (flag == kNoNode ? "" : " unless `" + std::string(view.text(flag)) + "` is set") + ": " +
                            consequence(swallow) + "; raise it on" +
                            (old             ? " in a handler of its own."
                             : swallow.named ? "."
                                             : ", or catch Exception."));
    if (old || flag != kNoNode) finding.severity = Severity::info;
    if (handler.type == kNoNode)
      finding.range = {view.unit()[handler.clause].start, view.unit()[handler.clause].start + 6};
    finding.notes.push_back(
        {"", view.range(first),
         "a cancellation of `" + view.function_name(swallow.function) + "()` arrives here, and ends in this handler",
         -1});
    if (view.in_test(swallow.function)) finding.severity = Severity::info;
    mark_fixable(view, finding, fix);
  }
}

const Swallow* find(const UnitView& view, const Finding& finding, std::vector<Swallow>& all) {
  all = swallowed_cancellations(view);
  for (const Swallow& swallow : all) {
    if (swallow.handler == nullptr) continue;
    if (view.document_range(shown(*swallow.handler)).start == finding.range.start) return &swallow;
  }
  return nullptr;
}

// except asyncio.CancelledError: raise, in front of the handler.
void add_handler(const UnitView& view, const Handler& handler, FixList& fixes) {
  EditBuilder edits(view, fixes.probe());
  auto name = edits.name_for("asyncio.CancelledError", handler.clause);
  auto indent = indentation_of(view.unit(), handler.clause);
  if (!name || !indent) return;
  const std::string line = std::string(view.document().line_ending()) + *indent;
  const std::string step = indentation_step(view, view.facts().function_id_of(handler.clause));
  edits.insert(view.unit()[handler.clause].start, "except " + *name + ":" + line + step + "raise" + line);
  fixes.add(edits.finish("Raise the cancellation on", Safety::suggested), true);
}

// `raise` in the place of the last statement that lets it go: pass, or behind the others.
void add_raise(const UnitView& view, const Handler& handler, FixList& fixes, bool preferred) {
  const Unit& unit = view.unit();
  NodeId suite = unit.child(handler.clause, Kind::block), last = kNoNode;
  if (suite == kNoNode) return;
  for (NodeId child : children(unit, suite)) {
    if (unit[child].kind != Kind::comment) last = child;
  }
  if (last == kNoNode) return;
  EditBuilder edits(view, fixes.probe());
  Kind kind = unit[last].kind;
  bool jump = kind == Kind::return_statement || kind == Kind::break_statement || kind == Kind::continue_statement;
  bool plain_return = kind != Kind::return_statement || unit[last].size == 1;
  if (kind == Kind::pass_statement || (jump && plain_return)) {
    edits.replace(last, "raise");
  } else if (jump) {
    return;  // what is returned would be lost
  } else {
    auto indent = indentation_of(unit, last);
    auto lines = whole_lines(unit, last, last);
    if (!indent || !lines) return;
    edits.insert(lines->end, std::string(view.document().line_ending()) + *indent + "raise");
  }
  fixes.add(edits.finish("Raise the cancellation on", Safety::suggested), preferred);
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  std::vector<Swallow> all;
  const Swallow* swallow = find(view, finding, all);
  if (swallow == nullptr) return;
  const Handler& handler = *swallow->handler;
  bool named = swallow->named;
  if (by_old_python(view, handler)) return add_handler(view, handler, fixes);
  if (!named && !handler.group && view.is_global_at("Exception", handler.clause)) {
    EditBuilder edits(view, fixes.probe());
    if (handler.type == kNoNode) {
      std::uint32_t at = view.unit()[handler.clause].start + 6;
      edits.insert(at, " Exception");
    } else if (view.unit()[handler.type].kind == Kind::identifier) {
      edits.replace(handler.type, "Exception");
    }
    fixes.add(edits.finish("Catch Exception only", Safety::suggested), true);
  }
  add_raise(view, handler, fixes, named);
}

}  // namespace

extern constinit const Rule cancelled_error_swallowed = {
    .code = "AWD301",
    .name = "cancelled-error-swallowed",
    .summary = "A handler that ends a cancellation instead of raising it on",
    .severity = Severity::warning,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
