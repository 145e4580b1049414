// AWD808: async where Python's protocols want a plain method, plain where they want an awaitable one, and the two
// context manager decorators on the wrong kind of function; async generators and managers that are awaited.
#include "analysis/fixes/fix_list.h"
#include "analysis/rules/awaitables.h"
#include "analysis/rules/coroutine_values.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

struct Special {
  std::string_view name;
  std::string_view consequence;  // of an async def of that name
};

// Methods whose result Python itself uses, and never awaits (language reference 3.3).
constexpr Special kPlain[] = {
    {"__init__", "`TypeError`: `__init__()` should return None; make an async factory"},
    {"__new__", "the class gives a coroutine for an object"},
    {"__post_init__", "nobody awaits it, so it never runs"},
    {"__init_subclass__", "nobody awaits it, so it never runs"},
    {"__set_name__", "nobody awaits it, so it never runs"},
    {"__del__", "nobody awaits it, so it never runs"},
    {"__setattr__", "nobody awaits it, so it never runs"},
    {"__delattr__", "nobody awaits it, so it never runs"},
    {"__setitem__", "nobody awaits it, so it never runs"},
    {"__delitem__", "nobody awaits it, so it never runs"},
    {"__str__", "`TypeError`: it must return a string"},
    {"__repr__", "`TypeError`: it must return a string"},
    {"__format__", "`TypeError`: it must return a string"},
    {"__bytes__", "`TypeError`: it must return bytes"},
    {"__len__", "`TypeError`: it must return an integer"},
    {"__length_hint__", "`TypeError`: it must return an integer"},
    {"__hash__", "`TypeError`: it must return an integer"},
    {"__index__", "`TypeError`: it must return an integer"},
    {"__int__", "`TypeError`: it must return an integer"},
    {"__float__", "`TypeError`: it must return a float"},
    {"__bool__", "`TypeError`: it must return a bool"},
    {"__contains__", "`in` takes the coroutine for true"},
    {"__eq__", "`==` gives a coroutine, which is always true"},
    {"__ne__", "`!=` gives a coroutine, which is always true"},
    {"__lt__", "`<` gives a coroutine, which is always true"},
    {"__le__", "`<=` gives a coroutine, which is always true"},
    {"__gt__", "`>` gives a coroutine, which is always true"},
    {"__ge__", "`>=` gives a coroutine, which is always true"},
    {"__enter__", "`with` does not await it; name it `__aenter__`"},
    {"__exit__", "`with` does not await it; name it `__aexit__`"},
    {"__iter__", "`TypeError`: it must return an iterator; name it `__aiter__`"},
    {"__next__", "`for` does not await it; name it `__anext__`"},
    {"__await__", "`TypeError`: it must return an iterator"},
};

const Special* special(std::string_view name) {
  for (const Special& s : kPlain) {
    if (s.name == name) return &s;
  }
  return nullptr;
}

bool is_awaited_protocol(std::string_view name) {
  return name == "__aenter__" || name == "__aexit__" || name == "__anext__";
}

bool is_method(const UnitView& view, FunctionId id) {
  const Function& fn = view.facts().functions[id];
  return fn.cls != kNone || (id == 1 && !view.unit().skeleton && view.linker().unit(view.at()).cls != kNone);
}

// A value for a function of this unit, for the questions that are asked of callees.
Value function_value(const UnitView& view, FunctionId id) {
  Value v{ValueKind::function, view.linker().function_name(view.at(), id)};
  v.unit = view.at().unit;
  v.id = id;
  return v;
}

