// Gives terms their meaning: free names through the module, attributes and calls through classes and knowledge.
// Results are remembered as long as the module index stays the same. Not thread-safe: one job at a time uses a Linker.
// The value of a term does not depend on what was asked before (results cut by recursion are not remembered).
#pragma once
#include <unordered_map>

#include "analysis/knowledge/knowledge.h"
#include "analysis/link/module_index.h"
#include "analysis/link/value.h"

namespace awaitd::analysis {

class Linker {
 public:
  Linker(std::shared_ptr<const ModuleIndex> index, std::shared_ptr<const Knowledge> knowledge);

  // terms must outlive the Linker or be the scratch arena of the current unit: see forget().
  ValueSet values(const Terms& terms, TermId term, std::uint32_t unit);
  // Drops what is remembered of an arena that is about to be reused.
  void forget(const Terms& terms);

  ValueSet attribute(const ValueSet& of, std::string_view name);
  ValueSet call_result(const ValueSet& callee, const Terms* terms, const Term* call, std::uint32_t unit);
  // Bases of a class that stand outside the project, and whether some base could not be resolved.
  struct ExternalBases {
    std::vector<std::string> names;
    bool unknown = false;
  };
  // Who defines a member, the class itself before its project bases: {} if nobody in the project does.
  std::vector<Member> find_member(std::uint32_t cls, std::string_view name, ExternalBases& external);
  // What an expression names when it stands in a type position.
  ValueSet type_values(const Terms& terms, TermId type, std::uint32_t unit);
  std::string function_name(std::uint32_t unit, FunctionId function) const;
  const ModuleIndex& index() const { return *index_; }
  const Knowledge& knowledge() const { return *knowledge_; }

 private:
  struct Key {
    const Terms* terms;
    TermId term;
    std::uint32_t unit;
    bool operator==(const Key&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Key& k) const {
      return std::hash<const void*>()(k.terms) * 31 + k.term * 0x9e3779b97f4a7c15ull + k.unit;
    }
  };
  ValueSet evaluate(const Terms& terms, TermId id, std::uint32_t unit);
  ValueSet container_value(const Terms& terms, const Term& t, std::uint32_t unit);
  ValueSet free_name(std::string_view name);
  Value class_value(std::uint32_t cls) const;
  ValueSet self_value(std::uint32_t unit, std::int32_t local_class);
  ValueSet super_value(std::uint32_t unit);
  std::vector<ValueSet> bases_of(std::uint32_t cls);
  void linear_bases(std::uint32_t cls, std::vector<std::uint32_t>& out, ExternalBases& external);
  ValueSet member_value(const Member& member, const Value* bound);
  std::string_view decorator_effect(const Value& decorator) const;
  ValueSet decorated(Value function, const Value* bound);
  ValueSet function_result(const Value& function);

  // operations.cc
  ValueSet instance_attribute(const Value& v, std::string_view name);
  ValueSet member_attribute(const Value& v, std::string_view name);
  ValueSet from_facts(std::string_view producer, How how, const Value& receiver);
  ValueSet argument_result(const Value& callee, const Terms* terms, const Term* call, std::uint32_t unit);
  ValueSet apply(const ValueSet& of, How how, std::string_view method);
  ValueSet await_of(const ValueSet& of);
  ValueSet enter_of(const ValueSet& of, bool async);
  ValueSet iterate_of(const ValueSet& of, bool async);
  ValueSet item_of(const ValueSet& of, int number);
  ValueSet element_of(const ValueSet& of, int number);
  ValueSet binary_of(const ValueSet& left, const ValueSet& right, std::string_view op);
  // annotations.cc
  ValueSet instance_of(const ValueSet& type);

  std::shared_ptr<const ModuleIndex> index_;
  std::shared_ptr<const Knowledge> knowledge_;
  std::unordered_map<Key, ValueSet, Hash> known_;
  std::vector<Key> running_;
  bool cut_ = false;  // the running evaluation met itself or its depth limit
};

}  // namespace awaitd::analysis
