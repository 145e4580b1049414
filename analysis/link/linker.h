// Gives terms their meaning: free names through the modules of the project, attributes and calls through classes and
// knowledge. A Linker looks at the program from one module and pins the versions of the others it meets.
// Results are remembered until the module's exports change. Not thread-safe: one job at a time uses a Linker.
// Terms that depend on each other get the least values that fit all of them, so the value of a term does not depend on
// what was asked before.
#pragma once
#include <map>
#include <optional>
#include <unordered_map>

#include "analysis/knowledge/knowledge.h"
#include "analysis/link/elsewhere.h"
#include "analysis/link/module_index.h"
#include "analysis/link/value.h"

namespace awaitd::analysis {

// Where the other modules of the project come from. Implementations are thread-safe.
class ModuleSource {
 public:
  virtual ~ModuleSource() = default;
  // The module an absolute import in `importer` means; null if the project has none of that name.
  // Cheap for names asked before.
  virtual ModulePtr find(std::string_view dotted, const ModuleIndex& importer) = 0;
  // The modules, but for tests, that call something of that name, hand it on, or inherit from it; null where nobody can
  // tell, or where they are too many. Cheap for names asked before.
  using Modules = std::shared_ptr<const std::vector<ModulePtr>>;
  virtual Modules calling(std::string_view) { return nullptr; }
};

// A unit of some module, in a Linker's numbering: module 0 is the Linker's own.
struct At {
  std::uint32_t module = 0;
  std::uint32_t unit = 0;
  auto operator<=>(const At&) const = default;
};

class Linker {
 public:
  // source may be null: then the module stands alone.
  Linker(ModulePtr own, std::shared_ptr<const Knowledge> knowledge, std::shared_ptr<ModuleSource> source);

  // After an edit that changed exports: nothing is known yet, but the other modules are the ones that were met, in
  // their numbers, so that what was said of them can be compared and is watched further.
  Linker(ModulePtr own, const Linker& before);

  // After other modules have new versions; the rest as above.
  Linker(const Linker& before, const std::vector<OtherVersion>& versions);
  // The new versions of modules met here; nothing if there is more to it: one came, went or moved.
  std::optional<std::vector<OtherVersion>> other_versions() const;

  // The same module after an edit that changed no export; results stay.
  void renew(ModulePtr own);

  // True if a module met here imports this one.
  bool seen_by_others() const;
  // False if a module met here (or missed) is another one now.
  bool up_to_date() const;

  // terms must outlive the Linker or be the scratch arena of the current unit: see forget().
  ValueSet values(const Terms& terms, TermId term, At at);
  // What an installed package is or gives is probable to the project's code: nobody looked into it with the same care.
  // Drops what is remembered of an arena that is about to be reused.
  void forget(const Terms& terms);

  ValueSet attribute(const ValueSet& of, std::string_view name);
  ValueSet call_result(const ValueSet& callee, const Terms* terms, const Term* call, At at);
  // Bases of a class that stand outside the project, and whether some base could not be resolved.
  struct ExternalBases {
    std::vector<std::string> names;
    bool unknown = false;
  };
  struct MemberAt {
    std::uint32_t module = 0;
    Member member;
  };
  // Who defines a member of a class, itself before its project bases: {} if nobody in the project does.
  std::vector<MemberAt> find_member(std::uint32_t module, std::uint32_t cls, std::string_view name, ExternalBases& external);
  ExternalBases external_bases(std::uint32_t module, std::uint32_t cls);
  // The functions an attribute access on a value would run or give: methods, property getters; no externals.
  std::vector<Value> member_functions(const Value& object, std::string_view name);
  // Getter (or setter) of an attribute made by `name = property(get, set)`.
  std::vector<Value> property_functions(const Value& object, std::string_view name, bool setter);
  // The overrides of a method in the classes known to derive from its receiver's, each probable.
  std::vector<Value> overrides(const Value& function);
  // A method that subclasses must define: abstractmethod, or a body that only raises NotImplementedError.
  bool is_abstract(const Value& function);
  // "property", "static", "class", "contextmanager", "self", a class origin, or empty.
  std::vector<std::string_view> decorator_effects(const Value& function);
  // True or False where a term is a name that is always that; nothing else is a constant.
  std::optional<bool> constant(const Terms& terms, TermId name, At at, int depth = 0);
  // What an expression names when it stands in a type position.
  ValueSet type_values(const Terms& terms, TermId type, At at);
  std::string function_name(At at, FunctionId function) const;

