// The names and classes of one module, gathered from its units. Built anew when some unit's exports change.
// Immutable once built; holds its units alive.
#pragma once
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "analysis/facts/facts.h"
#include "analysis/syntax/parse.h"
#include "analysis/terms/exports.h"

namespace awaitd::analysis {

struct UnitData {  // what is known of a unit by itself; shared between versions of a document
  std::shared_ptr<const Unit> unit;
  std::shared_ptr<const Facts> facts;
  std::shared_ptr<const Exports> exports;
};
std::shared_ptr<const UnitData> make_unit_data(std::shared_ptr<const Unit> unit);

struct IndexedUnit {
  std::shared_ptr<const UnitData> data;
  std::uint32_t cls = kNone;        // ModuleIndex::classes: the class a method unit stands in
  std::uint32_t first_class = 0;    // its ClassId 0 in ModuleIndex::classes
};
struct TermRef {
  std::uint32_t unit = 0;
  TermId term = 0;
};
struct Member {
  std::uint32_t unit = 0;
  FunctionId function = kNone;      // a method,
  TermId term = 0;                  // or a value: class-level binding or self.attribute
  bool instance = false;            // set on self
};
struct IndexedClass {
  std::string qualname;
  std::uint32_t unit = 0;
  ClassId id = 0;
  std::unordered_map<std::string_view, std::vector<Member>> members;
};

struct ModuleIndex {
  std::string module;               // dotted, empty if unknown
  std::vector<IndexedUnit> units;   // in text order
  std::vector<IndexedClass> classes;
  std::unordered_map<std::string_view, std::vector<Member>> globals;
  std::vector<std::string_view> imported;  // top-level modules that some unit imports: "asyncio"
  bool star_import = false;
};

// units: in text order; classes[i]: for unit i, the (unit, ClassId) of its innermost enclosing class or {kNone, kNone}.
struct ClassPlace { std::uint32_t unit = kNone; ClassId id = kNone; };
std::shared_ptr<const ModuleIndex> build_index(std::string module, std::vector<std::shared_ptr<const UnitData>> units,
                                               const std::vector<ClassPlace>& places);

}  // namespace awaitd::analysis
