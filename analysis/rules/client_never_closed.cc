// AWD807: a client with connections of its own that is made in a coroutine and never closed, anew in every round or for
// every request.
#include "analysis/fixes/extract.h"
#include "analysis/fixes/region.h"
#include "analysis/rules/concurrency.h"
#include "analysis/rules/coroutine_values.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

struct Client {
  const Call* call = nullptr;
  std::string origin;
  std::string_view closers;  // names of the methods that close it, space separated
};

std::optional<Client> client_of(const UnitView& view, const Call& call) {
  if (call.callee == kNoNode || !view.facts().functions[call.function].async) return std::nullopt;
  ValueSet callee = view.callee(call);
  if (callee.unknown || callee.values.size() != 1 || callee.values.front().kind != ValueKind::external)
    return std::nullopt;
  CoroutineUse use = coroutine_use(callee.values.front().name);
  if (use.role != CoroutineRole::client) return std::nullopt;
  return Client{&call, callee.values.front().name, use.words};
}

bool closes(std::string_view closers, std::string_view method) {
  for (std::string_view rest = closers; !rest.empty();) {
    std::size_t space = rest.find(' ');
    if (rest.substr(0, space) == method) return true;
    rest.remove_prefix(space == std::string_view::npos ? rest.size() : space + 1);
  }
  return false;
}

// True if this function alone has the client and lets it go unclosed.
bool left_open(const UnitView& view, const Client& client, const UseOfResult& use) {
  if (use.use == ResultUse::attribute) return !closes(client.closers, use.member);
  if (use.use != ResultUse::named) return false;
  NameUses uses = uses_of_binding(view.facts(), use.binding);
  if (!uses.all || uses.nodes.empty()) return false;
  for (NodeId node : uses.nodes) {
    UseOfResult one = use_of_result(view.facts(), node);
    if (one.use != ResultUse::attribute || closes(client.closers, one.member)) return false;
  }
  return true;
}

// `async with` in the place of the assignment, around all that stands behind it in its block: what the client has
// given, a response still to be read, may need it longer than its name is used.
std::optional<Fix> enter(const UnitView& view, const Client& client, const UseOfResult& use, bool probe) {
  const Unit& unit = view.unit();
  const NodeId call = client.call->node, assignment = unit[call].parent;
  const NodeId statement = view.facts().statement_of(call);
  if (use.use != ResultUse::named || unit[assignment].kind != Kind::assignment ||
      unit[assignment].parent != statement || unit.child(assignment, Field::type) != kNoNode ||
      view.facts().functions[client.call->function].generator)
    return std::nullopt;
  NodeId last = kNoNode;
  for (NodeId sibling : children(unit, unit[statement].parent)) {
    if (unit[sibling].kind != Kind::comment) last = sibling;
  }
  const NodeId name = unit.child(assignment, Field::left);
  if (last <= statement || name == kNoNode || unit[name].kind != Kind::identifier) return std::nullopt;
  for (NodeId node : uses_of_binding(view.facts(), use.binding).nodes) {
    if (node <= statement || node >= last + unit[last].size) return std::nullopt;
  }
  const auto own = whole_lines(unit, statement, statement);
  const auto all = whole_lines(unit, statement, last);
  if (!own || !all) return std::nullopt;
  EditBuilder edits(view, probe);
  edits.replace(statement, "async with " + std::string(view.text(call)) + " as " + std::string(view.text(name)) + ":");
  const Range rest{next_line(unit, own->end), all->end};
  edits.replace(rest, indented(unit, rest, indentation_step(view, client.call->function)));
  return edits.finish("Close it with async with", Safety::suggested);
}

bool in_loop(const Unit& unit, NodeId node) {
  NodeId child = node;
  for (NodeId n = unit[node].parent; n != kNoNode; child = n, n = unit[n].parent) {
    Kind kind = unit[n].kind;
    if (kind == Kind::function_definition || kind == Kind::lambda) return false;
    bool loop = kind == Kind::for_statement || kind == Kind::while_statement;
    if (loop && unit[child].field == Field::body) return true;
  }
  return false;
}

// What it is made of hangs on the request: its user's token, the host asked for.
bool is_made_for_this_call(const UnitView& view, const Call& call) {
  const Unit& unit = view.unit();
  const Facts& facts = view.facts();
  for (const Argument& a : facts.arguments_of(call)) {
    if (a.stars != 0) return true;
    for (NodeId n = a.value; n < a.value + unit[a.value].size; ++n) {
      if (unit[n].kind != Kind::identifier || !reads_name(unit, n)) continue;
      for (ScopeId s = facts.scope_of[n]; s != kNone; s = facts.scopes[s].parent) {
        const bool local = facts.scopes[s].kind == ScopeKind::function;
        if (local && !facts.bindings_in(s, unit.text_of(n)).empty()) return true;
      }
    }
  }
  return false;
}

void report_handler(const UnitView& view, const Client& client, const std::string& callee, Report& report) {
  const FunctionId function = client.call->function;
  if (view.in_test(function) || !is_handler(view, function, false) || is_made_for_this_call(view, *client.call)) return;
  Finding& finding = report.add(client.call->node,
                                callee + " is made anew for every call of `" + view.function_name(function) +
                                    "()`, with new connections each time; make it once when the program starts and "
                                    "share it.");
  finding.origin = client.origin;
  finding.severity = Severity::hint;  // below what a fix may bring: AWD102's enters a client
}

void check(const UnitView& view, Report& report) {
  for (const Call& call : view.facts().calls) {
    std::optional<Client> client = client_of(view, call);
    if (!client) continue;
    UseOfResult use = use_of_result(view.facts(), call.node);
    std::string callee = "`" + std::string(view.text(call.callee)) + "()`";
    if (left_open(view, *client, use)) {
      Finding& finding =
          report.add(call.node, callee +
                                    " is never closed: its connections stay open until the garbage collector comes; "
                                    "use `async with " +
                                    std::string(view.text(call.callee)) + "(...) as ...`.");
      finding.origin = client->origin;
      finding.fixable = enter(view, *client, use, true).has_value();
      if (view.in_test(call.function)) finding.severity = Severity::info;
    } else if (use.use == ResultUse::entered && in_loop(view.unit(), call.node)) {
      Finding& finding = report.add(
          call.node,
          callee + " is made anew in every round, with new connections each time; make it once before the loop.");
      finding.origin = client->origin;
      finding.severity = view.in_test(call.function) ? Severity::hint : Severity::info;
    } else if (use.use == ResultUse::entered) {
      report_handler(view, *client, callee, report);
    }
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const Call& call : view.facts().calls) {
    if (view.document_range(call.node) != finding.range) continue;
    const auto client = client_of(view, call);
    const UseOfResult use = use_of_result(view.facts(), call.node);
    if (client && left_open(view, *client, use)) fixes.add(enter(view, *client, use, fixes.probe()), true);
  }
}

}  // namespace

extern constinit const Rule client_never_closed = {
    .code = "AWD807",
    .name = "client-never-closed",
    .summary = "An async client made in a coroutine and never closed, or made anew in a loop or for every request",
    .severity = Severity::warning,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
