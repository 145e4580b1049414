// The pass that turns a unit's nodes into Facts. Used by build_facts() only; one instance builds one unit.
#pragma once
#include "analysis/facts/facts.h"

namespace awaitd::analysis {

class FactBuilder {
 public:
  explicit FactBuilder(std::shared_ptr<const Unit> unit);
  std::shared_ptr<const Facts> build();

 private:
  struct Open { NodeId end; ScopeId scope; };
  struct Pending { NodeId node; ScopeId scope; };  // a scope that opens when the pass reaches node; nearest last

  void visit(NodeId node);
  NodeId operand(NodeId node) const;
  FunctionId current_function() const { return facts_->scopes[stack_.back().scope].function; }
  ScopeId open_scope(NodeId node, ScopeKind kind, FunctionId function, NodeId body);
  FunctionId add_function(NodeId node);
  void function(NodeId node);
  void lambda(NodeId node);
  void decorated(NodeId node);
  void class_definition(NodeId node);
  void call(NodeId node);
  void add_argument(NodeId node);

  // bindings.cc
  void bind(NodeId node);
  void parameters(FunctionId function);
  void with_statement(NodeId node);
  void loop(NodeId node);
  void assignment(NodeId node);
  void import(NodeId node);
  void from_import(NodeId node);
  void except_clause(NodeId node);
  void case_pattern(NodeId node);
  void bind_target(NodeId target, Binding proto);
  void add(Binding binding) { facts_->bindings.push_back(binding); }

  std::shared_ptr<Facts> facts_;
  const Unit& unit_;
  std::vector<Open> stack_;
  std::vector<Pending> pending_;
  std::vector<ClassId> class_of_scope_;
};

}  // namespace awaitd::analysis
