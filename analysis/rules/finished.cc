#include "analysis/rules/finished.h"

#include <algorithm>

#include "analysis/knowledge/words.h"
#include "analysis/rules/cancel_paths.h"

namespace awaitd::analysis {
namespace {

class Ended {
 public:
  Ended(const UnitView& view, std::string_view what) : view_(view), unit_(view.unit()), what_(what) {}

  // Before this node, on every way to it.
  bool before(NodeId node) const {
    NodeId child = node;
    for (NodeId n = unit_[child].parent; n != kNoNode; child = n, n = unit_[n].parent) {
      const Kind kind = unit_[n].kind;
      if (kind == Kind::function_definition || kind == Kind::lambda) return false;
      if (asked_by(n, child) && !bound_between(n, node)) return true;
      if (kind == Kind::block && ended_in(n, child, node)) return true;
    }
    return false;
  }

 private:
  // The statement around decides that it has ended where it comes to the child.
  bool asked_by(NodeId around, NodeId child) const {
    const Kind kind = unit_[around].kind;
    if (kind != Kind::if_statement && kind != Kind::elif_clause) return false;
    const NodeId condition = unit_.child(around, Field::condition);
    if (condition == kNoNode || child == condition) return false;
    const bool then = unit_[child].field == Field::consequence;
    return (then || unit_[child].field == Field::alternative) && tells(condition, then, 0);
  }

  // A statement of the block before the child: `if not task.done(): return`, `await asyncio.wait([task])`.
  bool ended_in(NodeId block, NodeId child, NodeId node) const {
    for (NodeId s : children(unit_, block)) {
      if (s >= child) return false;
      if ((leaves_unless(s) || waits_for(s) || ends(s)) && !bound_between(s, node)) return true;
    }
    return false;
  }

  bool leaves_unless(NodeId statement) const {
    if (unit_[statement].kind != Kind::if_statement || unit_.child(statement, Field::alternative) != kNoNode)
      return false;
    const NodeId body = unit_.child(statement, Field::consequence),
                 condition = unit_.child(statement, Field::condition);
    if (body == kNoNode || condition == kNoNode || !tells(condition, false, 0)) return false;
    NodeId last = kNoNode;
    for (NodeId s : children(unit_, body)) {
      if (unit_[s].kind != Kind::comment) last = s;
    }
    if (last == kNoNode) return false;
    const Kind kind = unit_[last].kind;
    return kind == Kind::return_statement || kind == Kind::raise_statement || kind == Kind::continue_statement ||
           kind == Kind::break_statement;
  }

  // `future.set_exception(error)`
  bool ends(NodeId statement) const {
    const NodeId only = unit_[statement].kind == Kind::expression_statement ? unit_.first_child(statement) : kNoNode;
    return only != kNoNode && calls(only, "makes_end");
  }

  // For that alone, and as long as it takes.
  bool waits_for(NodeId statement) const {
    for (const Call& call : view_.facts().calls) {
      const bool here = statement < call.node && call.node < statement + unit_[statement].size;
      if (!here || !call.awaited || call.argument_count != 1 || unit_[unit_[call.node].parent].parent != statement)
        continue;
      const TaskFact* fact = task_fact(view_, call);
      if (fact == nullptr || fact->role != TaskFact::Role::watch) continue;
      const NodeId list = inside_parentheses(unit_, view_.facts().arguments_of(call)[0].value);
      const NodeId only = unit_.first_child(list);
      const bool shown =
          unit_[list].kind == Kind::list || unit_[list].kind == Kind::set || unit_[list].kind == Kind::tuple;
      if (shown && only != kNoNode && unit_.next_sibling(only) == kNoNode && unit_.text_of(only) == what_) return true;
    }
    return false;
  }

  // Where the condition is that, the thing has ended.
  bool tells(NodeId condition, bool holds, int depth) const {
    constexpr int kMaxDepth = 6;
    if (condition == kNoNode || depth > kMaxDepth) return false;
    condition = inside_parentheses(unit_, condition);
    switch (unit_[condition].kind) {
      case Kind::not_operator:
        return tells(unit_.child(condition, Field::argument), !holds, depth + 1);
      case Kind::boolean_operator: {
        const bool left = tells(unit_.child(condition, Field::left), holds, depth + 1);
        const bool right = tells(unit_.child(condition, Field::right), holds, depth + 1);
        const bool both = unit_.child(condition, Kind::kw_and) != kNoNode;
        return both == holds ? left || right : left && right;
      }
      case Kind::call:
        return holds && calls(condition, "tells_end");
      default:
        return false;
    }
  }

  // A method of the thing that is one of these.
  bool calls(NodeId node, std::string_view purpose) const {
    const Call* call = view_.facts().call_at(node);
    if (call == nullptr || call->callee == kNoNode || unit_[call->callee].kind != Kind::attribute) return false;
    const NodeId object = unit_.child(call->callee, Field::object);
    if (object == kNoNode || unit_.text_of(object) != what_) return false;
    const ValueSet callee = view_.callee(*call);
    return !callee.values.empty() && std::all_of(callee.values.begin(), callee.values.end(), [&](const Value& v) {
      return v.kind == ValueKind::external && is_word_for(purpose, v.name);
    });
  }

  // Another task goes by that name in between.
  bool bound_between(NodeId from, NodeId to) const {
    const Facts& facts = view_.facts();
    const auto between = [&](const Binding& b) { return b.target != kNoNode && b.target > from && b.target < to; };
    return std::any_of(facts.bindings.begin(), facts.bindings.end(),
                       [&](const Binding& b) { return between(b) && b.name == what_; }) ||
           std::any_of(facts.attribute_stores.begin(), facts.attribute_stores.end(),
                       [&](const AttributeStore& s) { return between(s.how) && unit_.text_of(s.how.target) == what_; });
  }

  const UnitView& view_;
  const Unit& unit_;
  const std::string_view what_;
};

}  // namespace

bool has_ended(const UnitView& view, const Event& event) {
  if (event.kind != EventKind::await || event.value == kNoNode) return false;
  const Unit& unit = view.unit();
  const NodeId what = inside_parentheses(unit, event.value);
  const bool named = unit[what].kind == Kind::identifier || unit[what].kind == Kind::attribute;
  return named && Ended(view, unit.text_of(what)).before(event.node);
}

}  // namespace awaitd::analysis
