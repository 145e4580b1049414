#include "analysis/flow/exceptions.h"

#include <algorithm>

#include "analysis/knowledge/scope_words.h"
#include "analysis/knowledge/words.h"
#include "analysis/unit_view.h"

namespace awaitd::analysis {
namespace {

void add(Catches& all, const Catches& one) {
  all.error = std::max(all.error, one.error);
  all.cancel = std::max(all.cancel, one.cancel);
  all.named |= one.named;
}

// Whether a class is another one or below it, in the targeted Python.
bool below(const UnitView& view, const ExceptionFact* cls, const ExceptionFact& top) {
  while (cls != nullptr && cls != &top) {
    std::string_view base = view.options().target.minor < cls->since ? cls->before : cls->base;
    cls = base.empty() ? nullptr : view.knowledge().exception(base);
  }
  return cls != nullptr;
}

// The class itself, where the name is another one for it in the targeted Python.
const ExceptionFact* resolved(const UnitView& view, const ExceptionFact* fact) {
  const bool other_name = fact != nullptr && fact->alias && view.options().target.minor >= fact->since;
  return other_name ? view.knowledge().exception(fact->base) : fact;
}

Catches of_class(const UnitView& view, std::string_view origin) {
  const ExceptionFact* fact = view.knowledge().exception(origin);
  if (fact == nullptr)
    return {Catch::some, Catch::none, false};  // of a library: an Exception, as all but a handful are
  Catches result;
  result.named = fact->cancel;
  for (const ExceptionFact& row : view.knowledge().exceptions()) {
    if (row.cancel && below(view, &row, *fact)) result.cancel = Catch::all;
    if (!row.ordinary) continue;
    if (below(view, &row, *fact)) result.error = Catch::all;
    if (result.error == Catch::none && below(view, fact, row)) result.error = Catch::some;
  }
  return result;
}

Catches of_values(const UnitView& view, const ValueSet& values, int depth);

Catches of_value(const UnitView& view, const Value& value, int depth) {
  switch (value.kind) {
    case ValueKind::external:
      return of_class(view, value.name);
    case ValueKind::instance: {
      if (value.elements != nullptr && depth < 4) {
        Catches all;
        for (const ValueSet& element : *value.elements) add(all, of_values(view, element, depth + 1));
        return all;
      }
      const ExceptionFact* fact = view.knowledge().exception(value.name);
      if (fact != nullptr) return of_class(view, value.name);  // get_cancelled_exc_class()
      return {Catch::some, Catch::maybe, false};
    }
    case ValueKind::cls: {
      if (view.knowledge().exception(value.name) != nullptr) return of_class(view, value.name);
      Linker::ExternalBases bases = view.linker().external_bases(value.module, value.id);
      Catches all;
      all.error = Catch::none;
      for (const std::string& base : bases.names) {
        Catches one = of_class(view, base);
        add(all, {std::min(one.error, Catch::some), one.named ? Catch::all : Catch::none, one.named});
      }
      if (bases.unknown || bases.names.empty()) all.error = Catch::some;
      return all;
    }
    default:
      return {Catch::some, Catch::maybe, false};
  }
}

Catches of_values(const UnitView& view, const ValueSet& values, int depth) {
  Catches all;
  if (values.unknown || values.empty()) all = {Catch::some, Catch::maybe, false};
  bool every = !values.unknown && !values.empty();
  for (const Value& value : values.values) {
    Catches one = of_value(view, value, depth);
    add(all, one);
    every &= one.cancel == Catch::all;
  }
  // One of several that it may be: then it may catch it.
  if (all.cancel == Catch::all && !every) all.cancel = Catch::maybe;
  return all;
}

}  // namespace

bool handles(const UnitView& view, std::string_view handler, std::string_view raised) {
  const ExceptionFact* top = resolved(view, view.knowledge().exception(handler));
  return top != nullptr && below(view, view.knowledge().exception(raised), *top);
}

std::string_view exception_class(const UnitView& view, std::string_view origin) {
  const ExceptionFact* fact = view.knowledge().exception(origin);
  return fact == nullptr ? origin : fact->alias ? fact->base : fact->name;
}

namespace {

// `except retry_on`, `except self.backend.Unavailable`: an annotation says what its classes are below, not which they
// are.
bool is_bound_only(const UnitView& view, NodeId type) {
  if (view.unit()[type].kind == Kind::attribute) {
    const NodeId object = view.unit().child(type, Field::object);
    const ValueSet holders = object == kNoNode ? ValueSet{} : view.values(object);
    return std::any_of(holders.values.begin(), holders.values.end(),
                       [](const Value& v) { return v.kind == ValueKind::object; });
  }
  if (view.unit()[type].kind != Kind::identifier) return false;
  const Facts& facts = view.facts();
  const auto bindings = facts.bindings_in(facts.function_of(type).scope, view.unit().text_of(type));
  return !bindings.empty() && facts.bindings[bindings.front()].kind == BindingKind::parameter;
}

}  // namespace

Catches catches_of(const UnitView& view, NodeId type) {
  if (type == kNoNode) return {Catch::all, Catch::all, false};
  const Unit& unit = view.unit();
  type = inside_parentheses(unit, type);
  if (unit[type].kind != Kind::tuple && unit[type].kind != Kind::expression_list) {
    Catches caught = of_values(view, view.values(type), 0);
    if (caught.cancel == Catch::all && is_bound_only(view, type)) caught.cancel = Catch::maybe;
    return caught;
  }
  Catches all;
  for (NodeId child : children(unit, type)) {
    if (unit[child].kind == Kind::comment) continue;
    NodeId element = unit[child].kind == Kind::list_splat ? unit.first_child(child) : child;
    if (element != kNoNode && unit[element].kind == Kind::op_star) element = unit.next_sibling(element);
    if (element != kNoNode) add(all, of_values(view, view.values(element), 0));
  }
  return all;
}

Catches raised_by(const UnitView& view, NodeId value) {
  const Call* call = value == kNoNode ? nullptr : view.facts().call_at(value);
  NodeId type = call == nullptr ? value : call->callee;
  Catches catches = catches_of(view, type);
  if (catches.cancel == Catch::all && !catches.named) catches.cancel = Catch::none;  // raise BaseException()
  return catches;
}

namespace {

// A function of the project that says so.
bool declared_to_raise(const UnitView& view, const Value& function) {
  const Exports& exports = *view.linker().unit({function.module, function.unit}).data->exports;
  const TermId annotated = exports.functions[function.id].annotated;
  const ValueSet types = view.linker().values(exports.terms, annotated, {function.module, function.unit});
  return std::any_of(types.values.begin(), types.values.end(), [](const Value& type) {
    return type.name.ends_with(".NoReturn") || type.name.ends_with(".Never");
  });
}

}  // namespace

bool never_returns(const UnitView& view, const Call& call) {
  const ValueSet callee = view.callee(call);
  return !callee.values.empty() && !callee.unknown &&
         std::all_of(callee.values.begin(), callee.values.end(), [&](const Value& v) {
           if (v.kind == ValueKind::function) return declared_to_raise(view, v);
           return v.kind == ValueKind::external && is_word_for("never_returns", v.name);
         });
}

const ManagerFact* manager_of(const UnitView& view, NodeId context) {
  const Call* call = view.facts().call_at(context);
  ValueSet values = call == nullptr ? view.values(context) : view.callee(*call);
  if (values.unknown) return nullptr;
  const ManagerFact* found = nullptr;  // by whichever import there is, it is the same kind of thing
  for (const Value& value : values.values) {
    if (value.kind != ValueKind::external && value.kind != ValueKind::instance) return nullptr;
    const ManagerFact* manager = view.knowledge().manager(value.name);
    if (manager == nullptr || (found != nullptr && manager->kind != found->kind)) return nullptr;
    found = manager;
  }
  return found;
}

namespace {

// Nobody can resolve it, but its name says it.
bool is_called_timeout(const UnitView& view, NodeId context) {
  const Call* call = view.facts().call_at(context);
  return call != nullptr && call->callee != kNoNode && view.callee(*call).values.empty() &&
         says_timeout(view.knowledge().timeout_scopes(), view.text(call->callee));
}

}  // namespace

Suppression suppression_of(const UnitView& view, NodeId context) {
  Suppression result;
  const ManagerFact* manager = manager_of(view, context);
  if (manager == nullptr) {
    result.timeout = is_called_timeout(view, context);
    return result;
  }
  result.own_cancel = manager->kind == ManagerKind::cancel;
  result.timeout = manager->kind == ManagerKind::timeout;
  const Call* call = view.facts().call_at(context);
  const bool swallows = manager->kind == ManagerKind::suppress || manager->kind == ManagerKind::expect;
  if (!swallows || call == nullptr) return result;
  for (const Argument& a : view.facts().arguments_of(*call)) {
    if (a.name.empty()) add(result.catches, catches_of(view, a.value));
  }
  return result;
}

bool wanted(const UnitView& view, NodeId node, std::string_view exception) {
  const Unit& unit = view.unit();
  for (const WithItem& item : view.facts().with_items) {
    if (item.value == kNoNode || item.statement > node || node >= item.statement + unit[item.statement].size) continue;
    const ManagerFact* manager = manager_of(view, item.value);
    if (manager == nullptr) continue;
    if (exception.empty() && manager->kind == ManagerKind::expect) return true;
    if (manager->kind != ManagerKind::suppress && manager->kind != ManagerKind::expect) continue;
    const Call* call = view.facts().call_at(item.value);
    if (call == nullptr) continue;  // made elsewhere
    for (const Argument& a : view.facts().arguments_of(*call)) {
      for (const Value& v : view.values(a.value).values) {
        if (!exception.empty() && exception_class(view, v.name) == exception) return true;
      }
    }
  }
  return false;
}

}  // namespace awaitd::analysis
