// What a call gives: by what is known of the callee, by its arguments, by the body of a project's function.
#include <utility>

#include "analysis/link/callables.h"
#include "analysis/link/linker.h"
#include "analysis/link/outside.h"
#include "analysis/link/value_sets.h"

namespace awaitd::analysis {

ValueSet Linker::argument_result(const Value& callee, const Terms* terms, const Term* call, At at) {
  ValueSet all;
  for (const TypeFact* fact : knowledge_->results(callee.name, How::call)) {
    std::string_view word = fact->result.substr(0, fact->result.find('|'));  // the rest: where the argument is missing
    if (word.size() < 2 || word[0] != '$' || call == nullptr) continue;
    const std::uint32_t wanted = word.back() == '1' ? 1 : 0;
    word.remove_suffix(1);
    if (wanted >= call->count) continue;
    TermId term = terms->lists[call->first + wanted];
    if (word == "$arg") merge(all, values(*terms, term, at));
    if (word == "$instance") merge(all, type_values(*terms, term, at));
    if (word == "$await") merge(all, await_of(values(*terms, term, at)));
    if (word == "$entered") merge(all, enter_of(values(*terms, term, at), false));
    if (word == "$awaited_entered") {
      Value coroutine{ValueKind::coroutine, callee.name};
      coroutine.inner = std::make_shared<const ValueSet>(enter_of(values(*terms, term, at), true));
      merge(all, one(std::move(coroutine)));
    }
    if (word == "$called" || word == "$future") {  // what it calls for the caller, to be awaited
      Value made{word == "$called" ? ValueKind::coroutine : ValueKind::instance,
                 word == "$called" ? callee.name : "asyncio.Future"};
      made.inner = std::make_shared<const ValueSet>(call_result(values(*terms, term, at), nullptr, nullptr, at));
      merge(all, one(std::move(made)));
    }
    if (word == "$element") merge(all, iterate_of(values(*terms, term, at), false));
    if (word == "$list") {
      Value list{ValueKind::instance, "builtins.list"};
      list.inner = std::make_shared<const ValueSet>(iterate_of(values(*terms, term, at), false));
      merge(all, one(std::move(list)));
    }
    if (word == "$pairs" || word == "$zipped") {
      std::vector<ValueSet> parts{one(Value{ValueKind::instance, "builtins.int"})};
      if (word == "$zipped") parts.clear();
      for (std::uint32_t i = wanted; i < call->count && (word == "$zipped" || i == wanted); ++i) {
        parts.push_back(iterate_of(values(*terms, terms->lists[call->first + i], at), false));
      }
      Value tuple{ValueKind::instance, "builtins.tuple"};
      tuple.elements = std::make_shared<const std::vector<ValueSet>>(std::move(parts));
      Value list{ValueKind::instance, "builtins.list"};
      list.inner = std::make_shared<const ValueSet>(one(std::move(tuple)));
      merge(all, one(std::move(list)));
    }
    if (word == "$task") {
      Value task{ValueKind::instance, "asyncio.Task"};
      task.inner = std::make_shared<const ValueSet>(await_of(values(*terms, term, at)));
      merge(all, one(std::move(task)));
    }
  }
  return all;
}

ValueSet Linker::call_result(const ValueSet& callee, const Terms* terms, const Term* call, At at) {
  ValueSet all;
  all.unknown = callee.unknown;
  for (const Value& v : callee.values) {
    switch (v.kind) {
      case ValueKind::external: {
        ValueSet fact = argument_result(v, terms, call, at);
        if (fact.empty()) fact = from_facts(v.name, How::call, v);
        // A scope is known by the callable that makes it, whatever the class of the object.
        bool scope = knowledge_->timeout_scope(v.name) != nullptr;
        if (fact.empty() && !scope) fact = outside_result(*knowledge_, v.name, How::call, v.probable);
        if (fact.empty()) {
          Value opaque{ValueKind::instance, v.name};
          opaque.probable = v.probable;
          fact = one(std::move(opaque));
        }
        if (call != nullptr && fact.values.size() == 1 && fact.values.front().kind == ValueKind::instance && fact.values.front().id == 0) {
          Value& made = fact.values.edit().front();
          made.module = at.module;
          made.unit = at.unit;
          made.call = static_cast<std::uint32_t>(call->number);
        }
        merge(all, fact);
        break;
      }
      case ValueKind::cls: {
        Value made = v;
        made.kind = ValueKind::object;
        merge(all, one(std::move(made)));
        break;
      }
      case ValueKind::function: {
        ValueSet result = inferred_result(v, terms, call, at);
        if (result.empty()) result = function_result(v);
        for (std::size_t i = 0; v.probable && i < result.values.size(); ++i) result.values.edit()[i].probable = true;
        merge(all, result);
        break;
      }
      case ValueKind::instance: {
        ValueSet fact = v.name == kCallable ? inner_of(v) : from_facts(v.name + ".__call__", How::call, v);
        if (fact.empty()) all.unknown = true;
        merge(all, fact);
        break;
      }
      case ValueKind::object: merge(all, call_result(member_attribute(v, "__call__"), nullptr, nullptr, at)); break;
      case ValueKind::none: break;
      default: all.unknown = true;
    }
  }
  return all;
}

}  // namespace awaitd::analysis