  const ModuleIndex& index(std::uint32_t module = 0) const { return *modules_[module]; }
  const IndexedUnit& unit(At at) const { return modules_[at.module]->units[at.unit]; }
  const Signature& signature(const Value& function) const {
    return unit({function.module, function.unit}).data->exports->functions[function.id];
  }
  // The units of the own module whose text holds a name (UnitData::mentions_any), in order. Kept, and renewed with it.
  const std::vector<std::uint32_t>& mentioning(std::string_view name);
  // The modules that may call a function of that name or hand it on, as ModuleSource knows them, the own one among them;
  // null where nobody can tell. Points into the Linker.
  const std::vector<std::uint32_t>* calling(std::string_view name);
  const Knowledge& knowledge() const { return *knowledge_; }
  // The other modules this Linker has looked at, in the order it met them.
  const std::vector<ModulePtr>& modules() const { return modules_; }

 private:
  struct Key {
    const Terms* terms;
    TermId term;
    bool operator==(const Key&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Key& k) const { return std::hash<const void*>()(k.terms) + k.term * 0x9e3779b97f4a7c15ull; }
  };
  struct Frame {
    Key key;
    bool hit = false;  // its own value was asked for while it was being worked out
  };
  struct Provisional {
    ValueSet value;
    std::size_t low;   // the outermost frame it depends on
  };
  void settle(std::size_t first, bool keep);
  void renew_mentions(const ModuleIndex& before, const ModuleIndex& now);
  ValueSet evaluate(const Terms& terms, TermId id, At at);
  bool installed(const Value& v) const;
  void doubt_packages(ValueSet& result, const Terms& terms, const Term& t, At at);
  ValueSet container_value(const Terms& terms, const Term& t, At at);
  ValueSet free_name(std::string_view name, std::uint32_t module);
  Value class_value(std::uint32_t module, std::uint32_t cls) const;
  ValueSet self_value(At at, std::int32_t local_class);
  ValueSet super_value(At at);
  ValueSet parameter_value(At at, FunctionId function, std::string_view name);
  std::vector<ValueSet> bases_of(std::uint32_t module, std::uint32_t cls);
  struct ClassAt { std::uint32_t module, cls; auto operator<=>(const ClassAt&) const = default; };
  void linear_bases(ClassAt cls, std::vector<ClassAt>& out, ExternalBases& external);
  Value function_value(std::uint32_t module, const Member& member) const;
  ValueSet member_value(const MemberAt& member, const Value* bound);
  std::string_view decorator_effect(const Value& decorator) const;
  void drop_declarations(std::vector<MemberAt>& members);

  // decorators.cc
  struct Decoration {
    enum class Kind : std::uint8_t { unknown, keeps, around, replaces } kind = Kind::unknown;
    Value wrapper;
  };
  Decoration decoration(const Value& decorator, const Value& function);
  ValueSet decorated(Value function, const Value* bound);
  bool has_decorator_effect(const Value& function, std::string_view effect);
  bool is_accessor(const Value& function) const;  // @name.setter, @name.deleter
  bool rewritten(const Value& method);
  bool rewrites(const Value& maker);

  // generics.cc
  void replace_self(ValueSet& result, const Value& function);
  ValueSet returned_values(const Value& function, TermId returned, int depth);
  ValueSet inferred_result(const Value& function, const Terms* terms, const Term* call, At at);
  ValueSet bound_of_variable(const Value& variable);

  // subclasses.cc
  std::vector<std::uint32_t> imported_modules(std::uint32_t id);
  const std::vector<ClassAt>& subclasses(ClassAt base);
  ValueSet outside_values(const Value& object, std::string_view name);
  bool derives(const Value& object, ClassAt base);

  ValueSet function_result(const Value& function);

  // modules.cc
  std::optional<std::uint32_t> module(std::string_view dotted, std::uint32_t importer);
  bool told_by_tables(std::string_view dotted, std::uint32_t importer) const;
  ValueSet imported(std::string_view dotted, std::uint32_t importer);
  ValueSet from_import(std::string_view base, int level, std::string_view name, std::uint32_t importer);
  std::string absolute(std::string_view base, int level, std::uint32_t importer) const;
  ValueSet module_member(std::uint32_t module, std::string_view name);

