#include "analysis/rules/coroutine_values.h"

#include <algorithm>
#include <span>

#include "analysis/knowledge/entries.h"
#include "analysis/knowledge/words.h"
#include "analysis/link/value_sets.h"
#include "analysis/rules/awaitables.h"
#include "analysis/rules/needed_values.h"

namespace awaitd::analysis {
namespace {

At place_of(const Value& function) { return {function.module, function.unit}; }

const Exports& exports_of(const UnitView& view, const Value& function) {
  return *view.linker().unit(place_of(function)).data->exports;
}

// True for what a function of the unit was handed. An annotated one is the term of its type; the first one of a
// function at module level looks like a method's until its place is known.
bool is_parameter(const Exports& exports, TermId id) {
  TermKind kind = exports.terms[id].kind;
  if (kind == TermKind::parameter || kind == TermKind::self) return true;
  if (kind != TermKind::instance) return false;
  return std::any_of(exports.functions.begin(), exports.functions.end(), [&](const Signature& s) {
    return std::any_of(s.parameters.begin(), s.parameters.end(),
                       [&](const ExportedParameter& p) { return p.term == id; });
  });
}

// True if what a decorator's wrapper returns is what calls of the decorated function give: `return func(*args)`. Beside
// a coroutine function's there may be coroutines of others: `return noop()`.
bool gives_the_same(const UnitView& view, const Value& wrapper, TermId id, CallGives before, int depth = 0) {
  const Exports& exports = exports_of(view, wrapper);
  const Term& t = exports.terms[id];
  if (t.kind == TermKind::either && depth < 8)
    return gives_the_same(view, wrapper, t.a, before, depth + 1) &&
           gives_the_same(view, wrapper, t.b, before, depth + 1);
  if (t.kind == TermKind::call && is_parameter(exports, t.a)) return true;
  if (before != CallGives::coroutine || depth == 0) return false;
  const std::optional<Made> made = coroutine_made(view, view.linker().values(exports.terms, id, place_of(wrapper)));
  return made && !made->lazy_object;
}

// True for a function that makes functions: one that could stand behind an @ itself.
bool makes_functions(const UnitView& view, const Value& v) {
  if (v.kind != ValueKind::function) return false;
  const Exports& exports = exports_of(view, v);
  const Signature& s = exports.functions[v.id];
  if (s.async || s.generator || !s.returns_value) return false;
  const ValueSet made = view.linker().values(exports.terms, s.returned, place_of(v));
  auto is_function = [](const Value& one) { return one.kind == ValueKind::function; };
  return !made.empty() && std::all_of(made.values.begin(), made.values.end(), is_function);
}

// `def retry(func=None, *, n=3)` gives a decorator where it is called with options, and what that makes of the function
// where it is the decorator itself: of both only the ones that are meant.
ValueSet either_way(const UnitView& view, ValueSet given, bool with_options) {
  const auto meant = [&](const Value& v) { return makes_functions(view, v) == with_options; };
  if (given.values.size() < 2 || std::none_of(given.values.begin(), given.values.end(), meant)) return given;
  std::erase_if(given.values.edit(), [&](const Value& v) { return !meant(v); });
  return given;
}

// What a function that gives `before` gives behind one decorator of the project.
CallGives behind(const UnitView& view, const Value& decorator, CallGives before) {
  const Exports& exports = exports_of(view, decorator);
  const Signature& s = exports.functions[decorator.id];
  if (s.async || s.generator || !s.returns_value) return CallGives::unknown;
  if (is_parameter(exports, s.returned)) return before;
  const ValueSet wrappers =
      either_way(view, view.linker().values(exports.terms, s.returned, place_of(decorator)), false);
  CallGives all = CallGives::unknown;
  for (const Value& w : wrappers.values) {
    if (w.kind != ValueKind::function) return CallGives::unknown;
    const Signature& inner = view.linker().signature(w);
    CallGives one = CallGives::unknown;
    if (inner.async)
      one = inner.generator ? CallGives::async_generator : CallGives::coroutine;
    else if (!inner.generator && inner.returns_value && gives_the_same(view, w, inner.returned, before))
      one = before;
    // One wrapper for each kind of function: the one for this kind counts.
    if (one == before && one != CallGives::unknown) return one;
    all = one;
  }
  return wrappers.unknown || wrappers.values.size() != 1 ? CallGives::unknown : all;
}

// What a decorator is. Of `@retry(3)` that is what the body of retry returns, whatever its annotation says: mostly no
// more than Callable.
ValueSet decorator_values(const UnitView& view, const Terms& terms, TermId term, At at) {
  ValueSet direct = view.linker().values(terms, term, at);
  if (terms[term].kind != TermKind::call) return direct;
  ValueSet factory = view.linker().values(terms, terms[term].a, at);
  if (factory.unknown || factory.values.size() != 1 || factory.values.front().kind != ValueKind::function)
    return direct;
  const Value& f = factory.values.front();
  const Exports& exports = exports_of(view, f);
  const Signature& s = exports.functions[f.id];
  if (s.async || s.generator || !s.returns_value) return direct;
  return either_way(view, view.linker().values(exports.terms, s.returned, place_of(f)), true);
}

CallGives after_decorator(const UnitView& view, const ValueSet& decorator, CallGives before) {
  if (decorator.unknown || decorator.values.empty()) return CallGives::unknown;
  for (const Value& d : decorator.values) {
    bool kept = false;
    for (const TypeFact* fact : view.knowledge().results(d.name, How::decorator)) {
      if (fact->result.find('.') != std::string_view::npos) return CallGives::unknown;  // an object in its place
      kept = fact->result == "self" || fact->result == "static" || fact->result == "class" ||
             fact->result == "property" || fact->result == "abstract";
    }
    if (d.kind == ValueKind::external || d.kind == ValueKind::instance) {
      const ContextFact* context = view.knowledge().context(d.name);
      kept |= context != nullptr && context->decorator;
      if (!kept) return CallGives::unknown;
    } else if (d.kind == ValueKind::function) {
      before = behind(view, d, before);
    } else if (d.kind == ValueKind::object) {  // an instance whose __call__ does it
      std::vector<Value> call = view.linker().member_functions(d, "__call__");
      before = call.size() == 1 ? behind(view, call.front(), before) : CallGives::unknown;
    } else {
      return CallGives::unknown;
    }
  }
  return before;
}

// The objects of a class of the project that has an __await__ and, of what is done with them here, nothing else: what
// the language would call instead is nowhere defined.
bool only_awaited(const UnitView& view, const Value& object, ResultUse use) {
  std::string_view answer;
  if (use == ResultUse::operand) answer = "answers_operand";
  if (use == ResultUse::item) answer = "answers_item";
  if (use == ResultUse::iterated || use == ResultUse::unpacked) answer = "answers_iteration";
  const std::span<const std::string_view> needed = words_for(answer);
  if (needed.empty() || object.kind != ValueKind::object || object.probable) return false;
  Linker::ExternalBases external;
  auto has = [&](std::string_view name) {
    return !view.linker().find_member(object.module, object.id, name, external).empty();
  };
  if (!has("__await__") || std::any_of(needed.begin(), needed.end(), has) || external.unknown) return false;
  return std::all_of(external.names.begin(), external.names.end(),
                     [](const std::string& base) { return is_word_for("awaited_only", base); });
}

std::optional<Made> made_by(const UnitView& view, const Value& v) {
  if (v.kind == ValueKind::coroutine) {
    if (v.id == 0) return v.probable ? std::nullopt : std::optional(Made{.origin = v.name});
    Value function = v;
    function.kind = ValueKind::function;
    if (gives(view, function) != CallGives::coroutine) return std::nullopt;
    // Doubt is about decorators, which are understood here, or about the name.
    if (v.probable && exports_of(view, v).functions[v.id].decorators.empty()) return std::nullopt;
    return Made{.origin = v.name};
  }
  if (v.kind != ValueKind::instance || v.probable) return std::nullopt;
  std::optional<CallFact> fact = call_fact(v.name);
  if (!fact || (fact->gives != Gives::coroutine && fact->gives != Gives::awaitable)) return std::nullopt;
  return Made{.origin = v.name, .lazy_object = fact->gives == Gives::awaitable};
}

// `with pytest.raises(...):` around the call: it is made to fail, not to run.
bool expects_error(const UnitView& view, NodeId node) {
  const Unit& unit = view.unit();
  for (const WithItem& item : view.facts().with_items) {
    if (item.value == kNoNode || item.statement > node || node >= item.statement + unit[item.statement].size) continue;
    const Call* call = view.facts().call_at(inside_parentheses(unit, item.value));
    if (call == nullptr) continue;
    for (const Value& v : view.callee(*call).values) {
      if (coroutine_use(v.name).role == CoroutineRole::expects_error) return true;
    }
  }
  return false;
}

bool interesting(const UnitView& view, const UseOfResult& use) {
  if (use.use == ResultUse::unknown || use.use == ResultUse::awaited) return false;
  bool handed = use.use == ResultUse::argument || use.use == ResultUse::element;
  return !handed || need_of(view, use) != Need::none;
}

bool is_async_property(const UnitView& view, const ValueSet& objects, std::string_view name, std::string& origin) {
  if (objects.unknown || objects.values.size() != 1) return false;
  const Value& object = objects.values.front();
  if (object.kind == ValueKind::instance && !object.probable) {
    origin = object.name + "." + std::string(name);
    const std::optional<CallFact> fact = call_fact(origin);
    return fact && fact->gives == Gives::promise;
  }
  if (object.kind != ValueKind::object) return false;
  std::vector<Value> functions = view.linker().member_functions(object, name);
  if (functions.size() != 1 || gives(view, functions.front()) != CallGives::coroutine) return false;
  origin = functions.front().name;
  auto effects = view.linker().decorator_effects(functions.front());
  return std::find(effects.begin(), effects.end(), "property") != effects.end();
}

// `async def rows(self) -> AsyncIterator[Row]: ...` stands for an async generator, which its overrides are.
bool stands_for_generator(const UnitView& view, const Value& function, const Signature& s) {
  if (!s.async || s.generator || s.annotated == 0 || !has_stub_body(view, function)) return false;
  for (const Value& v :
       view.linker().values(exports_of(view, function).terms, s.annotated, place_of(function)).values) {
    if (!view.knowledge().results(v.name, How::aiterate).empty() || v.inner) return true;
  }
  return false;
}

// The name of a method of an outside class, where a class of this module that inherits from it has a plain one.
bool has_plain_override(const UnitView& view, std::string_view origin) {
  std::size_t dot = origin.rfind('.');
  if (dot == std::string_view::npos) return false;
  std::string name(origin.substr(dot + 1));
  const ModuleIndex& index = view.linker().index();
  for (std::uint32_t c = 0; c < index.tables->classes.size(); ++c) {
    auto found = index.tables->classes[c].members.find(name);
    if (found == index.tables->classes[c].members.end()) continue;
    auto plain = [&](const Member& m) {
      return m.function != kNone && !index.units[m.unit].data->exports->functions[m.function].async;
    };
    if (!std::any_of(found->second.begin(), found->second.end(), plain)) continue;
    for (const std::string& base : view.linker().external_bases(0, c).names) {
      if (view.knowledge().is_subclass(base, origin.substr(0, dot))) return true;
    }
  }
  return false;
}

// `client.get = fake(client.get)` in this unit: what the name calls is no longer the method.
bool is_replaced(const UnitView& view, const Call& call) {
  const Unit& unit = view.unit();
  if (unit[call.callee].kind != Kind::attribute) return false;
  std::string_view callee = view.text(call.callee);
  for (const AttributeStore& store : view.facts().attribute_stores) {
    if (store.how.target != kNoNode && callee == view.text(store.how.target)) return true;
  }
  return false;
}

// True for a call in code that never runs. What is under `if __name__ == "__main__"` does.
bool is_dead(const UnitView& view, const Call& call) {
  if (call.function == 0) return false;
  const auto number = static_cast<std::uint32_t>(&call - view.facts().calls.data());
  const auto& uses = view.uses().uses;
  auto use = std::find_if(uses.begin(), uses.end(), [&](const Use& u) { return u.call == number; });
  return use != uses.end() && !view.effects().runs(view.at(), *use);
}

// What a call gives, where that is such an object.
std::optional<Made> awaited_object(const UnitView& view, const Call& call, ResultUse use) {
  const ValueSet made = view.values(call.node);
  if (made.unknown || made.values.size() != 1 || !only_awaited(view, made.values.front(), use)) return std::nullopt;
  return Made{.origin = made.values.front().name, .lazy_object = true};
}

// `asyncio.gather(...)`, a function that says it returns an Awaitable: not lost where nobody awaits it, and no result.
std::optional<Made> future_made(const UnitView& view, const Call& call) {
  const ValueSet made = view.values(call.node);
  const bool all = std::all_of(made.values.begin(), made.values.end(), [](const Value& v) {
    return v.kind == ValueKind::instance && !v.probable && has_role(v.name, "answer");
  });
  if (made.unknown || made.empty() || !all) return std::nullopt;
  return Made{.origin = made.values.front().name, .lazy_object = true, .future = true};
}

}  // namespace

CallGives gives(const UnitView& view, const Value& function) {
  const Exports& exports = exports_of(view, function);
  const Signature& s = exports.functions[function.id];
  if (stands_for_generator(view, function, s)) return CallGives::unknown;
  CallGives now = s.async ? (s.generator ? CallGives::async_generator : CallGives::coroutine)
                          : (s.generator ? CallGives::generator : CallGives::value);
  for (auto d = s.decorators.rbegin(); d != s.decorators.rend() && now != CallGives::unknown; ++d) {
    now = after_decorator(view, decorator_values(view, exports.terms, *d, place_of(function)), now);
  }
  return now;
}

std::optional<Made> coroutine_made(const UnitView& view, const ValueSet& values) {
  if (values.unknown || values.values.empty()) return std::nullopt;
  std::optional<Made> all;
  for (const Value& v : values.values) {
    std::optional<Made> one = made_by(view, v);
    if (!one) return std::nullopt;
    if (!all) all = std::move(one);
  }
  return all;
}

namespace {

// What a call of it gives is known without its arguments and is nothing that anybody awaits: most calls of most code.
bool gives_plain(const UnitView& view, const Value& v) {
  if (v.kind == ValueKind::function) {
    const Signature& s = view.linker().signature(v);
    return !s.async && !s.generator && !s.returns_value && s.annotated == 0 && s.decorators.empty();
  }
  if (v.kind != ValueKind::external) return false;
  if (const std::optional<CallFact> fact = call_fact(v.name)) return fact->gives == Gives::plain;
  for (const TypeFact* fact : view.knowledge().results(v.name, How::call)) {
    const std::string_view result = fact->result;
    if (result.empty() || result.front() == '$' || result == "self" || result.find('|') != std::string_view::npos)
      return false;
    if (call_fact(result)) return false;
  }
  return true;
}

}  // namespace

std::optional<Made> coroutine_made(const UnitView& view, const Call& call) {
  ValueSet callee = view.callee(call);
  if (callee.unknown || callee.values.empty()) return std::nullopt;
  std::optional<Made> outside;
  for (const Value& v : callee.values) {
    if (v.kind == ValueKind::cls) return std::nullopt;
    if (v.kind == ValueKind::function && gives(view, v) == CallGives::unknown) return std::nullopt;
    if (gives_plain(view, v)) return std::nullopt;
    if (v.kind != ValueKind::external || v.probable) continue;
    std::optional<CallFact> fact = call_fact(v.name);
    if (fact && fact->gives == Gives::coroutine) outside = Made{.origin = v.name};
  }
  if (outside && callee.values.size() == 1) return outside;
  return coroutine_made(view, view.values(call.node));
}

std::vector<CoroutineEvent> coroutine_events(const UnitView& view) {
  std::vector<CoroutineEvent> events;
  const Facts& facts = view.facts();
  for (const Call& call : facts.calls) {
    if (call.awaited || call.callee == kNoNode) continue;
    UseOfResult use = use_of_result(facts, call.node);
    if (!interesting(view, use)) continue;
    std::optional<Made> made = coroutine_made(view, call);
    if (!made) made = awaited_object(view, call, use.use);
    if (!made && use.use != ResultUse::dropped) made = future_made(view, call);
    if (!made || is_dead(view, call) || is_replaced(view, call) || has_plain_override(view, made->origin) ||
        expects_error(view, call.node))
      continue;
    events.push_back({call.node, &call, std::move(made->origin), made->lazy_object, made->future, use, call.function});
  }
  for (const Use& read : view.uses().uses) {
    if (read.kind != UseKind::read) continue;
    UseOfResult use = use_of_result(facts, read.node);
    if (!interesting(view, use)) continue;
    std::string origin;
    if (!is_async_property(view, view.linker().values(view.uses().terms, read.target, view.at()), read.name, origin))
      continue;
    events.push_back({read.node, nullptr, std::move(origin), false, false, use, read.function});
  }
  std::stable_sort(events.begin(), events.end(),
                   [](const CoroutineEvent& a, const CoroutineEvent& b) { return a.node < b.node; });
  return events;
}

std::string written_call(const UnitView& view, NodeId node) {
  constexpr std::size_t kLongest = 40;
  std::string_view text = view.text(node);
  const Call* call = view.facts().call_at(node);
  if (text.size() <= kLongest && text.find('\n') == std::string_view::npos) return "`" + std::string(text) + "`";
  if (call == nullptr) return "`" + std::string(text.substr(0, text.find('\n'))) + "`";
  std::string_view callee = view.text(call->callee);
  if (callee.find('\n') != std::string_view::npos)
    callee = callee.substr(callee.rfind('.') == std::string_view::npos ? 0 : callee.rfind('.') + 1);
  return "`" + std::string(callee) + "()`";
}

}  // namespace awaitd::analysis
