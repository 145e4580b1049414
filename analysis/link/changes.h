// What an edit changes of what a module's units tell each other, by name: the first step of affected_units().
// Plain functions over immutable indexes; as thread-safe as what they are given. Names point into the units' texts.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string_view>

#include "analysis/link/module_index.h"
#include "analysis/link/value.h"

namespace awaitd::analysis {

using Names = std::set<std::string_view>;

struct Changes {
  Names values;   // stand for other values
  Names used;     // do other things when they are called, but what they give is the same: constructors
  Names rebased;  // classes that may inherit other things, or be inherited from by others
  Names bases;    // of classes that have others now
  std::map<const UnitData*, bool> made;  // constructors that are given other things; true: told whatever they are
};

// What a term of a unit stands for if that is the same before and after an edit; else nothing.
using SameValues = std::function<std::optional<ValueSet>(std::uint32_t unit, TermId before, TermId now)>;

// A module before and after an edit whose units have kept their numbers, and what terms stand for in both: most of what
// is typed stands for what nobody knows, before and after.
struct Versions {
  const ModuleIndex &before, &now;
  const SameValues& same;
  bool unchanged(std::uint32_t unit) const { return before.units[unit].data == now.units[unit].data; }
};

// What two versions of a unit of the module, which is the newer one, tell differently. False if they have no common
// shape. versions may be null: then terms are compared.
bool add_different(const ModuleIndex& module, std::uint32_t unit, const Exports& before, const Exports& now,
                   const Versions* versions, Changes& out);
// What a unit makes of these names. False if that cannot be told one by one.
bool add_touched(const ModuleIndex& module, std::uint32_t unit, const Names& names, const Versions* versions,
                 Changes& out);
void add_functions(const ModuleIndex& module, std::uint32_t unit, Changes& out);
void add_all(const ModuleIndex& module, std::uint32_t unit, Changes& out);
// What a unit gives to the constructors of another module's classes.
void add_constructed(const ModuleIndex& module, std::uint32_t unit, const ModuleIndex& other, Changes& out);
// What callers are told of a decorated function may rest on the body of its decorator: its wrapper.
void add_decorated(const ModuleIndex& now, std::uint32_t changed, Changes& out);
// A method hangs on its class without naming it.
bool in_class_of(const ModuleIndex& module, std::uint32_t unit, const Names& names);

}  // namespace awaitd::analysis
