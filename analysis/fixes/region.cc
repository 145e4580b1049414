#include "analysis/fixes/region.h"

#include <algorithm>

#include "analysis/fixes/async_way.h"
#include "analysis/terms/term_builder.h"

namespace awaitd::analysis {
namespace {

bool is_statement_list(Kind kind) { return kind == Kind::block; }

// Statements of a with or the like that always run to their end before the next one starts.
bool exits(const Unit& unit, NodeId statement);

bool block_exits(const Unit& unit, NodeId block) {
  NodeId last = block == kNoNode ? kNoNode : last_statement(unit, block);
  return last != kNoNode && exits(unit, last);
}

bool exits(const Unit& unit, NodeId statement) {
  switch (unit[statement].kind) {
    case Kind::return_statement:
    case Kind::raise_statement:
      return true;
    case Kind::with_statement:
      return block_exits(unit, unit.child(statement, Field::body));
    case Kind::if_statement: {
      bool otherwise = false;
      for (NodeId c : children(unit, statement)) {
        if (unit[c].kind == Kind::elif_clause && !block_exits(unit, unit.child(c, Field::consequence))) return false;
        if (unit[c].kind == Kind::else_clause) otherwise = block_exits(unit, unit.child(c, Field::body));
      }
      return otherwise && block_exits(unit, unit.child(statement, Field::consequence));
    }
    default:
      return false;
  }
}

// Definite assignment on the block structure; loops and tries are taken to do nothing.
bool assigns(const Facts& facts, NodeId statement, std::string_view name);

bool block_assigns(const Facts& facts, NodeId block, std::string_view name) {
  if (block == kNoNode) return false;
  for (NodeId c : children(*facts.unit, block)) {
    if (assigns(facts, c, name)) return true;
  }
  return block_exits(*facts.unit, block);
}

bool assigns(const Facts& facts, NodeId statement, std::string_view name) {
  const Unit& unit = *facts.unit;
  switch (unit[statement].kind) {
    case Kind::expression_statement:
    case Kind::import_statement:
    case Kind::import_from_statement:
      for (const Binding& b : facts.bindings) {
        bool plain =
            b.kind == BindingKind::assign || b.kind == BindingKind::import || b.kind == BindingKind::from_import;
        if (plain && b.name == name && b.statement == statement) return true;
      }
      return false;
    case Kind::with_statement:
      for (const Binding& b : facts.bindings) {
        if (b.kind == BindingKind::with && b.name == name && b.statement == statement) return true;
      }
      return block_assigns(facts, unit.child(statement, Field::body), name);
    case Kind::if_statement: {
      bool otherwise = false;
      for (NodeId c : children(unit, statement)) {
        if (unit[c].kind == Kind::elif_clause && !block_assigns(facts, unit.child(c, Field::consequence), name))
          return false;
        if (unit[c].kind == Kind::else_clause) otherwise = block_assigns(facts, unit.child(c, Field::body), name);
      }
      return otherwise && block_assigns(facts, unit.child(statement, Field::consequence), name);
    }
    default:
      return false;
  }
}

// Jumps that leave the region.
bool jumps_out(const Unit& unit, const Region& region, NodeId jump) {
  for (NodeId n = unit[jump].parent; n != kNoNode && region.holds(unit, n); n = unit[n].parent) {
    if (unit[n].kind == Kind::for_statement || unit[n].kind == Kind::while_statement) return false;
  }
  return true;
}

// What only works, or only is safe, on the loop's own thread or in the function around.
bool bound_to_the_loop(const UnitView& view, const Call& call) {
  const Unit& unit = view.unit();
  if (call.callee == kNoNode) return true;
  if (unit[call.callee].kind == Kind::identifier) {
    constexpr std::string_view kFrames[] = {"super", "locals", "vars", "dir", "eval", "exec"};
    if (std::find(std::begin(kFrames), std::end(kFrames), unit.text_of(call.callee)) != std::end(kFrames)) return true;
  }
  for (const Value& v : view.callee(call).values) {
    for (const AsyncLibrary& library : view.knowledge().libraries()) {
      if (root_of(v.name) == library.name && v.kind != ValueKind::function) return true;
    }
  }
  for (const Value& v : view.values(call.node).values) {
    if (v.kind == ValueKind::coroutine) return true;
  }
  return false;
}

bool may_move(const UnitView& view, const Region& region, RegionFlow& flow) {
  const Unit& unit = view.unit();
  const Facts& facts = view.facts();
  const Function& fn = facts.functions[region.function];
  for (NodeId n = region.begin(); n < region.end(unit); ++n) {
    bool own = facts.function_id_of(n) == region.function;
    switch (unit[n].kind) {
      case Kind::await:
      case Kind::yield:
      case Kind::kw_async:
      case Kind::global_statement:
      case Kind::nonlocal_statement:
      case Kind::delete_statement:
      case Kind::class_definition:
      case Kind::error:
        return false;
      case Kind::return_statement:
        if (!own) break;
        if (fn.generator) return false;
        flow.returns = true;
        break;
      case Kind::break_statement:
      case Kind::continue_statement:
        if (own && jumps_out(unit, region, n)) return false;
        break;
      case Kind::call:
        if (const Call* call = facts.call_at(n); call == nullptr || (own && bound_to_the_loop(view, *call)))
          return false;
        break;
      default:
        break;
    }
  }
  return !flow.returns || exits(unit, region.statements.back());
}

// One name that the region binds.
class NameFlow {
 public:
  NameFlow(const UnitView& view, const Region& region, std::string_view name)
      : view_(view),
        facts_(view.facts()),
        region_(region),
        name_(name),
        bindings_(facts_.bindings_in(facts_.functions[region.function].scope, name)) {
    for (std::uint32_t id : bindings_) {
      const Binding& b = facts_.bindings[id];
      outside_ |= !inside(b);
      annotated_ |= inside(b) && b.annotation != kNoNode;
      refused_ |= b.kind == BindingKind::global || b.kind == BindingKind::nonlocal || b.kind == BindingKind::deleted;
    }
    read_uses();
  }

