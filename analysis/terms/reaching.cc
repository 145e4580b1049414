// Which assignments can a use of a local name see? Decided on the block structure alone: the nearest earlier binding
// whose block encloses the use settles the matter; later ones in branches that need not run are added to it.
#include <algorithm>

#include "analysis/terms/term_builder.h"

namespace awaitd::analysis {
namespace {

// The byte after which a binding has taken place.
std::uint32_t effective_at(const Unit& unit, const Binding& b) {
  switch (b.kind) {
    case BindingKind::parameter: return 0;
    case BindingKind::assign:
    case BindingKind::walrus:
    case BindingKind::augmented:
    case BindingKind::loop:
    case BindingKind::with:
      return b.value == kNoNode ? unit[b.target].end : std::max(unit[b.value].end, unit[b.target].end);
    default: return unit[b.target].end;
  }
}

bool encloses(const Unit& unit, NodeId outer, NodeId node) { return outer <= node && node < outer + unit[outer].size; }

// The block (or module, or lambda, comprehension...) in which a binding's statement stands; the body for loop and with targets.
NodeId home_block(const Unit& unit, const Binding& b) {
  if (b.statement == kNoNode) return 0;
  if (b.kind == BindingKind::loop || b.kind == BindingKind::with) {
    NodeId body = unit.child(b.statement, Field::body);
    if (b.kind == BindingKind::loop && body != kNoNode) return body;
  }
  if (b.kind == BindingKind::comprehension || b.kind == BindingKind::except || b.kind == BindingKind::parameter) {
    return b.statement;
  }
  NodeId parent = unit[b.statement].parent;
  return parent == kNoNode ? 0 : parent;
}

// True if a and b stand in branches of one if or match of which only one can run.
bool exclusive(const Unit& unit, NodeId a, NodeId b) {
  NodeId top = a;
  NodeId branch = a;
  while (top != kNoNode && !encloses(unit, top, b)) {
    branch = top;
    top = unit[top].parent;
  }
  if (top == kNoNode) return false;
  NodeId other = b;
  while (unit[other].parent != top && unit[other].parent != kNoNode) other = unit[other].parent;
  Kind kind = unit[top].kind;
  auto is_branch = [&](NodeId n) {
    return unit[n].field == Field::consequence || unit[n].field == Field::alternative || unit[n].kind == Kind::case_clause;
  };
  bool choice = kind == Kind::if_statement || kind == Kind::conditional_expression ||
                (kind == Kind::block && unit[top].parent != kNoNode && unit[unit[top].parent].kind == Kind::match_statement);
  return choice && branch != other && is_branch(branch) && is_branch(other);
}

NodeId innermost_loop(const Unit& unit, NodeId node) {
  for (NodeId n = unit[node].parent; n != kNoNode; n = unit[n].parent) {
    Kind kind = unit[n].kind;
    if (kind == Kind::for_statement || kind == Kind::while_statement) return n;
    if (kind == Kind::function_definition || kind == Kind::lambda) return kNoNode;
  }
  return kNoNode;
}

}  // namespace

std::vector<std::uint32_t> reaching_bindings(const Facts& facts, std::span<const std::uint32_t> candidates, NodeId use) {
  const Unit& unit = *facts.unit;
  std::vector<std::uint32_t> reaching;
  bool settled = false;
  std::uint32_t settled_at = 0;
  for (auto it = candidates.rbegin(); it != candidates.rend() && !settled; ++it) {
    const Binding& b = facts.bindings[*it];
    if (b.kind == BindingKind::global || b.kind == BindingKind::nonlocal || b.kind == BindingKind::deleted) continue;
    if (effective_at(unit, b) > unit[use].start) continue;
    if (b.statement != kNoNode && exclusive(unit, b.target, use)) continue;
    reaching.push_back(*it);
    if (b.kind != BindingKind::augmented && encloses(unit, home_block(unit, b), use)) {
      settled = true;
      settled_at = unit[b.target].start;
    }
  }
  // A later iteration sees what the body bound after the use.
  NodeId loop = innermost_loop(unit, use);
  if (loop != kNoNode && !(settled && settled_at >= unit[loop].start)) {
    for (std::uint32_t id : candidates) {
      const Binding& b = facts.bindings[id];
      if (effective_at(unit, b) > unit[use].start && encloses(unit, loop, b.target) &&
          b.kind != BindingKind::deleted) {
        reaching.push_back(id);
      }
    }
  }
  std::sort(reaching.begin(), reaching.end());
  return reaching;
}

}  // namespace awaitd::analysis
