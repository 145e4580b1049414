// AWD411: two halves of a protocol, one of them missing, so that somebody waits for ever: a pipe that nobody reads,
// data that is never drained, task_done() that an exception skips, a condition that is not looked at again.
#include <algorithm>
#include <set>

#include "analysis/fixes/extract.h"
#include "analysis/fixes/region.h"
#include "analysis/rules/timeouts.h"

namespace awaitd::analysis {
namespace {

struct Missing {
  const PairFact* pair = nullptr;
  NodeId node = kNoNode;  // what is underlined
  std::string message;
  Severity severity = Severity::warning;
  Confidence confidence = Confidence::definite;
  const Call* call = nullptr;  // pipe: the wait; drain: the last write; done: task_done
  const Call* get = nullptr;   // done
  NodeId noted = kNoNode;      // where the other half began
  std::string note;
};

NodeId object_of(const Unit& unit, NodeId callee) {
  return callee != kNoNode && unit[callee].kind == Kind::attribute ? unit.child(callee, Field::object) : kNoNode;
}

// The rows of one kind whose name this call surely has. All but those of pipes are about the object before the dot,
// which `get = queue.get` leaves out.
const PairFact* row_of(const UnitView& view, const Use& use, PairFact::Kind kind) {
  const Term& target = view.uses().terms[use.target];
  if (target.kind != TermKind::attribute && target.kind != TermKind::from_import && target.kind != TermKind::free_name)
    return nullptr;
  if (!view.knowledge().may_wait(target.text)) return nullptr;
  if (kind != PairFact::Kind::pipe && object_of(view.unit(), use.node) == kNoNode) return nullptr;
  ValueSet values = view.linker().values(view.uses().terms, use.target, view.at());
  if (values.values.size() != 1 || values.values[0].kind != ValueKind::external) return nullptr;
  std::string name = view.knowledge().canonical(values.values[0].name);
  for (const PairFact& row : view.knowledge().pairs()) {
    if (row.kind == kind && row.name == name) return &row;
  }
  return nullptr;
}

std::string_view method_of(const Unit& unit, NodeId callee) {
  NodeId name =
      callee != kNoNode && unit[callee].kind == Kind::attribute ? unit.child(callee, Field::attribute) : kNoNode;
  return name == kNoNode ? std::string_view() : unit.text_of(name);
}

// A call of `object.method` in the same function.
const Call* call_on(const UnitView& view, FunctionId function, std::string_view object, std::string_view method) {
  const Unit& unit = view.unit();
  for (const Call& call : view.facts().calls) {
    NodeId receiver = object_of(unit, call.callee);
    if (call.function == function && receiver != kNoNode && unit.text_of(receiver) == object &&
        method_of(unit, call.callee) == method)
      return &call;
  }
  return nullptr;
}

bool in_loop(const Unit& unit, NodeId node, bool only_while) {
  NodeId child = node;
  for (NodeId n = unit[child].parent; n != kNoNode; child = n, n = unit[n].parent) {
    Kind kind = unit[n].kind;
    if (kind == Kind::function_definition || kind == Kind::lambda) return false;
    if (kind == Kind::while_statement) return true;
    if (!only_while && kind == Kind::for_statement && unit[child].field == Field::body) return true;
  }
  return false;
}

// The name that surely holds what `await call` gives: `proc = await create(...)`.
std::string_view holder_of(const UnitView& view, const Call& call) {
  const Unit& unit = view.unit();
  NodeId outer = outside_parentheses(unit, call.node);
  NodeId await = unit[outer].parent;
  if (await == kNoNode || unit[await].kind != Kind::await) return {};
  for (const Binding& b : view.facts().bindings) {
    if (b.value == await && b.kind == BindingKind::assign && b.index == -1 &&
        view.facts().scopes[b.scope].function == call.function)
      return view.facts().bindings_in(b.scope, b.name).size() == 1 ? b.name : std::string_view();
  }
  return {};
}

bool is_pipe(const UnitView& view, const Argument& argument, const PairFact& row) {
  for (const Value& v : view.values(argument.value).values) {
    if (has_word(row.values, v.name)) return true;
  }
  return false;
}

// What happens to a process that a name holds.
struct Life {
  bool escapes = false;
  std::set<std::string_view> touched;  // attributes
  const Call* wait = nullptr;
};

Life life_of(const UnitView& view, std::string_view name, std::string_view wait) {
  Life life;
  const Unit& unit = view.unit();
  for (NodeId n = 0; n < unit.nodes.size(); ++n) {
    if (unit[n].kind != Kind::identifier || unit.text_of(n) != name || !reads_name(unit, n)) continue;
    NodeId parent = unit[n].parent;
    auto targets = [n](const Binding& b) { return b.target == n; };
    if (std::any_of(view.facts().bindings.begin(), view.facts().bindings.end(), targets)) continue;
    if (parent == kNoNode || unit[parent].kind != Kind::attribute || unit[n].field != Field::object) {
      life.escapes = true;
      continue;
    }
    std::string_view method = method_of(unit, parent);
    life.touched.insert(method);
    const Call* call = view.facts().call_at(unit[parent].parent);
    if (method == wait && call == nullptr) life.escapes = true;
    if (method == wait && life.wait == nullptr) life.wait = call;
  }
  return life;
}

void find_pipes(const UnitView& view, std::vector<Missing>& out) {
  for (const Use& use : view.uses().uses) {
    if (use.kind != UseKind::call) continue;
    const PairFact* first = row_of(view, use, PairFact::Kind::pipe);
    if (first == nullptr) continue;
    const Call& call = view.facts().calls[use.call];
    std::string_view name = holder_of(view, call);
    if (name.empty()) continue;
    std::string unread;
    Life life = life_of(view, name, first->waits);
    for (const PairFact& row : view.knowledge().pairs()) {
      if (row.kind != PairFact::Kind::pipe || row.name != first->name) continue;
      const Argument* argument = view.facts().keyword(call, row.keyword);
      bool read = life.touched.count(row.keyword) != 0 || life.touched.count(row.partner) != 0;
      if (argument == nullptr || read || !is_pipe(view, *argument, row)) continue;
      unread += (unread.empty() ? "`" : " and `") + std::string(row.keyword) + "`";
    }
    if (unread.empty() || life.escapes || life.wait == nullptr) continue;
    Missing found;
    found.pair = first;
    found.call = life.wait;
    found.node = life.wait->callee;
    found.noted = call.callee;
    found.note = "the process is started here, with a pipe for its " + unread;
    found.message = "`" + std::string(name) + "." + std::string(first->waits) +
                    "()` waits for ever once the process has written more than a pipe holds: nobody reads its " +
                    unread + "; use `await " + std::string(name) + "." + std::string(first->partner) +
                    "()`, or leave the pipe out.";
    out.push_back(std::move(found));
  }
}

void find_undrained(const UnitView& view, std::vector<Missing>& out) {
  const Unit& unit = view.unit();
  for (const Use& use : view.uses().uses) {
    if (use.kind != UseKind::call || !view.facts().functions[use.function].async) continue;
    const Call& call = view.facts().calls[use.call];
    if (!call.statement || !in_loop(unit, call.node, false)) continue;
    const PairFact* row = row_of(view, use, PairFact::Kind::drain);
    if (row == nullptr) continue;
    std::string object(unit.text_of(object_of(unit, call.callee)));
    bool drained = std::any_of(view.facts().calls.begin(), view.facts().calls.end(), [&](const Call& c) {
      return c.function == use.function && method_of(unit, c.callee).find(row->partner) != std::string_view::npos;
    });
    bool known = std::any_of(out.begin(), out.end(), [&](const Missing& m) {
      return m.pair == row && unit.text_of(object_of(unit, m.call->callee)) == object &&
             m.call->function == call.function;
    });
    if (drained || known) continue;
    Missing found;
    found.pair = row;
    found.call = &call;
    found.node = call.callee;
    found.severity = Severity::info;
    found.message = "`" + object + "." + std::string(method_of(unit, call.callee)) + "()` in a loop without `await " +
                    object + "." + std::string(row->partner) +
                    "()`: what the other side does not read in time piles up in memory; drain it in the loop.";
    out.push_back(std::move(found));
  }
}

// `if self.busy: await changed.wait()`, and behind the block of the lock `if not self.busy:` once more.
bool asks_again(const UnitView& view, NodeId statement) {
  const Unit& unit = view.unit();
  NodeId tested = kNoNode, held = kNoNode;
  for (NodeId n = unit[statement].parent; n != kNoNode && held == kNoNode; n = unit[n].parent) {
    if (unit[n].kind == Kind::if_statement && tested == kNoNode) tested = unit.child(n, Field::condition);
    if (unit[n].kind == Kind::with_statement) held = n;
  }
  if (tested == kNoNode || held == kNoNode || unit[tested].start < unit[held].start) return false;
  const FunctionId function = view.facts().function_id_of(statement);
  for (NodeId n = held + unit[held].size; n < unit.nodes.size(); ++n) {
    const bool asks = unit[n].kind == Kind::if_statement || unit[n].kind == Kind::while_statement;
    const NodeId condition =
        asks && view.facts().function_id_of(n) == function ? unit.child(n, Field::condition) : kNoNode;
    for (NodeId m = tested; condition != kNoNode && m < tested + unit[tested].size; ++m) {
      const bool place = unit[m].kind == Kind::attribute || unit[m].kind == Kind::identifier;
      if (!place || (unit[m].kind == Kind::identifier && unit[unit[m].parent].kind == Kind::attribute)) continue;
      for (NodeId again = condition; again < condition + unit[condition].size; ++again) {
        if (unit[again].kind == unit[m].kind && unit.text_of(again) == unit.text_of(m)) return true;
      }
    }
  }
  return false;
}

void find_unguarded(const UnitView& view, std::vector<Missing>& out) {
  const Unit& unit = view.unit();
  for (const Use& use : view.uses().uses) {
    if (use.kind != UseKind::call || !use.awaited) continue;
    const Call& call = view.facts().calls[use.call];
    if (in_loop(unit, call.node, true)) continue;
    const PairFact* row = row_of(view, use, PairFact::Kind::loop);
    if (row == nullptr || asks_again(view, view.facts().statement_of(call.node))) continue;
    Missing found;
    found.pair = row;
    found.call = &call;
    found.node = call.callee;
    NodeId block = unit[view.facts().statement_of(call.node)].parent;
    NodeId around = block == kNoNode ? kNoNode : unit[block].parent;
    bool tested = around != kNoNode && unit[around].kind == Kind::if_statement;
    if (!tested) found.severity = Severity::info;
    std::string object(unit.text_of(object_of(unit, call.callee)));
    found.message =
        "`" + object +
        ".wait()` returns when somebody notifies, not when the condition holds: another task may have been faster; " +
        (tested ? "test again with `while`" : "wait in a `while` loop that tests the condition") +
        (row->partner.empty() ? "." : ", or use `" + object + "." + std::string(row->partner) + "()`.");
    out.push_back(std::move(found));
  }
}

bool may_raise(const UnitView& view, NodeId from, NodeId to) {
  const Unit& unit = view.unit();
  for (NodeId s = unit.next_sibling(from); s != kNoNode && s < to; s = unit.next_sibling(s)) {
    if (unit[s].kind == Kind::try_statement || unit[s].kind == Kind::comment) continue;
    for (const Call& call : view.facts().calls) {
      if (s <= call.node && call.node < s + unit[s].size) return true;
    }
  }
  return false;
}

bool anybody_joins(const UnitView& view, const PairFact& row) {
  std::string wanted = std::string(row.name.substr(0, row.name.rfind('.'))) + "." + std::string(row.waits);
  view.look_for(row.waits);
  for (std::uint32_t u : view.linker().mentioning(row.waits)) {
    for (const WaitPlace& place : view.effects().waits().unit({0, u}).places) {
      if (place.fact->name == wanted) return true;
    }
  }
  return false;
}

void find_undone(const UnitView& view, std::vector<Missing>& out) {
  const Unit& unit = view.unit();
  for (const Use& use : view.uses().uses) {
    if (use.kind != UseKind::call || !use.awaited) continue;
    const Call& get = view.facts().calls[use.call];
    if (!in_loop(unit, get.node, false)) continue;
    const PairFact* row = row_of(view, use, PairFact::Kind::done);
    if (row == nullptr) continue;
    std::string_view object = unit.text_of(object_of(unit, get.callee));
    const Call* done = call_on(view, use.function, object, row->partner);
    if (done == nullptr) continue;
    NodeId first = view.facts().statement_of(get.node), last = view.facts().statement_of(done->node);
    if (unit[first].parent != unit[last].parent || first >= last || !may_raise(view, first, last)) continue;
    // In a try whose handler goes on, only the done is lost; without one the worker ends, too.
    if (!anybody_joins(view, *row)) continue;
    Missing found;
    found.pair = row;
    found.call = done;
    found.get = &get;
    found.node = done->callee;
    found.noted = get.node;
    found.note = "what is taken here is never marked as done if something raises before that";
    std::string name(object);
    found.message = "An exception between `" + name + ".get()` and `" + name + "." + std::string(row->partner) +
                    "()` skips the latter, and `" + name + "." + std::string(row->waits) +
                    "()` waits for ever; put it into a `finally`.";
    out.push_back(std::move(found));
  }
}

std::vector<Missing> all_missing(const UnitView& view) {
  std::vector<Missing> found;
  if (!view.any_on_loop()) return found;
  find_pipes(view, found);
  find_undrained(view, found);
  find_unguarded(view, found);
  find_undone(view, found);
  return found;
}

std::optional<Fix> repair(const UnitView& view, const Missing& missing, bool probe) {
  const Unit& unit = view.unit();
  EditBuilder edits(view, probe);
  std::string object(unit.text_of(object_of(unit, missing.call->callee)));
  NodeId statement = view.facts().statement_of(missing.call->node);
  auto indent = indentation_of(unit, statement);
  std::string newline = view.document().text().find("\r\n") == std::string::npos ? "\n" : "\r\n";
  switch (missing.pair->kind) {
    case PairFact::Kind::pipe: {
      NodeId await = unit[outside_parentheses(unit, missing.call->node)].parent;
      bool dropped = await != kNoNode && unit[await].kind == Kind::await &&
                     unit[unit[await].parent].kind == Kind::expression_statement;
      if (!dropped) return std::nullopt;
      edits.replace(unit.child(missing.call->callee, Field::attribute), std::string(missing.pair->partner));
      return edits.finish("Read the pipes with " + std::string(missing.pair->partner) + "()", Safety::suggested);
    }
    case PairFact::Kind::drain: {
      auto range = whole_lines(unit, statement, statement);
      if (!indent || !range || !can_await(view, missing.call->node)) return std::nullopt;
      edits.insert(range->end, newline + *indent + "await " + object + "." + std::string(missing.pair->partner) + "()");
      return edits.finish("Drain after writing", Safety::suggested);
    }
    case PairFact::Kind::done: {
      NodeId first = unit.next_sibling(view.facts().statement_of(missing.get->node));
      if (!missing.call->statement || first == kNoNode || first >= statement || !indent) return std::nullopt;
      NodeId last = first;
      for (NodeId s = first; s != kNoNode && s < statement; s = unit.next_sibling(s)) last = s;
      auto range = whole_lines(unit, first, last), line = whole_lines(unit, statement, statement);
      if (!range || !line) return std::nullopt;
      std::string step = indentation_step(view, missing.call->function);
      edits.replace(*range, *indent + "try:" + newline + indented(unit, *range, step) + newline + *indent + "finally:");
      edits.insert(line->start, step);
      return edits.finish("Call " + std::string(missing.pair->partner) + "() in a finally", Safety::suggested);
    }
    case PairFact::Kind::loop: {
      NodeId around = unit[unit[statement].parent].parent;
      if (around == kNoNode || unit[around].kind != Kind::if_statement ||
          unit.child(around, Field::alternative) != kNoNode)
        return std::nullopt;
      edits.replace(Range{unit[around].start, unit[around].start + 2}, "while");
      return edits.finish("Test again with while", Safety::suggested);
    }
  }
  return std::nullopt;
}

void check(const UnitView& view, Report& report) {
  for (const Missing& missing : all_missing(view)) {
    Finding& finding = report.add(missing.node, missing.message);
    finding.origin = missing.pair->name;
    finding.severity = view.in_test(missing.call->function) ? Severity::info : missing.severity;
    finding.confidence = missing.confidence;
    finding.fixable = repair(view, missing, true).has_value();
    if (missing.noted != kNoNode) finding.notes.push_back({"", view.range(missing.noted), missing.note, -1});
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const Missing& missing : all_missing(view)) {
    if (view.document_range(missing.node) == finding.range)
      return fixes.add(repair(view, missing, fixes.probe()), true);
  }
}

}  // namespace

extern constinit const Rule pipe_never_read = {
    .code = "AWD411",
    .name = "pipe-never-read",
    .summary = "A protocol whose other half is missing: an unread pipe, a skipped task_done()",
    .severity = Severity::warning,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
