// AWD605: a handler for the TimeoutError of another kind: asyncio's and that of concurrent.futures are classes of their
// own before Python 3.11, and other names of the built-in one from then on.
#include <algorithm>

#include "analysis/fixes/fix_list.h"
#include "analysis/rules/timeouts.h"

namespace awaitd::analysis {
namespace {

constexpr std::string_view kBuiltin = "builtins.TimeoutError", kAsyncio = "asyncio.TimeoutError",
                           kFutures = "concurrent.futures.TimeoutError";
constexpr int kOneClassSince = 11;  // CPython 3.11: both became aliases of the built-in class

struct Handler {
  NodeId clause = kNoNode;
  NodeId name = kNoNode;             // the class as it is written
  std::string_view is;               // which of the three
  bool alone = false;                // the only class of its clause
  const ScopeFact* scope = nullptr;  // what raises the other one; null: only an alias
};

std::string_view class_of(const UnitView& view, NodeId node) {
  Kind kind = view.unit()[node].kind;
  if (kind != Kind::identifier && kind != Kind::attribute) return {};
  if (view.text(node).find("Timeout") == std::string_view::npos) return {};
  ValueSet values = view.values(node);
  if (values.unknown || values.values.size() != 1) return {};
  const std::string& name = values.values[0].name;
  for (std::string_view known : {kBuiltin, kAsyncio, kFutures}) {
    if (name == known) return known;
  }
  return {};
}

template <typename Each>
void for_each_class(const UnitView& view, NodeId statement, Each&& each) {
  const Unit& unit = view.unit();
  for (NodeId clause : children(unit, statement)) {
    if (unit[clause].kind != Kind::except_clause) continue;
    NodeId value = unit.child(clause, Field::value);
    if (value != kNoNode && unit[value].kind == Kind::as_pattern) value = unit.first_child(value);
    if (value == kNoNode) continue;
    if (unit[value].kind != Kind::tuple) {
      each(clause, value, true);
      continue;
    }
    for (NodeId element : children(unit, value)) each(clause, element, false);
  }
}

// Something in the body that raises asyncio's class when its time is up.
const ScopeFact* raises_in(const UnitView& view, NodeId body) {
  const Unit& unit = view.unit();
  for (const TimeoutScope& scope : view.effects().waits().timeout_scopes(view.at())) {
    bool inside = body <= scope.node && scope.node < body + unit[body].size;
    if (inside && scope.fact != nullptr && scope.fact->raises && scope.fact->exception == kAsyncio) return scope.fact;
  }
  return nullptr;
}

std::vector<Handler> handlers(const UnitView& view) {
  std::vector<Handler> found;
  if (!view.options().target_stated || !view.any_on_loop()) return found;
  const bool one_class = view.options().target.major > 3 || view.options().target.minor >= kOneClassSince;
  const Unit& unit = view.unit();
  for (NodeId n = 0; n < unit.nodes.size(); ++n) {
    if (unit[n].kind != Kind::try_statement) continue;
    NodeId body = unit.child(n, Field::body);
    if (body == kNoNode) continue;
    std::vector<Handler> here;
    bool caught = false;
    for_each_class(view, n, [&](NodeId clause, NodeId name, bool alone) {
      std::string_view is = class_of(view, name);
      if (!is.empty()) here.push_back({clause, name, is, alone});
      caught |= is == kAsyncio;
    });
    if (here.empty()) continue;
    const ScopeFact* scope = one_class ? nullptr : raises_in(view, body);
    for (Handler& h : here) {
      if (one_class && h.is == kBuiltin) continue;
      if (!one_class && (h.is == kAsyncio || caught || scope == nullptr)) continue;
      h.scope = scope;
      found.push_back(h);
    }
  }
  return found;
}

std::optional<Fix> repair(const UnitView& view, const Handler& handler, bool probe) {
  EditBuilder edits(view, probe);
  if (handler.scope == nullptr) {
    if (!view.is_global_at("TimeoutError", handler.name) || !handler.alone) return std::nullopt;
    if (view.linker().index().tables->globals.count("TimeoutError") != 0) return std::nullopt;
    edits.replace(handler.name, "TimeoutError");
    return edits.finish("Use the built-in TimeoutError", Safety::safe);
  }
  auto name = edits.name_for(kAsyncio, handler.name);
  if (!name) return std::nullopt;
  std::string text(view.text(handler.name));
  edits.replace(handler.name, handler.alone ? "(" + text + ", " + *name + ")" : text + ", " + *name);
  return edits.finish("Catch " + std::string(kAsyncio) + ", too", Safety::safe);
}

std::string message(const UnitView& view, const Handler& handler) {
  std::string name = "`" + std::string(view.text(handler.name)) + "`";
  if (handler.scope == nullptr)
    return name + " is another name of the built-in `TimeoutError` from Python 3.11 on; use that.";
  return "`" + std::string(handler.scope->name) + "()` raises `asyncio.TimeoutError`, which is no " + name +
         " before Python 3.11: this handler does not see it; catch `asyncio.TimeoutError`.";
}

void check(const UnitView& view, Report& report) {
  for (const Handler& handler : handlers(view)) {
    Finding& finding = report.add(handler.name, message(view, handler));
    finding.origin = handler.is;
    if (handler.scope == nullptr) finding.severity = Severity::hint;
    finding.fixable = repair(view, handler, true).has_value();
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const Handler& handler : handlers(view)) {
    if (view.document_range(handler.name) == finding.range)
      return fixes.add(repair(view, handler, fixes.probe()), true);
  }
}

}  // namespace

extern constinit const Rule timeout_error_mismatch = {
    .code = "AWD605",
    .name = "timeout-error-mismatch",
    .summary = "A handler for a TimeoutError of another kind",
    .severity = Severity::warning,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
