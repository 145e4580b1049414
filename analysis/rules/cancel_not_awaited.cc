// AWD308: task.cancel() in a coroutine that never waits for the task to end.
#include <algorithm>
#include <optional>

#include "analysis/fixes/extract.h"
#include "analysis/fixes/fix_list.h"
#include "analysis/rules/cancel_paths.h"
#include "analysis/rules/fixable.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

void fix(const UnitView& view, const Finding& finding, FixList& fixes);

NodeId receiver_of(const UnitView& view, const Call& call) {
  const Unit& unit = view.unit();
  if (call.callee == kNoNode || unit[call.callee].kind != Kind::attribute) return kNoNode;
  return unit.child(call.callee, Field::object);
}

// The loop that cancels each of a collection.
const Loop* loop_over(const UnitView& view, const Call& call, NodeId receiver) {
  for (const Loop& loop : view.facts().loops) {
    const Unit& unit = view.unit();
    bool inside = loop.node < call.node && call.node < loop.node + unit[loop.node].size;
    if (inside && unit[loop.node].kind == Kind::for_statement && loop.target != kNoNode && loop.iterable != kNoNode &&
        unit.text_of(loop.target) == unit.text_of(receiver))
      return &loop;
  }
  return nullptr;
}

// Another loop over the collection awaits each of them.
bool awaited_in_loop(const UnitView& view, const Loop& own) {
  const Facts& facts = view.facts();
  const Unit& unit = view.unit();
  for (const Loop& loop : facts.loops) {
    if (loop.function != own.function || loop.target == kNoNode || loop.iterable == kNoNode ||
        unit.text_of(loop.iterable) != unit.text_of(own.iterable))
      continue;
    for (const Return& a : facts.awaits) {
      const bool inside = a.node > loop.node && a.node < loop.node + unit[loop.node].size;
      if (inside && a.value != kNoNode && unit.text_of(a.value) == unit.text_of(loop.target)) return true;
    }
  }
  return false;
}

// `await task` and `await gather(task)`: whoever does it has waited, and nobody else gets the task.
bool only_waits(const UnitView& view, NodeId user) {
  if (view.unit()[user].kind == Kind::await) return true;
  const Call* call = view.facts().call_at(user);
  const TaskFact* fact = call == nullptr || !call->awaited ? nullptr : task_fact(view, *call);
  return fact != nullptr && (fact->role == TaskFact::Role::collect || fact->role == TaskFact::Role::watch ||
                             fact->role == TaskFact::Role::shield);
}

// Control comes to a use of the task after it was cancelled.
class Behind {
 public:
  Behind(const UnitView& view, const Call& cancel) : flow_(view.flow(cancel.function)) {
    for (EventId e : flow_.at(cancel.node)) {
      if (flow_.events[e].kind == EventKind::call)
        reached_.push_back(explore_from(flow_, e, {true, false}, [](const Event&, EventId) { return false; }));
    }
  }
  bool operator()(NodeId use) const {
    if (reached_.empty()) return true;  // unknown
    for (EventId e : flow_.at(use)) {
      if (std::any_of(reached_.begin(), reached_.end(), [&](const Reached& r) { return r.events[e]; })) return true;
    }
    return false;
  }

 private:
  const Flow& flow_;
  std::vector<Reached> reached_;
};

// Some code of this unit awaits the thing, hands it on, returns it or keeps it for others. cancel: of its function
// only, and if it is waited for there then behind that call.
bool mentioned(const UnitView& view, std::string_view what, NodeId except, const Call* cancel) {
  const Unit& unit = view.unit();
  const std::optional<Behind> behind =
      cancel == nullptr ? std::nullopt : std::optional<Behind>(std::in_place, view, *cancel);
  for (NodeId n = 0; n < unit.nodes.size(); ++n) {
    if (unit[n].kind != Kind::identifier && unit[n].kind != Kind::attribute) continue;
    if (unit.text_of(n) != what || n == except || unit[n].field == Field::attribute) continue;
    if (cancel != nullptr && view.facts().function_id_of(n) != cancel->function) continue;
    NodeId parent = unit[n].parent;
    while (parent != kNoNode &&
           (unit[parent].kind == Kind::parenthesized_expression || unit[parent].kind == Kind::list ||
            unit[parent].kind == Kind::tuple || unit[parent].kind == Kind::list_splat ||
            unit[parent].kind == Kind::set || unit[parent].kind == Kind::argument_list ||
            unit[parent].kind == Kind::expression_list || unit[parent].kind == Kind::keyword_argument))
      parent = unit[parent].parent;
    if (parent == kNoNode) continue;
    if (behind && only_waits(view, parent) && !(*behind)(n)) continue;
    Kind kind = unit[parent].kind;
    if (kind == Kind::await || kind == Kind::call || kind == Kind::return_statement || kind == Kind::yield) return true;
    if (kind == Kind::assignment && unit[n].field != Field::left) return true;
  }
  return false;
}

// A future that this function made a task of: `client.task = ensure_future(...)`.
bool holds_task(const UnitView& view, const Call& call) {
  NodeId receiver = receiver_of(view, call);
  if (receiver == kNoNode || view.unit()[receiver].kind != Kind::attribute || !is_future(view, receiver)) return false;
  const Facts& facts = view.facts();
  for (const AttributeStore& store : facts.attribute_stores) {
    bool same = store.function == call.function && store.how.target != kNoNode && store.how.value != kNoNode &&
                view.text(store.how.target) == view.text(receiver);
    const Call* made = same ? facts.call_at(inside_parentheses(view.unit(), store.how.value)) : nullptr;
    if (made != nullptr && made->argument_count == 0) continue;  // create_future(): nothing runs that could go on
    const TaskFact* fact = made == nullptr ? nullptr : task_fact(view, *made);
    if (fact != nullptr && fact->role == TaskFact::Role::spawn) return true;
  }
  return false;
}

