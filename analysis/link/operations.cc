// What attribute access, calls, await, with, iteration and operators make of values.
#include <algorithm>
#include <utility>

#include "analysis/effects/reading.h"
#include "analysis/knowledge/coroutines.h"
#include "analysis/link/callables.h"
#include "analysis/link/linker.h"
#include "analysis/link/outside.h"
#include "analysis/link/value_sets.h"

namespace awaitd::analysis {
namespace {

std::string joined(std::string_view a, std::string_view b) {
  std::string result(a);
  result += '.';
  result += b;
  return result;
}

// What `await connect()` or `async with connect()` gives was made by that call.
void remember_maker(const Value& from, ValueSet& result) {
  if (from.call == kNoCall || from.id != 0) return;
  const auto unmade = [](const Value& r) {
    return r.elements || (r.kind == ValueKind::instance && r.call == kNoCall && r.id == 0);
  };
  if (std::none_of(result.values.begin(), result.values.end(), unmade)) return;
  for (Value& r : result.values.edit()) {
    if (r.elements) {
      auto elements = std::make_shared<std::vector<ValueSet>>(*r.elements);
      for (ValueSet& element : *elements) remember_maker(from, element);
      r.elements = std::move(elements);
    }
    if (r.kind != ValueKind::instance || r.call != kNoCall || r.id != 0) continue;
    r.module = from.module;
    r.unit = from.unit;
    r.call = from.call;
  }
}

// True for an object of a class that is known to its roots and has no such attribute.
bool surely_lacks(Linker& linker, const Value& object, std::string_view name) {
  Linker::ExternalBases external;
  bool has = !linker.find_member(object.module, object.id, name, external).empty();
  has |= !linker.find_member(object.module, object.id, "__getattr__", external).empty();
  has |= !linker.find_member(object.module, object.id, "__getattribute__", external).empty();
  return !has && external.names.empty() && !external.unknown;
}

// True if `name: Type` in a class body or `self.name: Type = ...` says what a member is.
bool declares(const Linker& linker, const Linker::MemberAt& member) {
  if (member.member.function != kNone) return false;
  const Term& t = linker.unit({member.module, member.member.unit}).data->exports->terms[member.member.term];
  return t.kind == TermKind::instance && t.number == 1;
}

}  // namespace

ValueSet Linker::attribute(const ValueSet& of, std::string_view name) {
  ValueSet all;
  all.unknown = of.unknown;
  bool missing = false;
  for (const Value& v : of.values) {
    switch (v.kind) {
      case ValueKind::none: break;  // None.x raises: the code means the other case
      case ValueKind::module: {
        ValueSet member = module_member(v.module, name);
        if (member.empty() && !member.unknown) {
          std::string dotted = joined(v.name, name);
          if (module(dotted, v.module)) member = imported(dotted, v.module);
          else member.unknown = true;
        }
        merge(all, member);
        break;
      }
      case ValueKind::external: {
        ValueSet fact = from_facts(joined(v.name, name), How::attribute, v);
        if (fact.empty()) fact = outside_result(*knowledge_, joined(v.name, name), How::attribute, v.probable);
        if (!fact.empty()) merge(all, fact);
        else merge(all, one(Value{ValueKind::external, knowledge_->canonical(joined(v.name, name))}));
        break;
      }
      case ValueKind::instance: merge(all, instance_attribute(v, name)); break;
      case ValueKind::object: {
        ValueSet member = member_attribute(v, name);
        if (member.empty() && of.values.size() > 1 && surely_lacks(*this, v, name))
          missing = true;  // the code means another one of them
        else
          merge(all, member);
        break;
      }
      case ValueKind::cls: merge(all, member_attribute(v, name)); break;
      default: all.unknown = true;
    }
  }
  all.unknown |= missing && all.empty();
  return all;
}

ValueSet Linker::instance_attribute(const Value& v, std::string_view name) {
  std::string origin = joined(v.name, name);
  ValueSet fact = from_facts(origin, How::attribute, v);
  if (fact.empty()) fact = outside_result(*knowledge_, origin, How::attribute, v.probable);
  if (!fact.empty()) return fact;
  if (knowledge_->blocking(origin) == nullptr && knowledge_->results(origin, How::call).empty() && !call_fact(origin)) {
    ValueSet dynamic = from_facts(joined(v.name, "__getattr__"), How::attribute, v);
    if (!dynamic.empty()) return dynamic;
  }
  Value method{ValueKind::external, std::move(origin)};
  method.probable = v.probable;
  method.inner = std::make_shared<const ValueSet>(one(v));
  return one(std::move(method));
}

ValueSet Linker::member_attribute(const Value& v, std::string_view name) {
  ExternalBases external;
  ValueSet all;
  bool declared = false;
  for (const MemberAt& member : find_member(v.module, v.id, name, external)) {
    if (v.kind == ValueKind::cls && member.member.instance) continue;
    if (member.member.function != kNone && is_accessor(function_value(member.module, member.member))) continue;
    ValueSet value = member_value(member, &v);
    declared |= !value.unknown && !value.empty() && declares(*this, member);
    merge(all, value);
  }
  if (declared) all.unknown = false;  // what nobody can name is of that type, too
  bool nothing = std::all_of(all.values.begin(), all.values.end(), [](const Value& m) { return m.kind == ValueKind::none; });
  if (nothing && v.kind == ValueKind::object) merge(all, outside_values(v, name));
  if (!all.empty() || all.unknown) return all;
  if (v.kind == ValueKind::object && surely_lacks(*this, v, name)) {
    if (ValueSet below = defined_below(v, name); !below.empty()) return below;
  }
  if (v.kind == ValueKind::object && !name.starts_with("__")) {  // the language looks there for no special method
    ExternalBases beside;
    for (const MemberAt& m : find_member(v.module, v.id, "__getattr__", beside)) {
      if (m.member.function == kNone) continue;
      Value getter = function_value(m.module, m.member);
      getter.inner = std::make_shared<const ValueSet>(one(v));
      merge(all, function_result(getter));
    }
    if (!all.empty() || all.unknown) return all;
  }
  const std::size_t owner = outside_owner(external.names, name);
  for (std::size_t i = 0; i < external.names.size(); ++i) {
    if (owner < external.names.size() && i != owner) continue;
    Value outside{v.kind == ValueKind::object ? ValueKind::instance : ValueKind::external, external.names[i]};
    outside.probable = (external.names.size() > 1 && i != owner) || external.unknown;
    merge(all, attribute(one(std::move(outside)), name));
  }
  all.unknown |= external.unknown || external.names.empty();
  return all;
}

// Rows whose result is a word starting with $ are about the arguments; see types.tsv.
ValueSet Linker::from_facts(std::string_view producer, How how, const Value& receiver) {
  ValueSet all;
  std::vector<ValueSet> elements;
  for (const TypeFact* fact : knowledge_->results(producer, how)) {
    ValueSet made;
    std::string_view rest = fact->result;
    while (!rest.empty()) {
      std::size_t bar = rest.find('|');
      std::string_view result = rest.substr(0, bar);
      rest = bar == std::string_view::npos ? std::string_view() : rest.substr(bar + 1);
      if (result == "self") {
        Value same = receiver;
        if (receiver.kind == ValueKind::external && receiver.inner) same = receiver.inner->values.front();
        else if (receiver.kind == ValueKind::external) {
          // `Class.method()`: the class is what stands before the last dot.
          same = Value{ValueKind::instance, receiver.name.substr(0, receiver.name.rfind('.'))};
        }
        merge(made, one(std::move(same)));
      } else if (result == "$inner") {
        const Value& holder = receiver.inner && receiver.kind == ValueKind::external ? receiver.inner->values.front() : receiver;
        merge(made, inner_of(holder));
      } else if (result == "$inners" || result == "$pairs") {
        const Value& holder = receiver.inner && receiver.kind == ValueKind::external ? receiver.inner->values.front() : receiver;
        ValueSet element = inner_of(holder);
        if (result == "$pairs") {
          Value pair{ValueKind::instance, "builtins.tuple"};
          pair.elements = std::make_shared<const std::vector<ValueSet>>(std::vector<ValueSet>{unknown_value(), element});
          element = one(std::move(pair));
        }
        Value list{ValueKind::instance, "builtins.list"};
        list.inner = std::make_shared<const ValueSet>(std::move(element));
        merge(made, one(std::move(list)));
      } else if (result == "None") {
        merge(made, one(Value{ValueKind::none, "None"}));
      } else if (result == "$class") {
        merge(made, one(Value{ValueKind::external, std::string(producer)}));
      } else if (result[0] != '$') {
        merge(made, one(Value{ValueKind::instance, knowledge_->canonical(result)}));
      }
    }
    if (fact->index >= 0) {
      elements.resize(std::max<std::size_t>(elements.size(), static_cast<std::size_t>(fact->index) + 1), unknown_value());
      elements[static_cast<std::size_t>(fact->index)] = std::move(made);
    } else {
      merge(all, made);
    }
  }
  if (!elements.empty()) {
    Value tuple{ValueKind::instance, "builtins.tuple"};
    tuple.elements = std::make_shared<const std::vector<ValueSet>>(std::move(elements));
    merge(all, one(std::move(tuple)));
  }
  if (receiver.probable) {
    for (Value& v : all.values.edit()) v.probable = true;
  }
  return all;
}

ValueSet Linker::apply(const ValueSet& of, How how, std::string_view method) {
  ValueSet all;
  all.unknown = of.unknown;
  for (const Value& v : of.values) {
    if (v.kind == ValueKind::none) continue;
    ValueSet result;
    // What hangs on an instance may be a property: `reader.pages` is iterated as it stands.
    if (v.kind == ValueKind::instance || (v.kind == ValueKind::external && v.inner)) result = from_facts(v.name, how, v);
    if (v.kind == ValueKind::instance && result.empty()) result = outside_result(*knowledge_, v.name, how, v.probable);
    if (how == How::await || how == How::aenter || how == How::enter) remember_maker(v, result);
    if (v.kind == ValueKind::object) {
      ExternalBases external;
      for (const MemberAt& m : find_member(v.module, v.id, method, external)) {
        if (m.member.function != kNone) merge(result, function_result(function_value(m.module, m.member)));
      }
      if (result.empty()) {
        for (const std::string& base : external.names) {
          merge(result, from_facts(base, how, Value{ValueKind::instance, base}));
        }
      }
    }
    if (result.empty()) all.unknown = true;
    merge(all, result);
  }
  return all;
}

ValueSet Linker::await_of(const ValueSet& of) {
  ValueSet all;
  all.unknown = of.unknown;
  ValueSet rest;
  for (const Value& v : of.values) {
    if (v.kind == ValueKind::coroutine) merge(all, inner_of(v));
    else merge(rest, one(v));
  }
  merge(all, apply(rest, How::await, "__await__"));
  return all;
}

ValueSet Linker::enter_of(const ValueSet& of, bool async) {
  ValueSet all;
  all.unknown = of.unknown;
  How how = async ? How::aenter : How::enter;
  std::string_view method = async ? "__aenter__" : "__enter__";
  for (const Value& v : of.values) {
    if (v.kind == ValueKind::none) continue;
    if (v.kind == ValueKind::object) {
      // Of several things it could be, it is one that can be entered this way.
      ExternalBases external;
      bool able = !find_member(v.module, v.id, method, external).empty() || !external.names.empty() || external.unknown;
      if (!able && of.values.size() > 1) continue;
    }
    ValueSet entered = apply(one(v), how, method);
    if (v.kind == ValueKind::object && async) entered = await_of(entered);
    // A class that the tables know and say nothing else of: its managers return themselves, as nearly all do.
    bool itself = entered.empty() && ((v.kind == ValueKind::instance && knowledge_->knows(v.name)) ||
                                      v.kind == ValueKind::object);
    merge(all, itself ? one(v) : entered);
  }
  return all;
}

ValueSet Linker::iterate_of(const ValueSet& of, bool async) {
  ValueSet all;
  all.unknown = of.unknown;
  ValueSet rest;
  for (const Value& v : of.values) {
    if (v.kind == ValueKind::generator) merge(all, inner_of(v));
    else if (v.kind == ValueKind::instance && v.inner && v.name != "builtins.dict") merge(all, inner_of(v));
    else merge(rest, one(v));
  }
  ValueSet result = apply(rest, async ? How::aiterate : How::iterate, async ? "__aiter__" : "__iter__");
  for (const Value& v : result.values) {  // a project's __iter__ gives an iterator of the elements
    if (v.kind == ValueKind::generator) merge(all, inner_of(v));
    else merge(all, one(v));
  }
  all.unknown |= result.unknown;
  return all;
}

ValueSet Linker::item_of(const ValueSet& of, int number) {
  ValueSet all;
  all.unknown = of.unknown;
  ValueSet rest;
  for (const Value& v : of.values) {
    if (v.elements && number >= 0 && static_cast<std::size_t>(number) < v.elements->size()) {
      merge(all, (*v.elements)[static_cast<std::size_t>(number)]);
    } else if (v.inner && v.kind == ValueKind::instance) {
      merge(all, inner_of(v));
    } else {
      merge(rest, one(v));
    }
  }
  merge(all, apply(rest, How::item, "__getitem__"));
  return all;
}

namespace {

// What a library's class gives when it is unpacked is not told by its type arguments: Stream[int]() may give a pair.
bool unpacks_its_argument(const Value& v) {
  const std::string_view name = v.name;
  return !v.inner || v.kind != ValueKind::instance || name.starts_with("builtins.") || name.starts_with("typing.") ||
         name.starts_with("collections.");
}

}  // namespace

ValueSet Linker::element_of(const ValueSet& of, int number) {
  ValueSet all;
  all.unknown = of.unknown;
  for (const Value& v : of.values) {
    if (v.elements) {
      merge(all, static_cast<std::size_t>(number) < v.elements->size() ? (*v.elements)[static_cast<std::size_t>(number)]
                                                                       : unknown_value());
    } else if (v.kind == ValueKind::object) {
      ValueSet field = named_tuple_field(v, number);
      merge(all, field.empty() ? iterate_of(one(v), false) : field);
    } else {
      merge(all, unpacks_its_argument(v) ? iterate_of(one(v), false) : unknown_value());
    }
  }
  return all;
}

namespace {

// A number where both sides are one number and the result is no surprise; kNoNumber otherwise.
std::int64_t computed(const ValueSet& left, const ValueSet& right, std::string_view op) {
  auto number = [](const ValueSet& set) {
    return set.unknown || set.values.size() != 1 ? kNoNumber : set.values[0].number;
  };
  constexpr std::int64_t kMost = 1'000'000'000;
  const std::int64_t a = number(left), b = number(right);
  if (a < 0 || b < 0 || a > kMost || b > kMost) return kNoNumber;
  if (op == "+") return a + b;
  if (op == "-") return a >= b ? a - b : kNoNumber;
  if (op == "*") return a * b;
  if (op == "//") return b > 0 ? a / b : kNoNumber;
  if (op != "**" || b > 30) return kNoNumber;
  std::int64_t power = 1;
  for (std::int64_t i = 0; i < b; ++i) {
    power *= a;
    if (power > kMost) return kNoNumber;
  }
  return power;
}

}  // namespace

ValueSet Linker::binary_of(const ValueSet& left, const ValueSet& right, std::string_view op) {
  std::string_view method = operator_method(op);
  if (method.empty()) return unknown_value();
  if (op == "|") {
    if (ValueSet alias = alias_of(left, right); !alias.empty()) return alias;
  }
  ValueSet all;
  if (const std::int64_t number = computed(left, right, op); number != kNoNumber) {
    Value v = left.values[0];
    v.number = number;
    return one(std::move(v));
  }
  for (const Value& v : left.values) {
    if (v.kind == ValueKind::instance) merge(all, from_facts(joined(v.name, method), How::binop, v));
    if (v.kind == ValueKind::object) merge(all, apply(one(v), How::binop, method));
  }
  if (all.empty()) {  // "dir" / path: the right operand answers
    for (const Value& v : right.values) {
      if (v.kind == ValueKind::instance) merge(all, from_facts(joined(v.name, method), How::binop, v));
    }
  }
  all.unknown |= all.empty() || left.unknown;
  return all;
}

// The fields of a class that derives from NamedTuple stand in order.
ValueSet Linker::named_tuple_field(const Value& object, int number) {
  const IndexedClass& cls = modules_[object.module]->tables->classes[object.id];
  At at{object.module, cls.unit};
  const Exports& exports = *unit(at).data->exports;
  bool named = false;
  for (const std::string& base : external_bases(object.module, object.id).names) named |= base == "typing.NamedTuple";
  if (!named) return {};
  for (const ExportedName& m : exports.classes[cls.id].members) {
    if (exports.terms[m.term].kind != TermKind::instance) continue;
    if (number-- == 0) return values(exports.terms, m.term, at);
  }
  return {};
}

}  // namespace awaitd::analysis
