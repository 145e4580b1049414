// AWD205: something that cannot be pickled, handed to another process: the call fails when it runs.
#include <algorithm>

#include "analysis/effects/names.h"
#include "analysis/fixes/module_function.h"
#include "analysis/knowledge/processes.h"
#include "analysis/rules/hand_over.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

constexpr std::string_view kWay = "; hand over a function of the module, and data.";

// What keeps a value from being pickled: "a lambda", "an open file"; empty if nothing is known to.
std::string_view obstacle(const Value& v) {
  if (v.kind == ValueKind::generator) return "a generator";
  if (v.kind == ValueKind::coroutine) return "a coroutine";
  if (v.kind != ValueKind::instance || v.probable) return {};
  if (std::string_view what = unpicklable(v.name); !what.empty()) return what;
  return {};
}

struct Held {
  std::string attribute;
  std::string_view what;
};

// An attribute of a project class whose objects hold something of the kind, unless the class says itself how to pickle
// them.
Held held_by(const UnitView& view, const Value& object) {
  constexpr std::string_view kOwnWays[] = {"__getstate__", "__reduce__", "__reduce_ex__", "__getnewargs__",
                                           "__getnewargs_ex__"};
  Linker& linker = view.linker();
  const std::vector<IndexedUnit>& units = linker.index().units;
  for (std::uint32_t u = 0; object.module == 0 && u < units.size(); ++u) {
    if (units[u].cls == object.id) view.look_at({0, u});
  }
  for (std::string_view own : kOwnWays) {
    Linker::ExternalBases external;
    if (!linker.find_member(object.module, object.id, own, external).empty()) return {};
  }
  std::vector<std::string> names;
  for (const auto& [name, members] : linker.index(object.module).tables->classes[object.id].members) {
    if (members.size() == 1 && members[0].instance) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    ValueSet held = linker.attribute(ValueSet{{object}, false}, name);
    if (held.unknown || held.values.size() != 1) continue;
    if (std::string_view what = obstacle(held.values[0]); !what.empty()) return {name, what};
  }
  return {};
}

void check_method(const UnitView& view, Report& report, NodeId node, const Value& v) {
  if (!v.inner || v.inner->values.size() != 1 || v.inner->values[0].kind != ValueKind::object) return;
  for (std::string_view effect : view.linker().decorator_effects(v)) {
    if (effect == "static" || effect == "class") return;
  }
  Held held = held_by(view, v.inner->values[0]);
  if (held.what.empty()) return;
  FunctionKey key{v.module, v.unit, v.id};
  Finding& finding = report.add(node, "The method " + short_name(view.linker(), key) +
                                          " takes its object along to the other process, and `self." + held.attribute +
                                          "` is " + std::string(held.what) +
                                          ", which cannot be pickled; hand over a function "
                                          "of the module, and data.");
  finding.confidence = v.probable ? Confidence::probable : Confidence::definite;
}

void check_callable(const UnitView& view, Report& report, const HandOver& over) {
  if (view.unit()[over.callable].kind == Kind::lambda) {
    Finding& finding =
        report.add(over.callable, "A lambda cannot be pickled, so it never reaches the other process: this raises" +
                                      std::string(kWay));
    finding.fixable = into_module_function(view, over, true).has_value();
    return;
  }
  ValueSet values = view.values(over.callable);
  if (values.unknown || values.values.size() != 1) return;
  const Value& v = values.values[0];
  if (v.kind != ValueKind::function || v.probable) return;
  const Facts& facts = *view.linker().unit({v.module, v.unit}).data->facts;
  const Function& fn = facts.functions[v.id];
  std::string name = "`" + std::string(view.text(over.callable)) + "`";
  const bool nested = fn.cls == kNone && fn.parent != 0 && fn.parent != kNone;
  if (!fn.lambda && !nested) return check_method(view, report, over.callable, v);
  Finding& finding = report.add(
      over.callable,
      name +
          (fn.lambda ? " is a lambda, which cannot be pickled: this raises"
                     : " is defined inside another function, where the other process cannot find it: this raises") +
          std::string(kWay));
  finding.fixable = into_module_function(view, over, true).has_value();
}

void check_argument(const UnitView& view, Report& report, NodeId node) {
  Kind kind = view.unit()[node].kind;
  std::string_view what;
  if (kind == Kind::lambda)
    what = "a lambda";
  else if (kind == Kind::generator_expression)
    what = "a generator";
  else if (kind == Kind::identifier || kind == Kind::attribute || kind == Kind::call) {
    ValueSet values = view.values(node);
    // Whichever it is, it must not be possible to pickle it: open() gives several kinds of files.
    for (const Value& v : values.values) {
      what = values.unknown ? std::string_view() : obstacle(v);
      if (what.empty()) break;
    }
  }
  if (what.empty()) return;
  std::string_view text = view.text(node);
  bool fits = text.size() <= 40 && text.find('\n') == std::string_view::npos;
  std::string start = kind == Kind::lambda ? "A lambda"
                      : fits               ? "`" + std::string(text) + "` is " + std::string(what) + ", which"
                                           : "This is " + std::string(what) + ", which";
  report.add(node,
             start + " cannot be pickled, so it never reaches the other process: this raises; hand over plain data.");
}

void check(const UnitView& view, Report& report) {
  if (view.facts().calls.empty()) return;
  for (const HandOver& over : hand_overs(view)) {
    if (over.to != HandOver::To::process) continue;
    check_callable(view, report, over);
    if (hands_elements(over.by)) continue;
    int position = 0;
    for (const Argument& a : view.facts().arguments_of(*over.call)) {
      bool own = a.name.empty() && position++ < over.skipped;
      NodeId value = inside_parentheses(view.unit(), a.value);
      if (!own && a.stars == 0 && value != over.callable) check_argument(view, report, value);
    }
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const HandOver& over : hand_overs(view)) {
    if (over.to != HandOver::To::process || !(view.document_range(over.callable) == finding.range)) continue;
    return fixes.add(into_module_function(view, over, fixes.probe()), true);
  }
}

}  // namespace

extern constinit const Rule unpicklable_for_process_pool = {
    .code = "AWD205",
    .name = "unpicklable-for-process-pool",
    .summary = "A lambda, nested function, open file or lock handed to another process",
    .severity = Severity::error,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
