#include "analysis/rules/awaitables.h"

#include <algorithm>

#include "analysis/knowledge/words.h"
#include "analysis/link/value_sets.h"

namespace awaitd::analysis {
namespace {

// A class beside it can be awaited: it may be one below the class that was declared.
bool awaitable_beside(const UnitView& view, const Value& object) {
  const auto& classes = view.linker().index(object.module).tables->classes;
  for (std::uint32_t c = 0; c < classes.size(); ++c) {
    if (classes[c].members.count("__await__") != 0) return true;
  }
  return false;
}

bool surely_not_awaitable(const UnitView& view, const Value& v, bool data) {
  if (v.probable) return false;
  switch (v.kind) {
    case ValueKind::none:
    case ValueKind::generator:
    case ValueKind::module:
      return true;
    case ValueKind::instance:
      return v.name.starts_with("builtins.") && view.knowledge().is_builtin_name(v.name.substr(9)) &&
             v.name != "builtins.object" && v.name != "builtins.super" && v.name != "builtins.type";
    case ValueKind::object: {
      Linker::ExternalBases external;
      bool able = !view.linker().find_member(v.module, v.id, "__await__", external).empty();
      const bool plain = std::all_of(external.names.begin(), external.names.end(),
                                     [&](const std::string& base) { return data && is_word_for("plain_base", base); });
      return !able && plain && !external.unknown && !awaitable_beside(view, v) &&
             view.linker().find_member(v.module, v.id, "__getattr__", external).empty();
    }
    default:
      return false;
  }
}

}  // namespace

bool surely_not_awaitable(const UnitView& view, const ValueSet& values, bool data) {
  if (values.unknown || values.values.empty()) return false;
  return std::all_of(values.values.begin(), values.values.end(),
                     [&](const Value& v) { return surely_not_awaitable(view, v, data); });
}

bool has_stub_body(const UnitView& view, const Value& function) { return view.linker().signature(function).stub; }

bool is_stub(const UnitView& view, const Value& function) {
  // Abstract, overloaded, a property: its own words are not the last ones.
  return has_stub_body(view, function) || !view.linker().decorator_effects(function).empty();
}

bool has_async_namesake(const UnitView& view, const Value& function) {
  std::string name(view.linker().signature(function).name);
  std::vector<std::uint32_t> modules{0, function.module};
  // An override that calls the one below it stands in some file that the base class knows nothing of.
  if (const auto* calling = view.linker().calling(name)) modules.insert(modules.end(), calling->begin(), calling->end());
  for (std::uint32_t module : modules) {
    const ModuleIndex& index = view.linker().index(module);
    for (std::uint32_t c = 0; c < index.tables->classes.size(); ++c) {
      const IndexedClass& cls = index.tables->classes[c];
      auto found = cls.members.find(name);
      if (found == cls.members.end()) continue;
      for (const Member& m : found->second) {
        if (m.function == kNone) return true;  // some value: nobody knows which
        if (index.units[m.unit].data->exports->functions[m.function].async) return true;
      }
    }
  }
  return false;
}

}  // namespace awaitd::analysis