bool is_cancel(const UnitView& view, const Call& call) {
  if (!call.statement || receiver_of(view, call) == kNoNode) return false;
  if (view.text(view.unit().child(call.callee, Field::attribute)) != "cancel") return false;
  const TaskFact* fact = task_fact(view, call);
  if (fact != nullptr) return fact->role == TaskFact::Role::cancel;
  return holds_task(view, call);
}

struct Cancelled {
  const Call* call = nullptr;
  NodeId what = kNoNode;  // the task, or the collection
  const Loop* loop = nullptr;
};

std::optional<Cancelled> dropped(const UnitView& view, const Call& call) {
  const Function& fn = view.facts().functions[call.function];
  if (!fn.async || !is_cancel(view, call)) return std::nullopt;
  Cancelled cancelled{&call, receiver_of(view, call), nullptr};
  if (cancelled.what == kNoNode || is_own_task(view, cancelled.what)) return std::nullopt;
  cancelled.loop = loop_over(view, call, cancelled.what);
  if (cancelled.loop != nullptr) cancelled.what = cancelled.loop->iterable;
  const Unit& unit = view.unit();
  Kind kind = unit[cancelled.what].kind;
  if (kind != Kind::identifier && kind != Kind::attribute) return std::nullopt;
  std::string_view text = unit.text_of(cancelled.what);
  if (mentioned(view, text, cancelled.what, &call)) return std::nullopt;
  if (cancelled.loop != nullptr && awaited_in_loop(view, *cancelled.loop)) return std::nullopt;
  if (kind == Kind::identifier) return cancelled;
  bool elsewhere = false;
  const bool nested = view.facts().functions.size() > 2;
  view.each_unit_that_mentions({text.substr(text.rfind('.') + 1)}, [&](const UnitView& other) {
    if (other.at().unit == view.at().unit && !nested) return;
    if (!elsewhere && other.unit().text.find(text) != std::string::npos)
      elsewhere = mentioned(other, text, kNoNode, nullptr);
  });
  return elsewhere ? std::nullopt : std::optional(cancelled);
}

// Where the function goes on, and where the task came from if that is here.
void add_notes(const UnitView& view, const Cancelled& cancelled, Finding& finding) {
  const Unit& unit = view.unit();
  for (const Binding& b : view.facts().bindings) {
    const bool made = b.kind == BindingKind::assign && b.value != kNoNode && b.index == -1 &&
                      b.value < cancelled.what && view.facts().scopes[b.scope].function == cancelled.call->function &&
                      b.name == unit.text_of(cancelled.what);
    if (!made || cancelled.loop != nullptr) continue;
    finding.notes.push_back({"", view.range(b.value), "the task begins here", -1});
    break;
  }
  const NodeId statement =
      cancelled.loop != nullptr ? cancelled.loop->node : view.facts().statement_of(cancelled.call->node);
  NodeId next = unit.next_sibling(statement);
  while (next != kNoNode && unit[next].kind == Kind::comment) next = unit.next_sibling(next);
  if (next == kNoNode) return;
  const std::uint32_t line_end =
      static_cast<std::uint32_t>(std::min(unit.text.find('\n', unit[next].start), unit.text.size()));
  const std::string what = cancelled.loop != nullptr ? "the tasks have" : "the task has";
  finding.notes.push_back({"",
                           {unit[next].start, std::min(unit[next].end, line_end)},
                           "this runs before " + what + " seen the cancellation",
                           -1});
}

void check(const UnitView& view, Report& report) {
  if (view.unit().text.find("cancel()") == std::string::npos) return;
  for (const Call& call : view.facts().calls) {
    auto cancelled = dropped(view, call);
    if (!cancelled) continue;
    Finding& finding =
        report.add(call.node, quoted(view, call.node) + " only asks: `" + view.function_name(call.function) +
                                  "()` goes on before the task has ended, and its last errors are lost; await "
                                  "`asyncio.gather(..., return_exceptions=True)`.");
    add_notes(view, *cancelled, finding);
    mark_fixable(view, finding, fix);
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  const Unit& unit = view.unit();
  for (const Call& call : view.facts().calls) {
    if (view.document_range(call.node) != finding.range) continue;
    auto cancelled = dropped(view, call);
    if (!cancelled) return;
    NodeId statement = cancelled->loop != nullptr ? cancelled->loop->node : view.facts().statement_of(call.node);
    auto indent = indentation_of(unit, statement);
    auto lines = whole_lines(unit, statement, statement);
    if (!indent || !lines) return;
    EditBuilder edits(view, fixes.probe());
    auto gather = edits.name_for("asyncio.gather", statement);
    if (!gather) return;
    std::string star = cancelled->loop != nullptr ? "*" : "";
    edits.insert(lines->end, std::string(view.document().line_ending()) + *indent + "await " + *gather + "(" + star +
                                 std::string(view.text(cancelled->what)) + ", return_exceptions=True)");
    fixes.add(edits.finish("Wait until it has ended", Safety::suggested), true);
    return;
  }
}

}  // namespace

extern constinit const Rule cancel_not_awaited = {
    .code = "AWD308",
    .name = "cancel-not-awaited",
    .summary = "A task is cancelled and nobody waits for its end",
    .severity = Severity::hint,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