  // constructions.cc
  struct Makers {  // of the classes of one name, or the callers of its functions
    ModuleSource::Modules found;
    std::vector<std::uint32_t> modules;  // the same as numbers
  };
  const Makers& makers(std::string_view name);
  bool makers_up_to_date() const;
  ValueSet constructed_with(At init, std::string_view parameter);
  ValueSet only_own_class(std::string_view outside);
  struct Heirs {  // of a constructor
    std::vector<ClassAt> same;                // the class itself and those that inherit its constructor
    std::vector<ClassAt> around;              // those whose own one may call it
    std::vector<std::uint32_t> modules;       // where all of these may be made
  };
  std::optional<Heirs> heirs(ClassAt cls);
  bool has_base(ClassAt cls, ClassAt base);
  std::vector<ClassAt> direct_subclasses(ClassAt base, const std::vector<std::uint32_t>& modules);
  ValueSet defined_below(const Value& object, std::string_view name);
  struct Asked {  // a parameter of a constructor; position 0 is self
    std::string_view name;
    std::size_t position = 0;
  };
  std::optional<ValueSet> given_at(At at, const ExportedConstruction& made, const Asked& asked);
  bool given_in(std::uint32_t module, std::string_view name, const Heirs& heirs, const Asked& asked, ValueSet& all);

  // operations.cc
  ValueSet instance_attribute(const Value& v, std::string_view name);
  ValueSet member_attribute(const Value& v, std::string_view name);
  ValueSet from_facts(std::string_view producer, How how, const Value& receiver);
  ValueSet argument_result(const Value& callee, const Terms* terms, const Term* call, At at);
  ValueSet apply(const ValueSet& of, How how, std::string_view method);
  ValueSet await_of(const ValueSet& of);
  ValueSet enter_of(const ValueSet& of, bool async);
  ValueSet iterate_of(const ValueSet& of, bool async);
  ValueSet item_of(const ValueSet& of, int number);
  ValueSet element_of(const ValueSet& of, int number);
  ValueSet named_tuple_field(const Value& object, int number);
  ValueSet binary_of(const ValueSet& left, const ValueSet& right, std::string_view op);
  // annotations.cc
  static bool is_self_type(const Value& v);
  ValueSet instance_of(const ValueSet& type);
  ValueSet alias_of(const ValueSet& base, const Terms& terms, TermId type, At at);
  ValueSet alias_of(const ValueSet& left, const ValueSet& right);
  static ValueSet made_as(ValueSet type, const ValueSet& value);
  ValueSet narrowed(const ValueSet& of, const ValueSet& type, bool holds);

  std::vector<ModulePtr> modules_;
  struct ImportKey {  // a script outside any package may mean a file beside it
    std::uint32_t importer;
    std::string dotted;
    auto operator<=>(const ImportKey&) const = default;
  };
  std::map<ImportKey, std::uint32_t> module_ids_;  // kNone: not in the project
  std::shared_ptr<const Knowledge> knowledge_;
  std::shared_ptr<ModuleSource> source_;
  using KnownValues = std::unordered_map<TermId, ValueSet>;
  KnownValues& known_values(const Terms& terms);
  std::unordered_map<const Terms*, KnownValues> known_;  // an arena belongs to one unit
  const Terms* latest_ = nullptr;                        // the arena asked last, and its row
  KnownValues* latest_known_ = nullptr;
  // Terms in the middle of being worked out (linker.cc, values()).
  std::vector<Frame> frames_;
  std::unordered_map<Key, ValueSet, Hash> approximations_;
  std::unordered_map<Key, Provisional, Hash> provisional_;
  std::vector<Key> provisional_order_;
  std::size_t low_ = kNoFrame;  // the outermost frame met since the current one began
  std::map<ClassAt, std::vector<ClassAt>> subclasses_;
  std::map<std::string, Makers, std::less<>> makers_;
  std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> mentioning_;  // by hash
  int star_depth_ = 0;
  int below_depth_ = 0;
  bool inside_bound_ = false;   // of a type variable
  bool moved_ = false;          // an approximation changed in this round
  bool packages_met_ = false;   // some module is of an installed package
  static constexpr std::size_t kNoFrame = static_cast<std::size_t>(-1);
};

}  // namespace awaitd::analysis
