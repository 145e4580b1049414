// AWD703: gather() raises the first failure at once and leaves the other awaitables running: where the function goes
// on, or closes what they still use, they run behind its back.
#include "analysis/rules/loop_calls.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

// Several awaitables: two arguments, or one that stands for many.
bool several(const UnitView& view, const Call& call) {
  int count = 0;
  for (const Argument& a : view.facts().arguments_of(call)) {
    if (a.stars == 2 || a.name == "return_exceptions") return false;
    if (a.name.empty()) count += a.stars == 1 ? 2 : 1;
  }
  return count > 1;
}

NodeId last_statement(const Unit& unit, NodeId block) {
  NodeId last = kNoNode;
  for (NodeId c : children(unit, block)) {
    if (unit[c].kind != Kind::comment) last = c;
  }
  return last;
}

// A handler after which the function goes on. One that raises, leaves the process or stops the others itself does not
// count.
bool goes_on(const UnitView& view, NodeId clause) {
  const Unit& unit = view.unit();
  NodeId block = unit.child(clause, Kind::block);
  if (block == kNoNode) return false;
  NodeId last = last_statement(unit, block);
  if (last == kNoNode || unit[last].kind == Kind::raise_statement) return false;
  std::string_view text = unit.text_of(block);
  return text.find("cancel(") == std::string_view::npos && text.find("exit(") == std::string_view::npos;
}

// The handler of a try around the await that swallows a failure.
NodeId swallowing_handler(const UnitView& view, NodeId node) {
  const Unit& unit = view.unit();
  NodeId child = node;
  for (NodeId n = unit[node].parent; n != kNoNode; child = n, n = unit[n].parent) {
    Kind kind = unit[n].kind;
    if (kind == Kind::function_definition || kind == Kind::lambda) return kNoNode;
    if (kind != Kind::try_statement || unit[child].field != Field::body) continue;
    for (NodeId clause : children(unit, n)) {
      if (unit[clause].kind != Kind::except_clause) continue;
      NodeId value = unit.child(clause, Field::value);
      std::string_view caught = value == kNoNode ? std::string_view() : unit.text_of(value);
      // A cancellation goes to all of them by itself.
      if (value != kNoNode && (caught.ends_with("CancelledError") || caught == "KeyboardInterrupt")) continue;
      if (goes_on(view, clause)) return clause;
    }
  }
  return kNoNode;
}

bool mentions(const Unit& unit, NodeId root, std::string_view name) {
  for (NodeId n = root; n < root + unit[root].size; ++n) {
    if (unit[n].kind == Kind::identifier && unit.text_of(n) == name && unit[n].field != Field::attribute) return true;
  }
  return false;
}

// `async with Client() as client: await gather(f(client), g(client))`: leaving the block closes what the others use.
const WithItem* closing_block(const UnitView& view, const Call& call) {
  const Unit& unit = view.unit();
  for (const WithItem& item : view.facts().with_items) {
    const bool around = item.statement < call.node && call.node < item.statement + unit[item.statement].size;
    if (!around || item.function != call.function || item.target == kNoNode) continue;
    NodeId target = unit[item.target].kind == Kind::as_pattern_target ? unit.first_child(item.target) : item.target;
    if (target == kNoNode || unit[target].kind != Kind::identifier) continue;
    if (call.arguments != kNoNode && mentions(unit, call.arguments, unit.text_of(target))) return &item;
  }
  return nullptr;
}

void check(const UnitView& view, Report& report) {
  for (const LoopCall& call : view.loop_calls()) {
    if (call.as(LoopRole::gather) == nullptr || !call.call->awaited || !several(view, *call.call)) continue;
    const std::string name = "`" + std::string(view.text(call.call->callee)) + "()`";
    const NodeId handler = swallowing_handler(view, call.call->node);
    const WithItem* block = handler == kNoNode ? closing_block(view, *call.call) : nullptr;
    if (handler == kNoNode && block == nullptr) continue;
    std::string text = name + " raises the first failure and leaves the others running, ";
    text += handler != kNoNode ? "and this function goes on without them"
                               : "and leaving the `with` block closes what they still use";
    text += view.options().target >= PythonVersion{3, 11}
                ? "; a `TaskGroup` stops them."
                : "; cancel them, or look at all results with `return_exceptions=True`.";
    Finding& finding = report.add(call.call->callee, std::move(text));
    finding.origin = call.origin;
    finding.confidence = call.definite ? Confidence::definite : Confidence::probable;
    NodeId note = handler != kNoNode ? handler : block->value;
    Range range = view.range(note);
    if (handler != kNoNode) range.end = std::min(range.end, range.start + 6);
    finding.notes.push_back(
        {"", range, handler != kNoNode ? "the failure is handled here" : "closed when the block is left", -1});
  }
}

}  // namespace

extern constinit const Rule gather_leaves_siblings_running = {
    .code = "AWD703",
    .name = "gather-leaves-siblings-running",
    .summary = "gather() whose failure is handled while the other awaitables still run",
    .severity = Severity::info,
    .check = check,
};

}  // namespace awaitd::analysis