void check_method(const UnitView& view, Report& report, FunctionId id) {
  const Function& fn = view.facts().functions[id];
  std::string name(view.unit().text_of(fn.name));
  if (fn.async) {
    if (const Special* s = special(name)) {
      report.add(fn.name, "`" + name + "()` cannot be async: " + std::string(s->consequence) + ".");
    } else if (name == "__aiter__" && !fn.generator && !has_stub_body(view, function_value(view, id))) {
      report.add(
          fn.name,
          "`__aiter__()` must return the iterator itself: `async for` does not await it. Make it a plain `def`.");
    }
    return;
  }
  if (!is_awaited_protocol(name) || fn.generator) return;
  Value v = function_value(view, id);
  if (is_stub(view, v)) return;
  const Signature& s = view.exports().functions[id];
  ValueSet given;
  if (s.returns_value)
    given = view.linker().values(view.exports().terms, s.returned, view.at());
  else
    given.values.edit().push_back(Value{ValueKind::none, "None"});
  if (surely_not_awaitable(view, given)) {
    report.add(
        fn.name,
        "`" + name + "()` is awaited by Python but returns nothing to await: a `TypeError`. Make it an `async def`.");
  }
}

void check_decorators(const UnitView& view, Report& report) {
  const Facts& facts = view.facts();
  for (const Decorator& d : facts.decorators) {
    if (d.function == kNone) continue;
    const Function& fn = facts.functions[d.function];
    if (!fn.async && !fn.generator) continue;
    ValueSet values = view.values(d.expression);
    if (values.unknown || values.values.size() != 1 || values.values.front().kind != ValueKind::external) continue;
    CoroutineRole role = coroutine_use(values.values.front().name).role;
    std::string name = "`" + view.function_name(d.function) + "`";
    if (role == CoroutineRole::generator_manager && fn.async) {
      report.add(d.expression,
                 "`@" + std::string(view.text(d.expression)) + "` wants a plain generator, and " + name +
                     " is async: entering it raises an error. Use `@contextlib.asynccontextmanager` and `async with`.");
    } else if (role == CoroutineRole::async_generator_manager && fn.async && !fn.generator) {
      report.add(d.expression, "`@" + std::string(view.text(d.expression)) + "` wants an async generator, and " + name +
                                   " has no `yield`: entering it raises an error.");
    } else if (role == CoroutineRole::async_generator_manager && !fn.async) {
      report.add(d.expression, "`@" + std::string(view.text(d.expression)) + "` wants an async generator, and " + name +
                                   " is a plain one: entering it raises an error. Make it an `async def`.");
    }
  }
}

// What a call gives that can be gone through or entered, but not awaited.
std::string_view unawaitable(const UnitView& view, const Call& call) {
  ValueSet callee = view.callee(call);
  if (callee.unknown || callee.values.size() != 1) return {};
  const Value& v = callee.values.front();
  if (v.kind == ValueKind::function) return gives(view, v) == CallGives::async_generator ? "an async generator" : "";
  if (v.kind != ValueKind::external || v.probable) return {};
  std::optional<CallFact> fact = call_fact(v.name);
  if (fact && fact->gives == Gives::generator) return "an async generator";
  return fact && fact->gives == Gives::manager ? "an async context manager" : std::string_view();
}

void check_awaits(const UnitView& view, Report& report) {
  for (const Return& a : view.facts().awaits) {
    const Call* call = a.value == kNoNode ? nullptr : view.facts().call_at(inside_parentheses(view.unit(), a.value));
    if (call == nullptr) continue;
    std::string_view what = unawaitable(view, *call);
    if (what.empty()) continue;
    bool generator = what.ends_with("generator");
    report.add(a.node, "`" + std::string(view.text(call->callee)) + "()` gives " + std::string(what) +
                           ", which cannot be awaited: a `TypeError`. " +
                           (generator ? "Go through it with `async for`." : "Enter it with `async with`."));
  }
}

void check(const UnitView& view, Report& report) {
  for (FunctionId id = 1; id < view.facts().functions.size(); ++id) {
    const Function& fn = view.facts().functions[id];
    if (fn.name == kNoNode || !view.unit().text_of(fn.name).starts_with("__")) continue;
    if (is_method(view, id)) check_method(view, report, id);
  }
  check_decorators(view, report);
  check_awaits(view, report);
}

}  // namespace

extern constinit const Rule async_protocol_method = {
    .code = "AWD808",
    .name = "async-protocol-method",
    .summary = "A special method, context manager or generator of the wrong kind, sync or async",
    .severity = Severity::error,
    .check = check,
};

}  // namespace awaitd::analysis
