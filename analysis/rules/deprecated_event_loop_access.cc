// AWD503: ways to the event loop that newer Pythons have taken away or are about to (deprecations.tsv).
#include "analysis/fixes/loop_access.h"
#include "analysis/fixes/region.h"
#include "analysis/knowledge/loops.h"
#include "analysis/rules/loop_calls.h"
#include "analysis/rules/rule.h"
#include "analysis/rules/running_loop.h"

namespace awaitd::analysis {
namespace {

std::string version(int minor) { return "Python 3." + std::to_string(minor); }

bool gone(const UnitView& view, const Deprecation& row) {
  return row.removed != 0 && view.options().target >= PythonVersion{3, row.removed};
}

std::string in_code(std::string_view name) { return "`" + std::string(name) + "`"; }

std::string ending(const Deprecation& row) {
  if (row.replacement.empty()) return row.argument.empty() ? "." : "; leave it out.";
  return "; use " + in_code(row.replacement) + ".";
}

void tell(const UnitView& view, Report& report, NodeId node, const Deprecation& row, std::string what, bool fixable) {
  std::string text = std::move(what);
  const bool raises = gone(view, row);
  if (raises) {
    text += " is gone since " + version(row.removed);
  } else {
    text += " is deprecated since " + version(row.deprecated);
    if (row.removed != 0) text += " and gone with " + version(row.removed);
  }
  Finding& finding = report.add(node, text + ending(row));
  finding.origin = row.name;
  finding.severity = raises ? Severity::error : Severity::info;
  finding.fixable = fixable;
}

// Lock(loop=loop): the only calls worth a look are those with such a keyword.
void check_arguments(const UnitView& view, Report& report) {
  for (const Call& call : view.facts().calls) {
    for (const Argument& a : view.facts().arguments_of(call)) {
      if (a.name != "loop") continue;
      ValueSet callee = view.callee(call);
      if (callee.unknown || callee.values.size() != 1 || callee.values[0].kind != ValueKind::external) continue;
      for (const Deprecation& row : view.knowledge().deprecations(callee.values[0].name)) {
        if (row.argument != a.name) continue;
        tell(view, report, call.callee, row, "The argument `loop` of " + in_code(view.text(call.callee)),
             can_drop_argument(view, call, a));
      }
    }
  }
}

// In this function the loop of the thread is set, or looked after, before it is asked for.
bool knows_its_loop(const UnitView& view, const LoopCall& ask) {
  if (expects_error(view, ask.call->node)) return true;
  for (const LoopCall& other : view.loop_calls()) {
    if (other.call->function != ask.call->function || other.call->node >= ask.call->node) continue;
    if (other.as(LoopRole::set_loop) != nullptr) return true;
  }
  return false;
}

// `sys.version_info < (3, 14) and ...`, `if sys.version_info ...:` - on either side of the choice.
bool looks_at_version(const Unit& unit, NodeId node) {
  for (NodeId n = unit[node].parent; n != kNoNode; n = unit[n].parent) {
    NodeId condition = kNoNode;
    if (unit[n].kind == Kind::boolean_operator) condition = unit.child(n, Field::left);
    if (unit[n].kind == Kind::if_statement || unit[n].kind == Kind::elif_clause)
      condition = unit.child(n, Field::condition);
    if (condition == kNoNode) continue;
    std::string_view text = unit.text_of(condition);
    if (text.find("version_info") != std::string_view::npos || text.find("hasattr(") != std::string_view::npos)
      return true;
  }
  return false;
}

void check_current_loop(const UnitView& view, const LoopCall& call, const Deprecation& row, Report& report) {
  const FunctionId function = call.call->function;
  const bool on_loop = view.on_loop(function);
  if (!on_loop && (knows_its_loop(view, call) || looks_at_version(view.unit(), call.call->node))) return;
  const std::string name = in_code(std::string(view.text(call.call->callee)) + "()");
  std::string text;
  if (on_loop) {
    text = name + " works here, since a loop runs; `asyncio.get_running_loop()` says so.";
  } else {
    text =
        name + " raises RuntimeError from " + version(row.removed) +
        " on where no loop runs or is set; use `asyncio.run()` or `asyncio.Runner`, or get the running loop inside a "
        "coroutine.";
  }
  Finding& finding = report.add(call.call->callee, std::move(text));
  finding.origin = call.origin;
  finding.confidence = call.definite ? Confidence::definite : Confidence::probable;
  finding.severity = on_loop ? Severity::hint : Severity::info;
  if (!on_loop && gone(view, row)) {
    finding.severity = Severity::error;
    if (view.colour(function) != Colour::no_loop) finding.confidence = Confidence::probable;
  }
  finding.fixable = can_modernise(view, call);
}

void check_names(const UnitView& view, Report& report) {
  const Unit& unit = view.unit();
  NodeId told = kNoNode;  // one finding a statement: set_event_loop_policy(DefaultEventLoopPolicy())
  for (NodeId n = 0; n < unit.nodes.size(); ++n) {
    const Kind kind = unit[n].kind;
    if (kind == Kind::import_statement || kind == Kind::import_from_statement) {
      n += unit[n].size - 1;
      continue;
    }
    NodeId name = kind == Kind::attribute ? unit.child(n, Field::attribute) : kind == Kind::identifier ? n : kNoNode;
    if (name == kNoNode || (kind == Kind::identifier && !reads_name(unit, n))) continue;
    if (!view.knowledge().is_deprecated_word(unit.text_of(name))) continue;
    ValueSet values = view.values(n);
    if (values.unknown || values.values.size() != 1 || values.values[0].kind != ValueKind::external) continue;
    for (const Deprecation& row : view.knowledge().deprecations(values.values[0].name)) {
      if (!row.argument.empty() || view.knowledge().loop_fact(row.name, LoopRole::current_loop) != nullptr) continue;
      NodeId statement = view.facts().statement_of(n);
      if (statement == told || looks_at_version(unit, n)) continue;
      told = statement;
      tell(view, report, n, row, in_code(unit.text_of(n)), can_rename(view, n, row));
    }
  }
}

void check(const UnitView& view, Report& report) {
  check_arguments(view, report);
  for (const LoopCall& call : view.loop_calls()) {
    const LoopFact* fact = call.as(LoopRole::current_loop);
    if (fact == nullptr) continue;
    for (const Deprecation& row : view.knowledge().deprecations(fact->name))
      check_current_loop(view, call, row, report);
  }
  check_names(view, report);
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const LoopCall& call : view.loop_calls()) {
    if (call.as(LoopRole::current_loop) != nullptr && view.document_range(call.call->callee) == finding.range)
      return modernise(view, call, fixes);
  }
  for (const Call& call : view.facts().calls) {
    const Argument* argument = view.facts().keyword(call, "loop");
    if (argument != nullptr && view.document_range(call.callee) == finding.range)
      return drop_argument(view, call, *argument, fixes);
  }
  const Unit& unit = view.unit();
  for (NodeId n = 0; n < unit.nodes.size(); ++n) {
    const bool name = unit[n].kind == Kind::attribute || unit[n].kind == Kind::identifier;
    if (!name || !(view.document_range(n) == finding.range)) continue;
    for (const Deprecation& row : view.knowledge().deprecations(finding.origin)) {
      if (row.argument.empty()) return rename_to(view, n, row, fixes);
    }
  }
}

}  // namespace

extern constinit const Rule deprecated_event_loop_access = {
    .code = "AWD503",
    .name = "deprecated-event-loop-access",
    .summary = "A way to the event loop that newer Pythons take away",
    .severity = Severity::info,
    .mark = Mark::deprecated,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
