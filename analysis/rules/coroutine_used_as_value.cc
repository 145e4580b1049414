// AWD803: a coroutine where its result is meant: tested, compared, indexed, iterated over, formatted.
#include <algorithm>

#include "analysis/knowledge/words.h"
#include "analysis/rules/coroutine_advice.h"
#include "analysis/rules/declared_plain.h"
#include "analysis/rules/mixed_values.h"
#include "analysis/rules/needed_values.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

// A use whose value is wrong, but which does not fail: an object is always true, its text is no text.
bool misleads(ResultUse use) {
  return use == ResultUse::condition || use == ResultUse::compared || use == ResultUse::formatted ||
         use == ResultUse::argument || use == ResultUse::element;
}

// An object to await is often one to enter as well; only what needs its result is wrong.
bool wrong_for_lazy(ResultUse use) {
  return use == ResultUse::attribute || use == ResultUse::item || use == ResultUse::condition ||
         use == ResultUse::operand || use == ResultUse::unpacked;
}

// What is kept under a name may be looked at before it is awaited, where there is something to look at.
bool named_lazy_is_wrong(const CoroutineEvent& event, ResultUse use) {
  const std::string_view library = std::string_view(event.origin).substr(0, event.origin.find('.'));
  return wrong_for_lazy(use) && !(use == ResultUse::attribute && is_word_for("more_than_awaited", library));
}

// A future has methods of its own, and code may hang other things on it, on a task first of all.
bool wrong_for_future(const UnitView& view, const CoroutineEvent& event, const UseOfResult& use) {
  if (use.use == ResultUse::attribute) {
    const auto& stores = view.facts().attribute_stores;
    const bool hung_on = std::any_of(stores.begin(), stores.end(),
                                     [&](const AttributeStore& store) { return store.attribute == use.member; });
    const bool own = use.member.starts_with('_') || is_word_for("future_has", use.member);
    return event.origin == "asyncio.Future" && !hung_on && !own;
  }
  if (use.use == ResultUse::iterated || use.use == ResultUse::item || use.use == ResultUse::unpacked ||
      use.use == ResultUse::operand)
    return true;
  // Code of the project may do with it what one does with a future.
  const Call* call = use.use == ResultUse::argument ? view.facts().call_at(use.node) : nullptr;
  if (call == nullptr) return false;
  const ValueSet callee = view.callee(*call);
  const auto outside = [](const Value& v) { return v.kind == ValueKind::external; };
  return std::all_of(callee.values.begin(), callee.values.end(), outside) && need_of(view, use) == Need::value;
}

bool wrong_for_object(const UnitView& view, const CoroutineEvent& event, const UseOfResult& use) {
  if (event.future) return wrong_for_future(view, event, use);
  return event.use.use == ResultUse::named ? named_lazy_is_wrong(event, use.use) : wrong_for_lazy(use.use);
}

// `if isawaitable(x):` and the like: this code knows what it has in hand.
bool asked_about(const Facts& facts, NodeId node) {
  const Unit& unit = *facts.unit;
  for (NodeId n = node; unit[n].parent != kNoNode; n = unit[n].parent) {
    if (unit[n].field == Field::condition) return true;
    Kind kind = unit[n].kind;
    if (kind == Kind::block || kind == Kind::function_definition) return false;
  }
  return false;
}

enum class Wrong : std::uint8_t { no, misleads, senseless, fails };

// How wrong a use of a name is that surely holds a coroutine: one that fails, or asks what is always true, is so
// whatever else is done with it; its text is wanted now and then.
Wrong wrongness(const UnitView& view, const UseOfResult& use) {
  if (fails(use.use)) return Wrong::fails;
  if (use.use == ResultUse::condition || use.use == ResultUse::compared) return Wrong::senseless;
  if (use.use == ResultUse::formatted) return Wrong::misleads;
  if (use.use != ResultUse::argument) return Wrong::no;
  if (asks_for_plain(view, use)) return Wrong::senseless;
  switch (need_of(view, use)) {
    case Need::value:
      return Wrong::fails;
    case Need::text:
      return Wrong::misleads;
    default:
      return Wrong::no;
  }
}

// A use behind several branches, one of which made the name a coroutine. Only what fails is surely wrong there.
std::optional<UseOfResult> wrong_use_of_mixture(const UnitView& view, const CoroutineEvent& event,
                                                const NameUses& uses) {
  if (!mixed_up(view, event, uses)) return std::nullopt;
  std::optional<UseOfResult> senseless;
  bool handed_on = false;
  for (NodeId node : uses.shared) {
    const UseOfResult use = use_of_result(view.facts(), node);
    const Wrong wrong = wrongness(view, use);
    if (wrong == Wrong::fails) return use;
    if (wrong == Wrong::senseless && !senseless) senseless = use;
    handed_on |= wrong == Wrong::no;
  }
  return handed_on ? std::nullopt : senseless;
}

