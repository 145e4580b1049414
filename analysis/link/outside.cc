#include "analysis/link/outside.h"

#include "analysis/knowledge/coroutines.h"
#include "analysis/link/value_sets.h"

namespace awaitd::analysis {
namespace {

bool fits(Gives gives, How how) {
  switch (how) {
    case How::await:
      return gives == Gives::coroutine || gives == Gives::awaitable;
    case How::aenter:
      return gives == Gives::manager;
    case How::aiterate:
      return gives == Gives::generator;
    case How::call:
      return gives == Gives::object;
    case How::attribute:
      return gives == Gives::attribute;
    default:
      return false;
  }
}

ValueSet results(const Knowledge& knowledge, CallFact fact, std::string_view origin, bool probable) {
  ValueSet all;
  if (fact.results.starts_with('[')) {
    fact.results.remove_prefix(1);
    Value list{ValueKind::instance, "builtins.list"};
    list.probable = probable;
    list.inner = std::make_shared<const ValueSet>(results(knowledge, fact, origin, probable));
    return one(std::move(list));
  }
  for (const std::string& cls : result_classes(fact, origin)) {
    Value made{ValueKind::instance, knowledge.canonical(cls)};
    made.probable = probable;
    merge(all, one(std::move(made)));
  }
  return all;
}

}  // namespace

ValueSet outside_result(const Knowledge& knowledge, std::string_view origin, How how, bool probable) {
  std::optional<CallFact> fact = call_fact(origin);
  if (fact && fits(fact->gives, how)) return results(knowledge, *fact, origin, probable);
  if (fact && fact->gives == Gives::promise && how == How::attribute) {
    Value promise{ValueKind::coroutine, std::string(origin)};
    promise.probable = probable;
    ValueSet given = results(knowledge, *fact, origin, probable);
    promise.inner = std::make_shared<const ValueSet>(given.empty() ? unknown_value() : std::move(given));
    return one(std::move(promise));
  }
  if (fact) return {};
  // An instance of a class: its own methods say what entering it or going through it gives.
  std::string method(origin);
  if (how == How::aenter)
    method += ".__aenter__";
  else if (how == How::aiterate)
    method += ".__anext__";
  else
    return {};
  fact = call_fact(method);
  if (!fact || fact->gives != Gives::coroutine) return {};
  return results(knowledge, *fact, method, probable);
}

std::size_t outside_owner(std::span<const std::string> bases, std::string_view name) {
  for (std::size_t i = 0; i < bases.size(); ++i) {
    if (call_fact(bases[i] + "." + std::string(name))) return i;
    if (!has_async_row(bases[i])) break;
  }
  return bases.size();
}

}  // namespace awaitd::analysis
