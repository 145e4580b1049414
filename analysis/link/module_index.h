// One module as others see it: its units, and tables of the names and classes they define. Cheap to renew after an edit:
// the tables are shared if no export changed, else only what the changed units tell is replaced. Immutable once built,
// safe from any thread.
#pragma once
#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "analysis/effects/uses.h"
#include "analysis/facts/facts.h"
#include "analysis/link/name_map.h"
#include "analysis/syntax/parse.h"
#include "analysis/terms/exports.h"

namespace awaitd::analysis {

// Which names a text may mention: 256 bits, one a name's hash. Passes over most units without looking at them.
class NameFilter {
 public:
  void add(std::uint32_t hash) { bits_[hash >> 30] |= bit(hash); }
  bool may_hold(std::uint32_t hash) const { return (bits_[hash >> 30] & bit(hash)) != 0; }

 private:
  static std::uint64_t bit(std::uint32_t hash) { return std::uint64_t{1} << ((hash >> 24) & 63u); }
  std::array<std::uint64_t, 4> bits_{};
};

// What is known of a unit by itself; shared between versions of a document.
class UnitData {
 public:
  explicit UnitData(std::shared_ptr<const Unit> source);
  const std::shared_ptr<const Unit> unit;
  const std::shared_ptr<const Facts> facts;
  const std::shared_ptr<const Exports> exports;
  // What its functions do with what; built when somebody first asks.
  const Uses& uses() const;
  const Uses* uses_if_built() const { return built_.load(std::memory_order_acquire); }
  // True if its text holds one of these names (mention_hash(), sorted): as an identifier, or in a string that may be an
  // annotation. Now and then also if it does not.
  bool mentions_any(const std::vector<std::uint32_t>& names) const;
  const NameFilter& filter() const { return filter_; }

 private:
  const std::vector<std::uint32_t> mentions_;
  NameFilter filter_;
  mutable std::once_flag once_;
  mutable std::atomic<const Uses*> built_{nullptr};
  mutable std::unique_ptr<const Uses> uses_;
};

std::uint32_t mention_hash(std::string_view name);
// True for a part of a module's name that says it is test code: "tests", "test_store", "conftest".
bool is_test_name(std::string_view part);

struct IndexedUnit {
  std::shared_ptr<const UnitData> data;
  std::uint32_t cls = kNone;          // NameTables::classes: the class a method unit stands in
  std::uint32_t first_class = 0;      // its ClassId 0 in NameTables::classes
  std::uint32_t start = 0;            // where its text begins in the document
  NameFilter filter;                  // of data
  std::shared_ptr<const std::vector<Gap>> gaps;  // of a skeleton that has some
  std::uint32_t to_document(std::uint32_t offset) const;
  bool mentions_any(const std::vector<std::uint32_t>& names) const {
    for (const std::uint32_t name : names) {
      if (filter.may_hold(name)) return data->mentions_any(names);
    }
    return false;
  }
};
struct Member {
  std::uint32_t unit = 0;
  FunctionId function = kNone;        // a method,
  TermId term = 0;                    // or a value: class-level binding or self.attribute
  bool instance = false;              // set on self
};
struct IndexedClass {
  std::string qualname;
  std::uint32_t unit = 0;
  ClassId id = 0;
  std::unordered_map<std::string, std::vector<Member>> members;
};
struct StarImport {
  std::uint32_t unit = 0;
  std::string module;
  int level = 0;
};
// What code of this module sets on an object of some class that it holds: holder.session = Session().
struct OutsideStore {
  std::uint32_t unit = 0;
  TermId object = 0, value = 0;
};
// Where code of this module makes objects of a class of that name: Exports::constructions of the unit.
struct MadeAt {
  std::uint32_t unit = 0, construction = 0;
};
struct NameTables {
  SharedRow<IndexedClass> classes;
  NameMap<std::uint32_t> named;       // classes by their own name, without those around them
  NameMap<Member> globals;            // each row in the order of the units
  std::vector<std::string> imported;  // top-level modules that some unit imports, sorted: "asyncio"
  std::vector<StarImport> stars;
  NameMap<OutsideStore> outside;      // by attribute
  NameMap<MadeAt> made;               // by name of the class, "cls", "super"
};

struct ModuleIndex {
  std::string module;                 // dotted, empty if unknown
  std::string path;                   // as the server names the file, empty for a namespace package
  bool package = false;               // __init__.py: relative imports start here
  bool installed = false;             // of an installed package, not of the project (analysis/project/packages.h)
  std::vector<IndexedUnit> units;     // in text order
  std::shared_ptr<const NameTables> tables;
};
using ModulePtr = std::shared_ptr<const ModuleIndex>;

// For each unit the (unit, ClassId) of its innermost enclosing class, {kNone, kNone} at module level.
struct ClassPlace { std::uint32_t unit = kNone; ClassId id = kNone; bool operator==(const ClassPlace&) const = default; };
// Fills cls, first_class and the tables from the units' exports.
void build_tables(ModuleIndex& index, const std::vector<ClassPlace>& places);
// The same from those of the version before, which has as many units and the same class places. False, with nothing
// done, if these units changed too much: classes or imports came or went.
bool renew_tables(const ModuleIndex& before, ModuleIndex& now, const std::vector<std::uint32_t>& changed);

}  // namespace awaitd::analysis