// The first use of a named coroutine that needs its result; nothing if somebody may await it first.
std::optional<UseOfResult> wrong_use_of_name(const UnitView& view, const CoroutineEvent& event) {
  const Facts& facts = view.facts();
  NameUses uses = uses_of_binding(facts, event.use.binding);
  std::optional<UseOfResult> failing, senseless, misleading;
  bool others = !uses.all, handed_on = false;
  for (NodeId node : uses.nodes) {
    UseOfResult use = use_of_result(facts, node);
    if (use.use == ResultUse::awaited) return std::nullopt;
    if (event.lazy_object && use.use == ResultUse::entered) return std::nullopt;
    Wrong wrong = event.lazy_object && !wrong_for_object(view, event, use) ? Wrong::no : wrongness(view, use);
    if (wrong == Wrong::no && asked_about(facts, node)) return std::nullopt;
    if (wrong == Wrong::fails && !failing) failing = use;
    if (wrong == Wrong::senseless && !senseless) senseless = use;
    if (wrong == Wrong::misleads && !misleading) misleading = use;
    bool given_back = use.use == ResultUse::returned && facts.functions[event.function].async;
    handed_on |= wrong == Wrong::no && !given_back;
  }
  others |= handed_on;
  if (failing) return failing;
  // `x = fetch() if new else None`: there is something to ask.
  const NodeId given = facts.bindings[event.use.binding].value;
  const bool sometimes = given != kNoNode && inside_parentheses(view.unit(), given) != event.node;
  if (senseless && !(sometimes && handed_on)) return senseless;
  if (!others) return misleading;
  return handed_on ? std::nullopt : wrong_use_of_mixture(view, event, uses);
}

std::optional<UseOfResult> wrong_use(const UnitView& view, const CoroutineEvent& event) {
  std::optional<UseOfResult> use = event.use;
  if (use->use == ResultUse::named) use = wrong_use_of_name(view, event);
  if (!use || (!fails(use->use) && !misleads(use->use))) return std::nullopt;
  if (event.lazy_object && !wrong_for_object(view, event, *use)) return std::nullopt;
  return use;
}

std::string consequence(const UnitView& view, const UseOfResult& use) {
  switch (use.use) {
    case ResultUse::condition:
      return "it is always true";
    case ResultUse::compared:
      return "the comparison never sees its result";
    case ResultUse::formatted:
      return "its text is `<coroutine object ...>`";
    case ResultUse::attribute:
      return "it has no `" + std::string(use.member) + "`";
    case ResultUse::item:
      return "it has no items";
    case ResultUse::called:
      return "it cannot be called";
    case ResultUse::iterated:
      return "it cannot be iterated over";
    case ResultUse::unpacked:
      return "it cannot be unpacked";
    case ResultUse::entered:
      return "it cannot be entered";
    case ResultUse::argument:
    case ResultUse::element: {
      if (asks_for_plain(view, use)) return "`" + std::string(view.text(use.node)) + "` is never true";
      const Call* call = view.facts().call_at(use.node);
      return "`" + std::string(view.text(call->callee)) + "()` needs its result";
    }
    default:
      return "it cannot be reckoned with";
  }
}

// `page: str = fetch(url)`, where nothing else that is done with the name gives it away.
void check_declared(const UnitView& view, Report& report, const CoroutineEvent& event) {
  const NodeId annotation = declared_plain(view, event);
  if (annotation == kNoNode) return;
  Finding& finding =
      report.add(event.node, "`" + std::string(view.facts().bindings[event.use.binding].name) +
                                 "` is a coroutine here, not its result: it is declared as `" +
                                 std::string(view.text(annotation)) + "`; " + await_advice(view, event) + ".");
  finding.origin = event.origin;
  finding.fixable = can_await(view, event.node);
}

void check(const UnitView& view, Report& report) {
  for (const CoroutineEvent& event : view.coroutines()) {
    std::optional<UseOfResult> use = wrong_use(view, event);
    if (!use) {
      check_declared(view, report, event);
      continue;
    }
    bool named = event.use.use == ResultUse::named;
    std::string what =
        named ? "`" + std::string(view.facts().bindings[event.use.binding].name) + "`" : written_call(view, event.node);
    std::string message = what +
                          (event.lazy_object ? " is not awaited here: " : " is a coroutine here, not its result: ") +
                          consequence(view, *use) + "; " + await_advice(view, event) + ".";
    Finding& finding = report.add(event.node, std::move(message));
    finding.origin = event.origin;
    finding.fixable = can_await(view, event.node);
    if (named) finding.notes.push_back({"", view.range(use->value), "used here as if it were the result", -1});
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  const CoroutineEvent* event = coroutine_event_at(view, finding.range);
  if (event != nullptr) fix_by_await(view, *event, Safety::suggested, fixes);
}

}  // namespace

extern constinit const Rule coroutine_used_as_value = {
    .code = "AWD803",
    .name = "coroutine-used-as-value",
    .summary = "A coroutine used as if it were its result",
    .severity = Severity::error,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
