// The flat syntax tree that everything above reads: nodes in preorder, 20 bytes each (architecture 3.2).
// Offsets are bytes relative to the unit's text. A plain value, safe to read from any thread.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace awaitd::analysis {

// Named kinds of tree-sitter-python 0.25.0 by their grammar names, and the keyword and operator tokens that carry
// meaning (kinds.def). Punctuation is not kept. `placeholder` stands in a skeleton for a function unit.
enum class Kind : std::uint16_t {
#define AWAITD_KIND(id, grammar_name) id,
#include "analysis/syntax/kinds.def"
#undef AWAITD_KIND
};
enum class Field : std::uint8_t {
#define AWAITD_FIELD(id, grammar_name) id,
#include "analysis/syntax/fields.def"
#undef AWAITD_FIELD
};

using NodeId = std::uint32_t;
inline constexpr NodeId kNoNode = 0xffffffffu;

struct Node {
  Kind kind{};
  Field field{};           // the field it fills in its parent, Field::none otherwise
  std::uint8_t flags = 0;  // kError, kMissing, kHasError
  std::uint32_t start = 0;
  std::uint32_t end = 0;
  std::uint32_t size = 1;  // nodes in this subtree, itself included: the next sibling is id + size
  NodeId parent = kNoNode;
};
inline constexpr std::uint8_t kError = 1, kMissing = 2, kHasError = 4;

// One function definition (with its decorators, top-level or in a class, at any nesting of classes and statements but
// not inside another function), or the skeleton: what is left of a chunk when its functions are taken out.
// A pure function of its text, so equal text (without errors) means equal unit. Immutable once built.
struct Unit {
  std::string text;         // own copy; a skeleton's text has the functions' text cut out
  std::vector<Node> nodes;  // nodes[0] is the root; its kind is module for a skeleton
  bool skeleton = false;
  bool has_error = false;
  bool incomplete = false;  // the parse budget ran out: findings of this unit are not to be trusted

  std::string_view text_of(NodeId id) const {
    return std::string_view(text).substr(nodes[id].start, nodes[id].end - nodes[id].start);
  }
  const Node& operator[](NodeId id) const { return nodes[id]; }
  // First child of id filling field, kNoNode if none.
  NodeId child(NodeId id, Field field) const;
  // First child of id of that kind, kNoNode if none.
  NodeId child(NodeId id, Kind kind) const;
  NodeId first_child(NodeId id) const { return nodes[id].size > 1 ? id + 1 : kNoNode; }
  NodeId next_sibling(NodeId id) const;
  // Nearest ancestor (not id itself) of that kind, kNoNode if none.
  NodeId ancestor(NodeId id, Kind kind) const;
  // The deepest node that covers [start, end).
  NodeId covering(std::uint32_t start, std::uint32_t end) const;
};

// for (NodeId c : children(unit, id))
class Children {
 public:
  class Iterator {
   public:
    Iterator(const Unit* unit, NodeId id) : unit_(unit), id_(id) {}
    NodeId operator*() const { return id_; }
    Iterator& operator++() {
      id_ += unit_->nodes[id_].size;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return id_ != other.id_; }

   private:
    const Unit* unit_;
    NodeId id_;
  };
  Children(const Unit& unit, NodeId id) : unit_(&unit), id_(id) {}
  Iterator begin() const { return {unit_, id_ + 1}; }
  Iterator end() const { return {unit_, id_ + unit_->nodes[id_].size}; }

 private:
  const Unit* unit_;
  NodeId id_;
};
inline Children children(const Unit& unit, NodeId id) { return {unit, id}; }
// Of a block; kNoNode if it holds nothing but comments.
NodeId last_statement(const Unit& unit, NodeId block);

}  // namespace awaitd::analysis