  bool place(RegionFlow& flow) const {
    if (refused_) return false;
    if (!needs_old_ && !used_behind_) return true;
    bool sure = false;
    for (NodeId s : region_.statements) sure |= assigns(facts_, s, name_);
    if (!needs_old_ && sure) {
      flow.results.push_back(name_);
      return true;
    }
    if (!outside_ || annotated_) return false;  // nonlocal takes no annotation
    flow.rebound.push_back(name_);
    return true;
  }

 private:
  bool inside(const Binding& b) const { return region_.holds(view_.unit(), b.target); }

  void read_uses() {
    const Unit& unit = view_.unit();
    NodeId body = facts_.functions[region_.function].body;
    for (NodeId n = body; n < body + unit[body].size; ++n) {
      if (unit[n].kind != Kind::identifier || unit.text_of(n) != name_) continue;
      bool augmented = unit[n].field == Field::left && unit[unit[n].parent].kind == Kind::augmented_assignment;
      if (!augmented && !reads_name(unit, n)) continue;
      use(n);
    }
  }

  void use(NodeId n) {
    bool here = region_.holds(view_.unit(), n);
    bool nested = facts_.function_id_of(n) != region_.function;
    bool from_outside = nested && outside_, from_inside = nested;
    if (!nested) {
      for (const Binding& b : facts_.bindings) {  // a target is no use; an augmented one is
        if (b.target == n && b.kind != BindingKind::augmented) return;
      }
      for (std::uint32_t id : reaching_bindings(facts_, bindings_, n)) {
        (inside(facts_.bindings[id]) ? from_inside : from_outside) = true;
      }
    }
    if (here)
      needs_old_ |= from_outside;
    else
      used_behind_ |= from_inside;
  }

  const UnitView& view_;
  const Facts& facts_;
  const Region& region_;
  std::string_view name_;
  std::span<const std::uint32_t> bindings_;
  bool outside_ = false, annotated_ = false, refused_ = false, needs_old_ = false, used_behind_ = false;
};

NodeId statement_in(const Unit& unit, NodeId node, NodeId block) {
  while (node != kNoNode && unit[node].parent != block) node = unit[node].parent;
  return node;
}

}  // namespace

bool reads_name(const Unit& unit, NodeId node) {
  NodeId parent = unit[node].parent;
  if (parent == kNoNode) return false;
  if (unit[node].field == Field::attribute) return false;
  return !(unit[node].field == Field::name && unit[parent].kind == Kind::keyword_argument);
}

std::optional<Region> region_between(const UnitView& view, NodeId first, NodeId last) {
  const Unit& unit = view.unit();
  NodeId block = first;
  while (block != kNoNode && !(is_statement_list(unit[block].kind) && last < block + unit[block].size))
    block = unit[block].parent;
  if (block == kNoNode) return std::nullopt;
  NodeId from = statement_in(unit, first, block), to = statement_in(unit, last, block);
  if (from == kNoNode || to == kNoNode) return std::nullopt;
  Region region;
  region.function = view.facts().function_id_of(from);
  for (NodeId c : children(unit, block)) {
    if (c >= from && c <= to && unit[c].kind != Kind::comment) region.statements.push_back(c);
  }
  if (region.statements.empty()) return std::nullopt;
  return region;
}

std::optional<RegionFlow> flow_of(const UnitView& view, const Region& region) {
  RegionFlow flow;
  if (!may_move(view, region, flow)) return std::nullopt;
  const Facts& facts = view.facts();
  ScopeId scope = facts.functions[region.function].scope;
  std::vector<std::string_view> names;
  for (const Binding& b : facts.bindings) {
    if (b.scope != scope || !region.holds(view.unit(), b.target)) continue;
    if (std::find(names.begin(), names.end(), b.name) == names.end()) names.push_back(b.name);
  }
  for (std::string_view name : names) {
    if (!NameFlow(view, region, name).place(flow)) return std::nullopt;
  }
  if (flow.returns && !flow.results.empty()) return std::nullopt;
  return flow;
}

}  // namespace awaitd::analysis
