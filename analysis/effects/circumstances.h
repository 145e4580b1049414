// When a place in a unit runs, by the ifs, handlers and guards around it. Of one unit; asked of by one thread.
#pragma once
#include "analysis/effects/uses.h"
#include "analysis/terms/term_builder.h"

namespace awaitd::analysis {

class Circumstances {
 public:
  Circumstances(const Facts& facts, TermBuilder& terms, const Terms& arena);
  void add(Use& use, NodeId node);
  bool dead() const { return dead_; }  // of the node added last: under `if False`, TYPE_CHECKING

 private:
  struct Truth {                   // what a condition is known to be
    enum class Kind : std::uint8_t { unknown, always, never, running_check, constant, below, platform, flag } kind = Kind::unknown;
    bool inverted = false;
    bool conjunct = false;         // one part of an `and`: says nothing where the whole is false
    bool disjunct = false;         // one part of an `or`: says nothing where the whole is true
    TermId constant = 0;
    std::uint8_t version = 0;
    std::string_view flag;         // a parameter
    bool none = false;             // whether it is None, not whether it is true
  };
  Truth truth(NodeId condition, int depth = 0);
  Truth comparison(NodeId condition);
  Truth none_test(NodeId condition) const;
  bool is_parameter(NodeId name) const;
  bool of_module(TermId term) const;
  bool is_store_of(const AttributeStore& store, std::string_view attribute) const;
  bool holds_running_loop(NodeId subject) const;
  void branch(Use& use, NodeId statement, NodeId child, bool own);
  void apply(Use& use, Truth truth, bool holds, bool own);
  void around(Use& use, NodeId statement, NodeId child);
  void loop_over(Use& use, NodeId statement);
  bool fills(NodeId block, std::string_view condition) const;
  bool fills_lookup(NodeId block, std::string_view local) const;
  bool starts_thread(NodeId block) const;
  bool asks_before(NodeId block, std::string_view condition) const;
  bool asks_for_true(NodeId condition) const;
  bool names_parameter(std::string_view condition, FunctionId function) const;
  bool is_part_of_parameter(ScopeId scope, std::string_view name) const;
  bool handles(NodeId try_statement, std::string_view error) const;
  void find_askers();
  bool mentions_running_loop(NodeId try_statement) const;
  void find_exits();

  const Facts& facts_;
  const Unit& unit_;
  TermBuilder& terms_;
  const Terms& arena_;
  struct Exit {
    NodeId statement = kNoNode;
    Truth truth;
  };
  std::vector<Exit> exits_;        // ifs with a known condition whose branch leaves the function
  std::vector<bool> asks_;         // by function: looks for a running loop
  bool dead_ = false;
  std::vector<NodeId> statement_;  // by node: found in one pass, since expressions may be nested without end
};

}  // namespace awaitd::analysis
