#include "analysis/fixes/offload.h"

#include <algorithm>

#include "analysis/fixes/events.h"
#include "analysis/fixes/extract.h"
#include "analysis/fixes/timeout_fixes.h"
#include "analysis/rules/consumption.h"

namespace awaitd::analysis {
namespace {

bool too_old(const UnitView& view) {
  const PythonVersion& target = view.options().target;
  return target.major <= 3 && view.library().offload_since > target.minor;
}

// The text between a call's parentheses, comments and line breaks included, with one more argument behind the last one.
std::string arguments_and(const UnitView& view, const Call& call, std::string_view more) {
  const Unit& unit = view.unit();
  std::string text(view.text(call.arguments));
  if (text.size() < 2) return std::string(more);
  if (!more.empty()) {
    const ArgumentPlace place = next_argument(view, call);
    text.insert(place.at - unit[call.arguments].start, place.before + std::string(more));
  }
  return text.substr(1, text.size() - 2);
}

bool calls_builtin(const UnitView& view, const Call& call, std::string_view name) {
  ValueSet callee = view.callee(call);
  return !callee.unknown && callee.values.size() == 1 && callee.values[0].name == name;
}

// The call around `node` that reads it and is done with it: sorted(path.glob("*")), next(paths, None). Not next(paths):
// its StopIteration could not come back through an await.
NodeId consumer(const UnitView& view, NodeId node) {
  const Unit& unit = view.unit();
  NodeId outer = outside_parentheses(unit, node);
  NodeId list = unit[outer].field == Field::arguments ? outer : unit[outer].parent;  // f(x for x in y) has no list
  if (list == kNoNode || unit[list].parent == kNoNode) return kNoNode;
  if (list != outer && unit[list].kind != Kind::argument_list) return kNoNode;
  const Call* call = view.facts().call_at(unit[list].parent);
  const Argument* first = call == nullptr ? nullptr : view.facts().positional(*call, 0);
  if (first == nullptr || first->value != outer) return kNoNode;
  bool more = view.facts().positional(*call, 1) != nullptr;
  bool done = more ? calls_builtin(view, *call, "builtins.next") : reads_to_the_end(view, *call);
  return done ? call->node : kNoNode;
}

bool is_iterable(const UnitView& view, NodeId node) {
  NodeId outer = outside_parentheses(view.unit(), node);
  return std::any_of(view.facts().loops.begin(), view.facts().loops.end(), [&](const Loop& loop) {
    if (loop.iterable != outer) return false;
    return view.unit()[loop.node].kind == Kind::for_in_clause || !steers_its_iterator(view, loop);
  });
}

// True if a list may stand where the iterator stands: enumerate(path.glob("*")), [*path.glob("*")].
bool may_be_a_list(const UnitView& view, NodeId node) {
  const Unit& unit = view.unit();
  NodeId outer = outside_parentheses(unit, node), parent = unit[outer].parent;
  if (is_iterable(view, node)) return true;
  if (parent == kNoNode) return false;
  Kind kind = unit[parent].kind;
  if (kind == Kind::list_splat || kind == Kind::comparison_operator) return true;
  const Call* call = kind == Kind::argument_list ? view.facts().call_at(unit[parent].parent) : nullptr;
  return call != nullptr && !calls_builtin(view, *call, "builtins.next");
}

// True if a lambda may hold this expression: nothing in it belongs to the function around.
bool fits_a_lambda(const Unit& unit, NodeId node) {
  for (NodeId n = node; n < node + unit[node].size; ++n) {
    Kind kind = unit[n].kind;
    if (kind == Kind::await || kind == Kind::yield || kind == Kind::named_expression) return false;
  }
  return true;
}

bool builtin_list(const UnitView& view, NodeId node) {
  return view.is_global_at("list", node) && !view.linker().index().tables->globals.contains("list");
}

// The call that reads to the end the generator expression in which node stands: any(p.exists() for p in paths).
NodeId reader_of_generator(const UnitView& view, NodeId node) {
  const Unit& unit = view.unit();
  NodeId reader = kNoNode;
  for (NodeId n = node; n != kNoNode; n = unit[n].parent) {
    Kind kind = unit[n].kind;
    if (kind == Kind::function_definition || kind == Kind::lambda) return reader;
    if (kind != Kind::generator_expression) continue;
    reader = consumer(view, n);
    if (reader == kNoNode) return kNoNode;
  }
  return reader;
}

bool replace_by(EditBuilder& edits, const UnitView& view, NodeId node, std::string call, bool keywords) {
  auto expression = offloaded(edits, view, node, std::move(call), keywords);
  if (!expression) return false;
  edits.replace(node, awaited(view.unit(), node, *expression));
  return true;
}

bool offload_reader(EditBuilder& edits, const UnitView& view, NodeId reader) {
  if (!can_await(view, reader) || !fits_a_lambda(view.unit(), reader)) return false;
  return replace_by(edits, view, reader, "lambda: " + std::string(view.text(reader)), false);
}

// True if what the call returns is itself read slowly: for line in open(path).
bool result_blocks(const UnitView& view, const Call& call) {
  for (const Value& v : view.values(call.node).values) {
    if (v.kind == ValueKind::instance && view.knowledge().blocking(v.name + ".__iter__") != nullptr) return true;
  }
  return false;
}

bool offload_lazy(EditBuilder& edits, const UnitView& view, const BlockingEvent& event) {
  NodeId node = event.call->node;
  if (NodeId all = consumer(view, node); all != kNoNode) return offload_reader(edits, view, all);
  if (!may_be_a_list(view, node) || !fits_a_lambda(view.unit(), node) || !builtin_list(view, node)) return false;
  return replace_by(edits, view, node, "lambda: list(" + std::string(view.text(node)) + ")", false);
}

}  // namespace

bool has_keywords(const UnitView& view, const Call& call) {
  for (const Argument& a : view.facts().arguments_of(call)) {
    if (!a.name.empty() || a.stars == 2) return true;
  }
  return false;
}

std::string callable_and_arguments(const UnitView& view, const Call& call, std::string_view more) {
  std::string callee(view.text(call.callee));
  if (view.unit()[call.arguments].kind == Kind::generator_expression)
    return callee + ", " + std::string(view.text(call.arguments));
  std::string inner = arguments_and(view, call, more);
  std::size_t first = inner.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return callee;
  if (inner.substr(0, first).find('\n') == std::string::npos) return callee + ", " + inner.substr(first);
  return inner.substr(0, first) + callee + "," + inner;
}

std::string offload_name(const UnitView& view) {
  return too_old(view) ? "loop.run_in_executor" : std::string(view.library().offload);
}

std::string offload_title(const UnitView& view, std::string_view what) {
  return "Run " + std::string(what) + (what.empty() ? "" : " ") + "in a worker thread with " + offload_name(view);
}

std::optional<std::string> offloaded(EditBuilder& edits, const UnitView& view, NodeId node, std::string call,
                                     bool keywords) {
  const AsyncLibrary& library = view.library();
  if (keywords && (!library.offload_keywords || too_old(view))) {
    auto partial = edits.name_for("functools.partial", node);
    if (!partial) return std::nullopt;
    call = *partial + "(" + call + ")";
  }
  if (too_old(view)) {
    auto loop = edits.name_for(std::string(library.name) + ".get_running_loop", node);
    if (!loop) return std::nullopt;
    return *loop + "().run_in_executor(None, " + call + ")";
  }
  auto offload = edits.name_for(library.offload, node);
  if (!offload) return std::nullopt;
  return *offload + "(" + call + ")";
}

bool offload_call(EditBuilder& edits, const UnitView& view, const Call& call) {
  const std::string timeout = timeout_in_thread(edits, view, call);
  const bool keywords = !timeout.empty() || has_keywords(view, call);
  return replace_by(edits, view, call.node, callable_and_arguments(view, call, timeout), keywords);
}

bool may_offload(const BlockingEvent& event) {
  const BlockingFact& fact = *event.fact;
  if (fact.offload != Offload::yes && fact.offload != Offload::own_object) return false;
  return fact.gil != Gil::held && fact.kind != BlockingKind::sleep;
}

bool offload_event(EditBuilder& edits, const UnitView& view, const BlockingEvent& event) {
  if (!may_offload(event) || event.by == UseKind::enter) return false;
  if (NodeId reader = reader_of_generator(view, event.node); reader != kNoNode)
    return offload_reader(edits, view, reader);
  if (!can_await(view, event.node)) return false;
  NodeId all = comprehension_around(view.unit(), event.node);
  if (event.fact->kind == BlockingKind::file_io && all != kNoNode) return offload_reader(edits, view, all);
  if (event.by == UseKind::iterate) {
    // What is read from here on is read in one go.
    if (!builtin_list(view, event.node) || !is_iterable(view, event.node)) return false;
    return replace_by(edits, view, event.node, "list, " + std::string(view.text(event.node)), false);
  }
  if (event.call == nullptr || event.call->arguments == kNoNode) return false;  // reading a property is no call
  // What is done with the file or the response has to move, too.
  bool file = event.fact->kind == BlockingKind::file_io, with = is_with_item(view, event);
  if ((file && with) || ((file || with) && !followers(view, event).empty())) return false;
  bool read_here = is_iterable(view, event.call->node) || consumer(view, event.call->node) != kNoNode;
  if (gives_an_iterator(*event.fact) || (read_here && result_blocks(view, *event.call)))
    return offload_lazy(edits, view, event);
  NodeId whole = chained_calls(view, event);
  if (whole != event.call->node) {
    if (!fits_a_lambda(view.unit(), whole)) return false;
    return replace_by(edits, view, whole, "lambda: " + std::string(view.text(whole)), false);
  }
  return offload_call(edits, view, *event.call);
}

void fix_thread(const UnitView& view, const BlockingEvent& event, FixList& fixes) {
  EditBuilder edits(view, fixes.probe());
  if (!offload_event(edits, view, event)) return;
  auto fix = edits.finish(offload_title(view), Safety::suggested);
  if (fix && has_tab_stop(*fix)) fix->title += " and a timeout";
  fixes.add(std::move(fix), event.fact->strength != Strength::small);
}

}  // namespace awaitd::analysis
