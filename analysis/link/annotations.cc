// What an annotation names (PEP 484, 585, 593, 604): instances, containers with their elements, None.
#include <algorithm>

#include "analysis/knowledge/entries.h"
#include "analysis/link/callables.h"
#include "analysis/link/linker.h"
#include "analysis/link/value_sets.h"

namespace awaitd::analysis {
namespace {

enum class Form : std::uint8_t { none, optional, alternatives, first, mapping, tuple, type, last, callable, opaque, self, variable };

bool is_typing_module(std::string_view module) {
  constexpr std::string_view kModules[] = {"typing", "typing_extensions", "builtins", "collections", "collections.abc",
                                           "contextlib", "asyncio"};
  return std::find(std::begin(kModules), std::end(kModules), module) != std::end(kModules);
}

// The forms of the typing module, by the name after typing., collections.abc., builtins. and the like.
Form form_of(std::string_view origin) {
  std::size_t dot = origin.rfind('.');
  std::string_view module = origin.substr(0, dot == std::string_view::npos ? 0 : dot);
  std::string_view name = origin.substr(dot == std::string_view::npos ? 0 : dot + 1);
  if (!is_typing_module(module)) return has_role(origin, "annotates") ? Form::first : Form::none;
  struct Row { std::string_view name; Form form; };
  constexpr Row kForms[] = {
      {"Optional", Form::optional}, {"Union", Form::alternatives},
      {"Annotated", Form::first}, {"Final", Form::first}, {"ClassVar", Form::first}, {"Required", Form::first},
      {"NotRequired", Form::first}, {"ReadOnly", Form::first}, {"InitVar", Form::first},
      {"Dict", Form::mapping}, {"dict", Form::mapping}, {"Mapping", Form::mapping}, {"MutableMapping", Form::mapping},
      {"defaultdict", Form::mapping}, {"DefaultDict", Form::mapping}, {"OrderedDict", Form::mapping},
      {"ItemsView", Form::opaque}, {"Callable", Form::callable}, {"Literal", Form::opaque}, {"Any", Form::opaque},
      {"Tuple", Form::tuple}, {"tuple", Form::tuple}, {"Type", Form::type}, {"type", Form::type},
      {"Coroutine", Form::last}, {"Self", Form::self}, {"TypeVar", Form::variable}};
  for (const Row& row : kForms) {
    if (row.name == name) return row.form;
  }
  return Form::none;
}

// `Callable[..., Awaitable[T]]`: something whose call has to be awaited. Others say nothing that an instance could keep.
ValueSet callable_of(Linker& linker, const Terms& terms, const Term& type, At at) {
  if (type.count < 2) return unknown_value();
  ValueSet results = linker.type_values(terms, terms.lists[type.first + type.count - 1], at);
  if (results.unknown || results.values.size() != 1) return unknown_value();
  Value result = results.values.front();
  constexpr std::string_view kAwaitable = "Awaitable";
  bool awaitable = result.kind == ValueKind::instance && result.name.ends_with(kAwaitable) &&
                   is_typing_module(std::string_view(result.name).substr(0, result.name.size() - kAwaitable.size() - 1));
  if (result.kind != ValueKind::coroutine && !awaitable) return unknown_value();
  result.kind = ValueKind::coroutine;
  if (!result.inner) result.inner = std::make_shared<const ValueSet>(unknown_value());
  Value callable{ValueKind::instance, std::string(kCallable)};
  callable.inner = std::make_shared<const ValueSet>(one(std::move(result)));
  return one(std::move(callable));
}

}  // namespace

// `Alias = Union[A, B]`, `Alias = A | B`: what a use of the name as a type means. Nothing if it cannot be a type.
ValueSet Linker::alias_of(const ValueSet& base, const Terms& terms, TermId type, At at) {
  for (const Value& v : base.values) {
    if (v.kind != ValueKind::external || form_of(v.name) == Form::none) continue;
    Value alias{ValueKind::alias, v.name};
    alias.inner = std::make_shared<const ValueSet>(type_values(terms, type, at));
    return one(std::move(alias));
  }
  return {};
}

ValueSet Linker::alias_of(const ValueSet& left, const ValueSet& right) {
  auto types = [](const ValueSet& set) {
    bool all = !set.empty() && !set.unknown;
    for (const Value& v : set.values) {
      all &= v.kind == ValueKind::cls || v.kind == ValueKind::alias || v.kind == ValueKind::external || v.kind == ValueKind::none;
    }
    return all;
  };
  if (!types(left) || !types(right)) return {};
  ValueSet both = instance_of(left);
  merge(both, instance_of(right));
  Value alias{ValueKind::alias, "types.UnionType"};
  alias.inner = std::make_shared<const ValueSet>(std::move(both));
  return one(std::move(alias));
}

bool Linker::is_self_type(const Value& v) { return v.kind == ValueKind::instance && form_of(v.name) == Form::self; }

ValueSet Linker::instance_of(const ValueSet& type) {
  ValueSet all;
  all.unknown = type.unknown;
  for (const Value& v : type.values) {
    if (v.kind == ValueKind::external) {
      Form form = form_of(v.name);
      if (form == Form::opaque || form == Form::callable || form == Form::type) {
        all.unknown = true;
        continue;
      }
      Value made{ValueKind::instance, knowledge_->canonical(v.name)};
      made.probable = v.probable;
      if (form == Form::last) {
        made.kind = ValueKind::coroutine;
        made.inner = std::make_shared<const ValueSet>(unknown_value());
      }
      merge(all, one(std::move(made)));
    } else if (v.kind == ValueKind::cls) {
      Value made = v;
      made.kind = ValueKind::object;
      merge(all, one(std::move(made)));
    } else if (v.kind == ValueKind::alias) {
      merge(all, inner_of(v));
    } else if (v.kind == ValueKind::none) {
      merge(all, one(v));
    } else if (v.kind == ValueKind::instance && form_of(v.name) == Form::variable) {
      merge(all, bound_of_variable(v));
    } else {
      all.unknown = true;
    }
  }
  return all;
}

ValueSet Linker::type_values(const Terms& terms, TermId id, At at) {
  const Term& t = terms[id];
  if (t.kind == TermKind::either) {
    ValueSet both = type_values(terms, t.a, at);
    merge(both, type_values(terms, t.b, at));
    return both;
  }
  if (t.kind == TermKind::literal && t.text == "NoneType") return one(Value{ValueKind::none, "None"});
  if (t.kind != TermKind::generic) return instance_of(values(terms, id, at));
  auto argument = [&](std::uint32_t i) { return terms.lists[t.first + i]; };
  ValueSet all;
  ValueSet base = values(terms, t.a, at);
  all.unknown = base.unknown;
  for (const Value& v : base.values) {
    if (v.kind != ValueKind::external || t.count == 0) {
      merge(all, instance_of(one(v)));
      continue;
    }
    Value made{ValueKind::instance, knowledge_->canonical(v.name)};
    switch (form_of(v.name)) {
      case Form::callable: merge(all, callable_of(*this, terms, t, at)); continue;
      case Form::opaque: all.unknown = true; continue;
      case Form::first: merge(all, type_values(terms, argument(0), at)); continue;
      case Form::optional: merge(all, one(Value{ValueKind::none, "None"})); [[fallthrough]];
      case Form::alternatives:
        for (std::uint32_t i = 0; i < t.count; ++i) merge(all, type_values(terms, argument(i), at));
        continue;
      case Form::type: merge(all, values(terms, argument(0), at)); continue;
      case Form::last:
        made.kind = ValueKind::coroutine;
        made.inner = std::make_shared<const ValueSet>(type_values(terms, argument(t.count - 1), at));
        break;
      case Form::mapping:
        made.name = "builtins.dict";
        if (t.count > 1) made.inner = std::make_shared<const ValueSet>(type_values(terms, argument(1), at));
        break;
      case Form::tuple: {
        std::vector<ValueSet> elements;
        for (std::uint32_t i = 0; i < t.count; ++i) elements.push_back(type_values(terms, argument(i), at));
        made.inner = std::make_shared<const ValueSet>(elements.front());
        made.elements = std::make_shared<const std::vector<ValueSet>>(std::move(elements));
        break;
      }
      case Form::self:
      case Form::variable:
      case Form::none: made.inner = std::make_shared<const ValueSet>(type_values(terms, argument(0), at)); break;
    }
    merge(all, one(std::move(made)));
  }
  return all;
}

// After isinstance(): what fits of what it could be, else what the test names; or what is left when it failed.
ValueSet Linker::narrowed(const ValueSet& of, const ValueSet& type, bool holds) {
  auto fits = [&](const Value& v) {
    for (const Value& t : type.values) {
      if (v.kind != t.kind) continue;
      if (v.kind == ValueKind::instance && (v.name == t.name || knowledge_->is_subclass(v.name, t.name))) return true;
      if (v.kind == ValueKind::object && ((v.module == t.module && v.id == t.id) || derives(v, {t.module, t.id}))) return true;
    }
    return false;
  };
  ValueSet kept;
  kept.unknown = !holds && of.unknown;
  for (const Value& v : of.values) {
    if (fits(v) == holds) merge(kept, one(v));
  }
  if (holds) return kept.empty() || type.unknown ? type : kept;
  kept.unknown |= kept.empty();
  return kept;
}

// `q: Queue[int] = Queue(3)`: the type counts; the value says how the object was made.
ValueSet Linker::made_as(ValueSet type, const ValueSet& value) {
  for (Value& v : type.values.edit()) {
    for (const Value& made : value.values) {
      if (made.kind != v.kind || made.name != v.name || made.kind != ValueKind::instance) continue;
      v.module = made.module;
      v.unit = made.unit;
      v.call = made.call;
      if (!v.inner) v.inner = made.inner;
    }
  }
  return type;
}

}  // namespace awaitd::analysis
