#include "analysis/rules/protocols.h"

#include "analysis/knowledge/entries.h"

namespace awaitd::analysis {
namespace {

struct Names {
  How how;
  std::string_view methods[2];  // any of them is enough
};

Names names_of(Protocol protocol) {
  switch (protocol) {
    case Protocol::enter:
      return {How::enter, {"__enter__", {}}};
    case Protocol::aenter:
      return {How::aenter, {"__aenter__", {}}};
    case Protocol::iterate:
      return {How::iterate, {"__iter__", "__getitem__"}};
    case Protocol::aiterate:
      return {How::aiterate, {"__aiter__", {}}};
  }
  return {};
}

bool is_async(Protocol protocol) { return protocol == Protocol::aenter || protocol == Protocol::aiterate; }

Has object_has(const UnitView& view, const Value& v, Protocol protocol) {
  Linker::ExternalBases external;
  for (std::string_view method : names_of(protocol).methods) {
    if (!method.empty() && !view.linker().find_member(v.module, v.id, method, external).empty()) return Has::yes;
  }
  if (external.unknown) return Has::unknown;
  // A metaclass, a class decorator or __getattr__ does not matter: Python looks these methods up on the type.
  for (const std::string& base : external.names) {
    if (!view.knowledge().results(base, names_of(protocol).how).empty()) return Has::yes;
  }
  return external.names.empty() ? Has::no : Has::unknown;
}

}  // namespace

Has has_protocol(const UnitView& view, const Value& v, Protocol protocol) {
  const Knowledge& knowledge = view.knowledge();
  switch (v.kind) {
    case ValueKind::object:
      return object_has(view, v, protocol);
    case ValueKind::generator: {
      const bool async = v.id != 0 && view.linker().signature(v).async;
      if (protocol != Protocol::iterate && protocol != Protocol::aiterate) return Has::no;
      return v.id == 0 ? Has::unknown : async == is_async(protocol) ? Has::yes : Has::no;
    }
    case ValueKind::instance:
      break;
    default:
      return Has::unknown;
  }
  if (has_role(v.name, "container")) return protocol == Protocol::iterate ? Has::yes : Has::no;
  if (v.id != 0 && view.linker().signature(v).generator) {  // a context manager made of a generator function
    if (protocol != Protocol::enter && protocol != Protocol::aenter) return Has::unknown;
    return view.linker().signature(v).async == is_async(protocol) ? Has::yes : Has::no;
  }
  if (!knowledge.results(v.name, names_of(protocol).how).empty()) return Has::yes;
  if (protocol == Protocol::iterate) return knowledge.is_async_class(v.name) ? Has::no : Has::unknown;
  if (protocol == Protocol::aiterate) return Has::unknown;
  // The tables list how a thing is entered: one that they know to be entered the other way is not entered this way.
  const How other = protocol == Protocol::enter ? How::aenter : How::enter;
  return knowledge.results(v.name, other).empty() ? Has::unknown : Has::no;
}

}  // namespace awaitd::analysis
