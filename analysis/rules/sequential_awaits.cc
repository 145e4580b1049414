// AWD706: a loop that awaits one call after the other, none of which needs the one before. Off by default: whether the
// order or the pace matters is not in the code.
#include "analysis/fixes/extract.h"
#include "analysis/rules/rule.h"
#include "analysis/unit_view.h"

namespace awaitd::analysis {
namespace {

// The awaited call that is all a loop's body does: `await f(x)`, `out.append(await f(x))`.
const Call* only_await(const UnitView& view, NodeId body) {
  const Unit& unit = view.unit();
  NodeId statement = kNoNode;
  for (NodeId c : children(unit, body)) {
    if (unit[c].kind == Kind::comment) continue;
    if (statement != kNoNode) return nullptr;
    statement = c;
  }
  if (statement == kNoNode || unit[statement].kind != Kind::expression_statement) return nullptr;
  NodeId inner = unit.first_child(statement);
  if (inner == kNoNode || (unit[inner].kind != Kind::await && unit[inner].kind != Kind::call)) return nullptr;
  const Call* found = nullptr;
  for (const Return& a : view.facts().awaits) {
    if (a.node < statement || a.node >= statement + unit[statement].size) continue;
    if (found != nullptr || a.value == kNoNode) return nullptr;
    found = view.facts().call_at(inside_parentheses(unit, a.value));
    if (found == nullptr) return nullptr;
  }
  return found;
}

bool mentions(const Unit& unit, NodeId root, std::string_view name) {
  for (NodeId n = root; n < root + unit[root].size; ++n) {
    if (unit[n].kind == Kind::identifier && unit.text_of(n) == name && unit[n].field != Field::attribute) return true;
  }
  return false;
}

// `await gather(*[f(x) for x in xs])`; of `out.append(await f(x))` what gather() gives is added at once.
std::optional<Fix> side_by_side(const UnitView& view, const Loop& loop, const Call& call, bool probe) {
  const Unit& unit = view.unit();
  const NodeId statement = view.facts().statement_of(call.node), inner = unit.first_child(statement);
  const auto indent = indentation_of(unit, loop.node);
  const auto lines = whole_lines(unit, loop.node, loop.node);
  if (!indent || !lines || unit.text.find('#', unit[loop.node].start) < lines->end ||
      unit.child(loop.node, Kind::else_clause) != kNoNode)
    return std::nullopt;
  std::string collected;
  if (unit[inner].kind == Kind::call) {
    const Call* outer = view.facts().call_at(inner);
    const NodeId object = outer == nullptr || outer->argument_count != 1 || unit[outer->callee].kind != Kind::attribute
                              ? kNoNode
                              : unit.child(outer->callee, Field::object);
    if (object == kNoNode || view.text(unit.child(outer->callee, Field::attribute)) != "append") return std::nullopt;
    for (const Value& v : view.values(object).values) {
      if (v.name != "builtins.list") return std::nullopt;
    }
    const Argument* argument = view.facts().positional(*outer, 0);
    if (argument == nullptr || unit[argument->value].kind != Kind::await) return std::nullopt;
    collected = view.text(object);
  }
  EditBuilder edits(view, probe);
  const auto gather = edits.name_for("asyncio.gather", call.node);
  if (!gather) return std::nullopt;
  const std::string all = "await " + *gather + "(*[" + std::string(view.text(call.node)) + " for " +
                          std::string(view.text(loop.target)) + " in " + std::string(view.text(loop.iterable)) + "])";
  edits.replace(loop.node, collected.empty() ? all : collected + ".extend(" + all + ")");
  return edits.finish("Run them side by side with `" + *gather + "()`", Safety::suggested);
}

void check(const UnitView& view, Report& report) {
  const Unit& unit = view.unit();
  for (const Loop& loop : view.facts().loops) {
    if (loop.async || unit[loop.node].kind != Kind::for_statement || !view.facts().functions[loop.function].async)
      continue;
    NodeId body = unit.child(loop.node, Field::body);
    if (body == kNoNode || loop.target == kNoNode || unit[loop.target].kind != Kind::identifier) continue;
    const Call* call = only_await(view, body);
    if (call == nullptr || call->arguments == kNoNode || !mentions(unit, call->node, unit.text_of(loop.target)))
      continue;
    Finding& finding =
        report.add(call->callee, "`" + std::string(view.text(call->callee)) +
                                     "()` is awaited once for each element, one after the other; if the order does not "
                                     "matter, `asyncio.gather()` or a task group runs them side by side.");
    finding.fixable = side_by_side(view, loop, *call, true).has_value();
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const Loop& loop : view.facts().loops) {
    if (loop.async || view.unit()[loop.node].kind != Kind::for_statement) continue;
    const NodeId body = view.unit().child(loop.node, Field::body);
    const Call* call = body == kNoNode ? nullptr : only_await(view, body);
    if (call != nullptr && view.document_range(call->callee) == finding.range)
      return fixes.add(side_by_side(view, loop, *call, fixes.probe()), true);
  }
}

}  // namespace

extern constinit const Rule sequential_awaits = {
    .code = "AWD706",
    .name = "sequential-awaits",
    .summary = "Independent awaits one after the other in a loop",
    .severity = Severity::hint,
    .enabled = false,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
